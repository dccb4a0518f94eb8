// Any bytes as a layout: refused with the file's name, or a layout by which any header is taken or refused.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "adapters/council/ledger/layout.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace adapters::council::ledger;
  const adapters::MappingFile file{"council_ledger/layouts/any.json", std::string(reinterpret_cast<const char*>(data), size)};
  const Codes codes = {{Field::kKind, {"charge", "reversal"}}, {Field::kStage, {"agreed"}}};
  const auto layout = ReadLayout(file, codes);
  if (!layout) {
    if (layout.error().kind() == fhir::ErrorKind::kInternal) std::abort();
    return 0;
  }
  std::string header;
  for (const LayoutColumn& column : layout->columns) header += (header.empty() ? "" : std::string(1, layout->delimiter)) + "\"" + column.header + "\"";
  static_cast<void>(ChooseLayout({&*layout, 1}, header, adapters::Encoding::kUtf8));
  static_cast<void>(ChooseLayout({&*layout, 1}, file.content, adapters::Encoding::kWindows1252));
  return 0;
}
