// Accounting of rows that go no further than their reader.
#include "adapters/base/bad_row.h"

namespace adapters {

fhir::Result<void> CountBadRow(const FileOptions& options, std::uint32_t filled, Report& report, FileFacts& facts, std::string_view whole) {
  if (options.strict) {
    const fhir::Issue& issue = report.outcome.issues().back();
    return fhir::Error(fhir::ErrorKind::kInvalid, issue.text + " The " + std::string(whole) + " was refused because of it, as --strict asks.").At(issue.expression);
  }
  ++facts.bad_rows;
  ++report.entries_in;
  ++report.entries_reported;
  report.elements_in += filled;
  report.elements_reported += filled;
  return {};
}

}  // namespace adapters
