// The catalogue of validation rules. A rule is one file in rules/ and one line in rules.cc; it is asked at
// the places it has a function for. Private to fhir/validate.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/base/issue.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"

namespace fhir::validate {

class Invariants;

// Where the walk is: an element that is bound, as are its children.
struct Visit {
  const schema::Registry& registry;
  const ValidateOptions& options;
  IssueSink& sink;
  const Invariants& invariants;
  const Element& element;
  const schema::Type& type;

  void Error(std::string_view code, std::string text, const Element* at = nullptr) const {
    sink.Report(Severity::kError, code, std::move(text), PathOf(at ? *at : element));
  }
  void Warning(std::string_view code, std::string text, const Element* at = nullptr) const {
    sink.Report(Severity::kWarning, code, std::move(text), PathOf(at ? *at : element));
  }
};

struct Rule {
  std::string_view name;               // also the folder of its cases: tests/cases/validate/NAME
  void (*resource)(const Visit&);      // each resource, before its content
  bool (*shape)(const Visit&);         // each typed element; false: its inside is not looked at, nor asked about
  void (*object)(const Visit&);        // each element of a complex type, resources among them
  void (*value)(const Visit&);         // each primitive that has a value
  void (*bound)(const Visit&);         // each typed element, when all of the tree is bound; only if invariants are asked for
};

std::span<const Rule> Rules();

}  // namespace fhir::validate
