// Any bytes: they are refused, or they become a tree whose JSON reads back as the same JSON.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const bool allow_empty : {false, true}) {
    fhir::json::ReadOptions options;
    options.allow_empty = allow_empty;
    const auto first = fhir::json::Read({reinterpret_cast<const char*>(data), size}, options);
    if (!first) continue;
    const std::string written = fhir::json::Write(*first->root);
    const auto second = fhir::json::Read(written, options);
    if (!second || fhir::json::Write(*second->root) != written) std::abort();
  }
  return 0;
}
