// Any bytes as a reporting set and as a multipart body, whole and in two pieces: the same parts or the same refusal.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/base/multipart.h"
#include "adapters/base/people_file.h"
#include "adapters/catalogue.h"

namespace {

using namespace adapters;

std::string Parts(std::string_view bytes, std::size_t cut) {
  std::string seen;
  MultipartReader reader;
  const MultipartReader::Sink sink = {[&](const Part& part) -> fhir::Result<void> { return seen += "[" + part.name + "|" + part.file_name + "|", fhir::Result<void>(); },
                                      [&](std::string_view data) -> fhir::Result<void> { return seen += data, fhir::Result<void>(); },
                                      [&]() -> fhir::Result<void> { return seen += "]", fhir::Result<void>(); }};
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    const auto read = reader.Read(piece, sink);
    if (!read) return read.error().ToString();
  }
  const auto end = reader.Finish();
  return end ? seen : end.error().ToString();
}

std::string Rows(const PeopleFile& format, std::string_view bytes, std::size_t cut) {
  std::string seen;
  const auto reader = format.OpenFile({});
  const RowReader::Sink sink = [&](Row row) -> fhir::Result<void> { return seen += row.person + (row.bad ? "!" : "=") + row.bytes + "\n", fhir::Result<void>(); };
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    const auto read = reader->Read(piece, sink);
    if (!read) return read.error().ToString();
  }
  const auto end = reader->Finish(sink);
  const Report& report = reader->report();
  if (report.elements_in != report.elements_carried + report.elements_merged + report.elements_reported) std::abort();
  return end ? seen + end->scope + end->from + end->to : end.error().ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<Adapter> adapter = *FindAdapter("tpp")->open({});
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (Parts(bytes, size) != Parts(bytes, size / 2)) std::abort();
  const PeopleFile& format = *adapter->people_file();
  if (Rows(format, bytes, size) != Rows(format, bytes, size / 3)) std::abort();
  if (bytes.starts_with("--")) static_cast<void>(adapter->Adapt(bytes));
  return 0;
}
