// Any bytes as a CSV file, whole and in two pieces: the same rows or the same refusal.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/base/csv.h"

namespace {

using namespace adapters;

std::string Read(std::string_view bytes, std::size_t cut, Encoding encoding) {
  std::string seen;
  const CsvReader::Sink sink = [&](const CsvRow& row) -> fhir::Result<void> {
    seen += std::to_string(row.number);
    for (const std::string_view cell : row.cells) (seen += '|') += cell;
    seen += '\n';
    return {};
  };
  CsvReader reader(encoding);
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    const auto read = reader.Read(piece, sink);
    if (!read) return seen + read.error().ToString();
  }
  const auto end = reader.Finish(sink);
  return end ? seen : seen + end.error().ToString();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Encoding encoding : {Encoding::kUtf8, Encoding::kWindows1252}) {
    if (Read(bytes, bytes.size(), encoding) != Read(bytes, bytes.size() / 2, encoding)) std::abort();
  }
  return 0;
}
