// Runs a compiled map over source trees and builds target trees. A source is any element tree, bound by a
// definition (schema::Bind) or not; a target takes its types, lists and choices from the registry, or is built
// as the map says where the registry does not know the type.
//
// Findings about the data go to the IssueSink with the source's path and the rule's place, and the rule's output is
// left out: a failed check or cast, a code without a translation, an element the target type does not have.
// Values stay as written. Nothing here is random or reads a clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/mapping/coverage.h"
#include "fhir/mapping/map_set.h"
#include "fhir/model/element.h"
#include "fhir/path/value.h"

namespace fhir::mapping {

// What transforms take and give: an element, or a value of its own, or nothing.
struct Datum {
  const Element* element = nullptr;     // an element of a source or of the target; as a result it is copied
  Element* made = nullptr;              // result only: a parentless element made in the target document, to be put in place
  ValueKind kind = ValueKind::kNone;    // of `text`; kNone: no value
  std::string text;                     // the value as written; for an element its own value
  std::string type;                     // FHIR type name ("dateTime", "Quantity") when known; decides a choice's name
  std::vector<std::uint32_t> leaves;    // source leaves that the value was got from: carried if it comes to stand in the output
  bool empty() const { return !element && !made && kind == ValueKind::kNone; }
};

// A call of a transform that the caller supplies.
struct TransformCall {
  std::string_view name;
  std::span<const Datum> arguments;     // in the order written; with their leaves
  Document& target;                     // where `made` elements are to be made
  const Element* source;                // the rule's (first) source element
  const std::string& place;             // "file:line:column" of the rule
  IssueSink& issues;
  std::vector<std::uint32_t> Leaves() const;  // of all arguments
};

// Answers the value, or an empty Datum for "no output". An error becomes an Issue at the source's path.
// The result's `leaves` are used as they are: give call.Leaves(), or only those that shape the result.
using OwnTransform = std::function<Result<Datum>(const TransformCall&)>;

struct TransformContext {
  IssueSink* issues = nullptr;                             // required
  Coverage* coverage = nullptr;                            // may be null: nothing is noted
  std::map<std::string, OwnTransform, std::less<>> transforms;
  std::vector<std::pair<std::string, path::Collection>> variables;     // %name in every expression
  std::function<const Element*(std::string_view reference)> resolve;   // FHIRPath resolve()
  std::function<std::string()> uuid;                                   // uuid(); without it the rule is an issue
  // reference(x): the text for Reference.reference. Without it "Type/id" from the resource's own id.
  std::function<Result<std::string>(const Element& resource)> reference;
  std::function<void(std::string_view text, const Element& source)> log;
  std::string now;                                                     // FHIRPath now(); empty: now() fails
  std::vector<Element*> produced;                          // filled: what `-> create('X') as x` made outside of any target
  std::size_t max_steps = 5'000'000;                       // rules run, elements copied
  std::size_t max_depth = 100;                             // groups and nested rules within each other
};

// Runs `group` with one element for each source parameter. The first target parameter is a new parentless
// element of that parameter's type, made in `target`; it comes back without empty elements (a root may be empty).
// Fails with kUnprocessable when parameters do not match or the target type is not known, kTooLarge when a
// budget is spent. The source trees must not be read by other threads meanwhile: to find out which scalars an
// expression depends on, the engine changes a value and puts it back.
Result<Element*> Transform(const MapSet& maps, const Group& group, std::span<const Element* const> sources, Document& target,
                           TransformContext& context);
// The same with one source and a document of its own.
Result<Document> Transform(const MapSet& maps, const Group& group, const Element& source, TransformContext& context);
// The same into target elements that exist already (one for each target parameter), which are filled.
Result<void> TransformInto(const MapSet& maps, const Group& group, std::span<const Element* const> sources,
                           std::span<Element* const> targets, Document& target, TransformContext& context);

}  // namespace fhir::mapping
