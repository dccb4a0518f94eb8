// The transforms of https://hl7.org/fhir/R4/valueset-map-transform.html: one line each in catalogue.cc.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "fhir/mapping/engine.h"
#include "fhir/mapping/model.h"
#include "fhir/schema/registry.h"

namespace fhir::mapping {

// What a transform sees when it runs.
struct TransformInput {
  const TransformUse& use;
  std::span<const Datum> arguments;
  Document& target;
  const Element* source;                 // the rule's (first) source element
  TransformContext& context;
  const schema::Registry& registry;

  std::string_view Text(std::size_t index) const { return index < arguments.size() ? std::string_view(arguments[index].text) : std::string_view(); }
  std::vector<std::uint32_t> Leaves() const;
  // Reports about the first argument when it is a scalar of the source, else about the rule's source.
  void Report(Severity severity, std::string_view code, std::string text) const;
  std::string place;                     // of the rule
};

// The value, or an empty Datum after an Issue or where there is nothing to give. An error is made an Issue.
using TransformFunction = Result<Datum> (*)(const TransformInput&);

// Those that need more than values are done by the engine itself.
enum class TransformKind : std::uint8_t { kFunction, kCopy, kCreate, kEvaluate, kUnsupported };

struct TransformEntry {
  std::string_view name;
  std::size_t min_arguments, max_arguments;
  TransformKind kind;
  TransformFunction function;
  std::string_view help;
};

std::span<const TransformEntry> TransformCatalogue();
const TransformEntry* FindTransform(std::string_view name);

// text.cc
Result<Datum> Truncate(const TransformInput& input);
Result<Datum> Escape(const TransformInput& input);
Result<Datum> Append(const TransformInput& input);
Result<Datum> Cast(const TransformInput& input);
// references.cc
Result<Datum> MakeReference(const TransformInput& input);
Result<Datum> MakeUuid(const TransformInput& input);
Result<Datum> MakePointer(const TransformInput& input);
// data_types.cc
Result<Datum> MakeCodeableConcept(const TransformInput& input);
Result<Datum> MakeCoding(const TransformInput& input);
Result<Datum> MakeQuantity(const TransformInput& input);
Result<Datum> MakeIdentifier(const TransformInput& input);
Result<Datum> MakeContactPoint(const TransformInput& input);
// translate.cc
Result<Datum> Translate(const TransformInput& input);

}  // namespace fhir::mapping
