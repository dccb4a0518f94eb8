// Any text as FHIRPath: it is refused with a place, or it evaluates over a small patient within its budget.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

#include "fhir/json/reader.h"
#include "fhir/path/expression.h"

namespace {

struct Subject {
  std::shared_ptr<const fhir::schema::Registry> registry;
  fhir::Document patient;
};

Subject Load() {
  auto registry = fhir::schema::Registry::LoadR4();
  auto patient = fhir::json::Read(R"({"resourceType":"Patient","id":"a","name":[{"use":"official","family":"B","given":["A","C"]}],"gender":"female",
    "birthDate":"1815-12-10","deceasedDateTime":"1852-11-27","generalPractitioner":[{"reference":"Practitioner/7"}],"managingOrganization":{"reference":"#o"},
    "contained":[{"resourceType":"Organization","id":"o"}],"extension":[{"url":"urn:x","valueQuantity":{"value":1.50,"code":"mg"}}]})");
  if (!registry || !patient) std::abort();
  fhir::schema::Bind(*patient->root, **registry);
  return {*registry, std::move(*patient)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Subject subject = Load();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto compiled = fhir::path::Expression::Compile(text, *subject.registry);
  if (!compiled) {
    if (compiled.error().path().empty() || compiled.error().text().empty()) std::abort();
    return 0;
  }
  fhir::path::Context context;
  context.now = "2026-11-21T10:00:00.000+00:00";
  const auto found = compiled->Evaluate(*subject.patient.root, context);
  if (!found && found.error().path().empty()) std::abort();
  return 0;
}
