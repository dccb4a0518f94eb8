// The extension by which a resource, or an activity of a plan, names a row that it is made of: `source-row` {table, row,
// extracted, received, withdrawn, as-given}.
#pragma once

#include <string_view>
#include <vector>

#include "adapters/gp/tpp/set_row.h"
#include "fhir/model/element.h"

namespace adapters::gp::tpp {

bool IsSourceRow(const fhir::Element& extension);
// A new part of an extension, with its url.
fhir::Element* AddPart(fhir::Document& document, fhir::Element* extension, std::string_view url);
// Of the row, without a parent; cells as given come later.
fhir::Element* MakeSourceRow(const Table& table, const SetRow& row, fhir::Document& document);
// The value ("valueCode") of the part of that url; empty: none.
std::string_view ValueOfPart(const fhir::Element& extension, std::string_view url, std::string_view value);
// Is it of that row?
bool Names(const fhir::Element& extension, const Table& table, const SetRow& row);

// Where a row is named, and the element that it is in: the resource, or a part of it.
struct Named {
  const fhir::Element* extension;
  const fhir::Element* holder;
};
// Adds all under the element.
void FindNamed(const fhir::Element& element, std::vector<Named>& found);

}  // namespace adapters::gp::tpp
