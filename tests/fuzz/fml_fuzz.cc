// Any bytes as a map: refused with a place, or compiled and run over a small resource within its budgets. The run
// leaves the source as it was.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/mapping/engine.h"
#include "fhir/mapping/map_set.h"

namespace {

constexpr const char* kSource =
    R"({"resourceType":"Patient","id":"1","active":true,"name":[{"family":"F","given":["G","H"],"_given":[{"id":"g"},null]}],)"
    R"("birthDate":"1950-03","multipleBirthInteger":2,"contact":[{"gender":"male"}],"extension":[{"url":"u","valueQuantity":{"value":1.50,"unit":"kg"}}]})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const fhir::schema::Registry> registry = *fhir::schema::Registry::LoadR4();
  fhir::mapping::MapSources sources;
  sources.maps.push_back({"f", std::string(reinterpret_cast<const char*>(data), size)});
  const auto maps = fhir::mapping::MapSet::Compile(sources, *registry);
  if (!maps) {
    if (maps.error().text().empty() || maps.error().path().empty()) std::abort();
    return 0;
  }
  auto source = *fhir::json::Read(kSource);
  fhir::schema::Bind(*source.root, *registry);
  const std::string before = fhir::json::Write(*source.root);
  fhir::IssueSink issues;
  fhir::mapping::Coverage coverage;
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.coverage = &coverage;
  context.uuid = [] { return std::string("00000000-0000-4000-8000-000000000000"); };
  context.max_steps = 20'000;
  const auto made = fhir::mapping::Transform(**maps, *(*maps)->FindGroup((*maps)->urls()[0]), *source.root, context);
  if (made) {
    const std::string written = fhir::json::Write(*made->root);
    for (const auto& pair : coverage.pairs()) {
      if (pair.leaf > source.leaf_count) std::abort();
    }
  }
  if (fhir::json::Write(*source.root) != before) std::abort();
  return 0;
}
