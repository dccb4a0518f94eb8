// A message of the inbox as words and FHIR: its options as text, itself as a Parameters resource.
#pragma once

#include <string>
#include <string_view>

#include "adapters/base/people_file.h"
#include "fhir/base/result.h"
#include "server/storage/store.h"

namespace server::inbox {

// "encoding=windows-1252&strict=true"; what is as usual is left out. One text for one meaning.
std::string WriteOptions(const adapters::FileOptions& options);
adapters::FileOptions ReadOptions(std::string_view text);
// kInvalid: an encoding that there is not.
fhir::Result<void> CheckOptions(const adapters::FileOptions& options);

// "receiving", "received", "stored", "held", and back; kInvalid lists them.
std::string_view StateName(storage::MessageState state);
fhir::Result<storage::MessageState> ReadState(std::string_view name);

// What became of a message in numbers, beside its report.
struct Tally {
  std::uint64_t created = 0, changed = 0, unchanged = 0;   // resources
};
// The report as it is kept with the message: Parameters with the eight counts, the tally and the outcome.
std::string WriteKeptReport(const adapters::Report& report, const Tally& tally);

enum class Shown { kCounts, kAll };
// Parameters as JSON: id, adapter, name, state, times, size, what the file says of itself, the report's counts and, with
// kAll, its OperationOutcome.
std::string WriteMessage(const storage::Message& message, Shown shown);

// The text without what stands behind a bar ("identifier=system|value"): a value may be a person's own number.
std::string WithoutValues(std::string_view text);

}  // namespace server::inbox
