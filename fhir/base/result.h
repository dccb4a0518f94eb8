// Result<T>: a value or an Error. The names are std::expected's, so that a later compiler makes it an
// alias. TRY and TRY_ASSIGN hand an error up to the caller.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "fhir/base/error.h"

namespace fhir {

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}          // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}      // NOLINT: implicit on purpose

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  // Requires: has_value().
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }
  // Requires: !has_value().
  Error& error() & { return *std::get_if<1>(&state_); }
  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }
  T value_or(T other) && { return has_value() ? std::move(**this) : std::move(other); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT: implicit on purpose
  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return *error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

}  // namespace fhir

#define FHIR_CONCAT_INNER(a, b) a##b
#define FHIR_CONCAT(a, b) FHIR_CONCAT_INNER(a, b)
// TRY(expression): returns its error from the enclosing function, or goes on.
#define TRY(expression) FHIR_TRY_INNER(FHIR_CONCAT(try_result_, __COUNTER__), expression)
#define FHIR_TRY_INNER(name, expression) \
  auto name = (expression);              \
  if (!name.has_value()) return std::move(name).error()
// TRY_ASSIGN(auto x, expression): the same, and x is the value.
#define TRY_ASSIGN(target, expression) FHIR_TRY_ASSIGN_INNER(FHIR_CONCAT(try_result_, __COUNTER__), target, expression)
#define FHIR_TRY_ASSIGN_INNER(name, target, expression) \
  auto name = (expression);                             \
  if (!name.has_value()) return std::move(name).error(); \
  target = *std::move(name)
