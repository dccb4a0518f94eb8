// The catalogue of validation rules. A rule is one file in rules/ and one line in rules.cc; it is asked at
// the places it has a function for. Private to fhir/validate.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "fhir/base/issue.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"

namespace fhir::validate {

class Invariants;

// The contained resources of the resource that was asked about last, by id.
class ContainedIds {
 public:
  // Of the outermost resource around `from`; null when it contains none of that id.
  const Element* Find(const Element& from, std::string_view id);

 private:
  const Element* of_ = nullptr;
  std::unordered_map<std::string_view, const Element*> by_id_;
};

// Where the walk is: an element that is bound, as are its children.
struct Visit {
  const schema::Registry& registry;
  const ValidateOptions& options;
  IssueSink& sink;
  const Invariants& invariants;
  ContainedIds& contained;
  unsigned& unchecked;   // constraints of this document that could not be evaluated so far
  const Element& element;
  const schema::Type& type;

  void Error(std::string_view code, std::string text, const Element* at = nullptr) const { Report(Severity::kError, code, std::move(text), at); }
  void Warning(std::string_view code, std::string text, const Element* at = nullptr) const { Report(Severity::kWarning, code, std::move(text), at); }

 private:
  // A path costs as much as there are siblings: not for an issue that is only counted.
  void Report(Severity severity, std::string_view code, std::string text, const Element* at) const {
    sink.Report(severity, code, std::move(text), sink.Keeps(severity) ? PathOf(at ? *at : element) : std::string());
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
