// Any bytes: they are refused without fault of ours, or they become a transaction whose accounting adds up.
#include <cstdint>
#include <cstdlib>

#include "adapters/catalogue.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto adapter = adapters::FindAdapter("gp-connect")->open({}).value_or(nullptr);
  if (!adapter) std::abort();
  const auto adapted = adapter->Adapt({reinterpret_cast<const char*>(data), size});
  if (!adapted) {
    if (adapted.error().kind() == fhir::ErrorKind::kInternal) std::abort();
    return 0;
  }
  const adapters::Report& report = adapted->report;
  if (report.elements_in != report.elements_carried + report.elements_merged + report.elements_reported) std::abort();
  return 0;
}
