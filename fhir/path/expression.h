// FHIRPath (https://hl7.org/fhirpath/N1/, R4's additions in https://hl7.org/fhir/R4/fhirpath.html):
// compile an expression once, evaluate it over element trees many times. A compiled expression is
// immutable and shared by threads; a Context belongs to one evaluation.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/path/value.h"
#include "fhir/schema/registry.h"

namespace fhir::path {

// What an evaluation sees besides its focus. Everything may be left out.
struct Context {
  const schema::Registry* registry = nullptr;      // types of elements; Compile's registry when null
  const Element* resource = nullptr;               // %resource; the focus's nearest resource when null
  const Element* root_resource = nullptr;          // %rootResource; the same when null
  std::vector<std::pair<std::string_view, Collection>> variables;   // %name
  // resolve(): the element a reference points to, or null. Without it resolve() knows contained resources
  // and Bundle entries, and for "Type/id" makes an empty resource of that type, so that `resolve() is
  // Patient` answers (what the R4 search parameters need).
  std::function<const Element*(std::string_view reference)> resolve;
  std::string_view now;                            // now(), today(), timeOfDay(): an instant "2026-11-21T10:00:00.000+00:00"; empty: these fail
  std::function<void(std::string_view name, const Collection& values)> trace;
  // Called for every element that a step of a path reaches, in any order: what the result may depend on.
  std::function<void(const Element&)> reached;
};

class Expression {
 public:
  // Fails with kInvalid and a "column N" place for what is not FHIRPath; with kUnsupported for a function
  // that the catalogue lists as such. `registry` must outlive the expression.
  static Result<Expression> Compile(std::string_view text, const schema::Registry& registry);

  // `focus` is an element of a bound tree (schema::Bind). The collection's elements point into that tree
  // or into the collection's own arena. Fails with kUnprocessable when the rules of FHIRPath say so (a
  // singleton expected, incompatible types).
  Result<Collection> Evaluate(const Element& focus, const Context& context = {}) const;
  // The same from a collection of foci ($this is each in turn only within functions).
  Result<Collection> Evaluate(const Collection& focus, const Context& context = {}) const;
  // true/false by FHIRPath's singleton evaluation of collections; an empty collection is false.
  Result<bool> EvaluateBoolean(const Element& focus, const Context& context = {}) const;

  const std::string& text() const;

  struct Program;
  Expression(std::shared_ptr<const Program> program, std::string text);

 private:
  std::shared_ptr<const Program> program_;
  std::string text_;
};

}  // namespace fhir::path
