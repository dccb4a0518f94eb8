// What FHIRPath computes with: elements of a tree, and values of the System types.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fhir/model/element.h"

namespace fhir::path {

enum class SystemType : std::uint8_t { kBoolean, kString, kInteger, kDecimal, kDate, kDateTime, kTime, kQuantity };

// A computed value. `text` is its written form ("1.50", "2020-01", "T10:00", "true"); a quantity has its
// unit in `unit` ("mg", or a calendar word such as "days").
struct SystemValue {
  SystemType type;
  std::string text;
  std::string unit;
};

// An element (borrowed from its tree) or a computed value.
using Value = std::variant<const Element*, SystemValue>;
using Values = std::vector<Value>;

// What an evaluation answers. Elements that it made (resolve()'s empty resources, type()'s answers) live
// as long as a copy of the collection does; all others are borrowed from the trees it was given.
class Collection : public Values {
 public:
  using Values::Values;
  Collection() = default;
  Collection(Values values, std::shared_ptr<const Document> made = {}) : Values(std::move(values)), made_(std::move(made)) {}  // NOLINT: implicit on purpose

 private:
  std::shared_ptr<const Document> made_;
};

}  // namespace fhir::path
