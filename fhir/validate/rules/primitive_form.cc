// Rule: a primitive's text has the form of its type.
#include "fhir/validate/primitives.h"
#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

constexpr std::size_t kShown = 60;

// The value as found, cut short; where it is cut, no UTF-8 sequence is torn.
std::string Shown(std::string_view text) {
  if (text.size() <= kShown) return "\"" + std::string(text) + "\"";
  std::size_t cut = kShown;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return "\"" + std::string(text.substr(0, cut)) + "…\"";
}

void Run(const Visit& visit) {
  const char* allowed = WrongForm(visit.type.primitive, visit.element.text);
  if (!allowed) return;
  visit.Error("value", Shown(visit.element.text) + " is not a " + std::string(visit.type.name) + "; allowed is " + allowed);
}

}  // namespace

Rule PrimitiveForm() {
  return {.name = "primitive_form", .resource = nullptr, .shape = nullptr, .object = nullptr, .value = Run, .bound = nullptr};
}

}  // namespace fhir::validate
