// A Task on a pathway, read: which pathway, which state, the steps that it took.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/pathway/table.h"

namespace fhir::pathway {

// Null: it carries none. kUnprocessable at the path within the Task: a code of ours that the table does not have, or two.
Result<const Pathway*> PathwayOf(const Table& table, const Element& task);

// By the coding of ours in Task.businessStatus, else by that of SNOMED CT. kUnprocessable: there is none, or no such state.
Result<const State*> StateOf(const Pathway& pathway, const Element& task);

// The extensions pathway-step, in order.
std::vector<const Element*> StepsOf(const Element& task);
// Of such an extension: "state", "at", "recorded". Empty when it is not there.
std::string_view PartOf(const Element& step, std::string_view part);

// The values (value[x]) of the inputs or outputs of that kind.
std::vector<const Element*> DetailsOf(const Element& task, std::string_view list, std::string_view detail);
// The kind that an input or output is of: its code in our system; empty when it is not of ours.
std::string_view KindOf(const Element& detail);
// value[x] of an element, or null.
const Element* ValueOf(const Element& element);

// "Type" of a reference to "Type/id", absolute or not; empty when it says none.
std::string_view TypeOf(std::string_view reference);

}  // namespace fhir::pathway
