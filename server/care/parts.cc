// Making parts of resources.
#include "server/care/parts.h"

namespace server::care {

using fhir::Document;
using fhir::Element;

Element* AddConcept(Document& document, Element* parent, std::string_view name, std::string_view system, std::string_view code, std::string_view display,
                    bool in_array) {
  Element* added = document.Add(parent, name, in_array);
  Element* coding = document.Add(added, "coding", true);
  document.AddString(coding, "system", system);
  document.AddString(coding, "code", code);
  if (!display.empty()) document.AddString(coding, "display", display);
  return added;
}

Element* AddCopy(Document& document, Element* parent, std::string_view name, const Element& value, bool in_array) {
  Element* copy = document.Copy(value);
  copy->name = document.New(name)->name;
  copy->in_array = in_array;
  document.Attach(parent, copy);
  return copy;
}

Element* AddParameter(Document& parameters, Element* parent, std::string_view name) {
  Element* parameter = parameters.Add(parent, parent->is_resource ? "parameter" : "part", true);
  parameters.AddString(parameter, "name", name);
  return parameter;
}

}  // namespace server::care
