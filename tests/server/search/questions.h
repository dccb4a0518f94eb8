// Random searches made from what is stored, so that most of them find something.
#pragma once

#include <cstdint>
#include <random>

#include "tests/server/search/plain_search.h"

namespace careloom_test {

class Questions {
 public:
  Questions(const PlainStore& store, std::uint32_t seed) : store_(store), random_(seed) {}
  PlainSearch Next();
  int Below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }

 private:
  bool Chance(int percent) { return Below(100) < percent; }
  PlainCriterion Criterion(std::string_view type, bool may_chain);
  PlainCriterion Special(std::string_view type);
  // A value that the parameter of some resource has, or nearly has; empty when there is none.
  std::string ValueOf(const PlainParameter& parameter, const std::string& modifier);
  std::string ValueFrom(const fhir::Element& element, PlainKind kind, const std::string& modifier);
  std::string Text(const std::string& stored, const std::string& modifier);
  std::string Token(const fhir::Element& element);
  std::string Date(const fhir::Element& element);
  std::string Quantity(const fhir::Element& element);
  std::string Prefixed(const std::string& value);

  const PlainStore& store_;
  std::mt19937 random_;
};

}  // namespace careloom_test
