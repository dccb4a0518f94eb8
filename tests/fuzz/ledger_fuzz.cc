// Any bytes as a council's ledger file, whole and in two pieces: the same refusal, or rows whose accounting adds up.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/base/people_file.h"
#include "adapters/catalogue.h"

namespace {

std::string Read(const adapters::PeopleFile& format, std::string_view bytes, std::size_t cut) {
  std::string seen;
  const auto reader = format.OpenFile({});
  const adapters::RowReader::Sink sink = [&](adapters::Row row) -> fhir::Result<void> {
    seen += std::to_string(row.number) + row.person + row.bytes + "\n";
    return {};
  };
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    const auto read = reader->Read(piece, sink);
    if (!read) return seen + read.error().ToString();
  }
  const auto facts = reader->Finish(sink);
  return facts ? seen + facts->scope + facts->from + facts->to : seen + facts.error().ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto adapter = adapters::FindAdapter("council-ledger")->open({}).value_or(nullptr);
  if (!adapter) std::abort();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (Read(*adapter->people_file(), bytes, size) != Read(*adapter->people_file(), bytes, size / 2)) std::abort();
  const auto adapted = adapter->Adapt(bytes);
  if (!adapted) {
    if (adapted.error().kind() == fhir::ErrorKind::kInternal) std::abort();
    return 0;
  }
  const adapters::Report& report = adapted->report;
  if (report.elements_in != report.elements_carried + report.elements_merged + report.elements_reported) std::abort();
  if (report.entries_in != report.entries_stored + report.entries_merged + report.entries_reported) std::abort();
  return 0;
}
