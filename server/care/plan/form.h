// A QuestionnaireResponse as a plain tree, and back. The maps of mappings/plan read and write such trees: a group is an element, an
// answer a value, both by the last part of their linkId ("need.goal.importance" is `importance` within `goal` within `need`).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace server::care::plan {

// https://build.fhir.org/ig/HL7/sdc/extraction.html: which map a form is extracted and populated by, which resource a group becomes.
inline constexpr std::string_view kTargetMap = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-targetStructureMap";
inline constexpr std::string_view kSourceMap = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-sourceStructureMap";
inline constexpr std::string_view kContext = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-itemExtractionContext";

// A group of the response, when it is given its identity.
struct FormGroup {
  std::string_view becomes;        // resource type of kContext; empty: none, it is a part of another resource
  std::string_view own_id;         // the item's element id; empty when it has none
  std::string_view key;            // its place: "need[0]/goal[1]"
  const fhir::Element* parent;     // in the tree, with the `id` and `ref` that it was given; never null
};
using Identify = std::function<fhir::Result<std::string>(const FormGroup&)>;

// Each group of the tree has `id`, and `ref`: "Type/id", or "#id" where it becomes a part. Groups without answers are left out. Findings
// (a linkId that the form does not have, an answer of another type, more than one where one belongs, below or above
// the form's minValue and maxValue, something required missing) go to `issues` as errors at their place in the response.
// kTooLarge for more than 10,000 groups. The root is given by the caller, with its own `id` and `ref`.
fhir::Result<void> ReadForm(const fhir::Element& questionnaire, const fhir::Element& response, const Identify& identify, fhir::Document& tree, fhir::IssueSink& issues);

// Adds the items of the tree to the response, in the form's order. A group's `id` becomes the item's element id.
void WriteForm(const fhir::Element& questionnaire, const fhir::Element& tree, fhir::Document& response);

}  // namespace server::care::plan
