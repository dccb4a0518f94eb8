// https://hl7.org/fhir/R4/extensibility.html
#include "adapters/gp/tpp/source_row.h"

#include "adapters/base/keys.h"
#include "adapters/base/stored.h"

namespace adapters::gp::tpp {

using fhir::Element;

namespace {

constexpr std::string_view kSourceRow = "https://careloom.example/fhir/StructureDefinition/source-row";

}  // namespace

bool IsSourceRow(const Element& extension) { return extension.ValueOf("url") == kSourceRow; }

Element* AddPart(fhir::Document& document, Element* extension, std::string_view url) {
  Element* part = document.Add(extension, "extension", true);
  document.AddString(part, "url", url);
  return part;
}

Element* MakeSourceRow(const Table& table, const SetRow& row, fhir::Document& document) {
  Element* extension = document.New("extension");
  extension->in_array = true;
  document.AddString(extension, "url", kSourceRow);
  document.AddString(AddPart(document, extension, "table"), "valueCode", table.name);
  document.AddString(AddPart(document, extension, "row"), "valueString", IdOf(table, row));
  if (!row.said_by.to.empty()) document.AddString(AddPart(document, extension, "extracted"), "valueDate", row.said_by.to);
  if (row.said_by.received_us != 0) document.AddString(AddPart(document, extension, "received"), "valueInstant", InstantOf(row.said_by.received_us));
  if (row.withdrawn) document.AddBoolean(AddPart(document, extension, "withdrawn"), "valueBoolean", true);
  return extension;
}

std::string_view ValueOfPart(const Element& extension, std::string_view url, std::string_view value) {
  const Element* part = PartOf(extension, url);
  return part ? part->ValueOf(value) : std::string_view();
}

void FindNamed(const Element& element, std::vector<Named>& found) {
  for (const Element& child : fhir::Children(element)) {
    if (child.name == "extension" && IsSourceRow(child)) {
      found.push_back({&child, &element});
    } else if (child.name == "activity" || child.name == "detail") {
      FindNamed(child, found);
    }
  }
}

bool Names(const Element& extension, const Table& table, const SetRow& row) {
  return ValueOfPart(extension, "table", "valueCode") == table.name && ValueOfPart(extension, "row", "valueString") == IdOf(table, row);
}

}  // namespace adapters::gp::tpp
