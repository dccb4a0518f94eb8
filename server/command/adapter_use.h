// What adapt, emit and ingest share.
#pragma once

#include <string>
#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/base/people_file.h"
#include "server/command/command.h"
#include "server/inbox/adapter_shelf.h"
#include "server/storage/store.h"

namespace server::command {

// The parameters every command with an adapter has.
Parameter AdapterParameter();
Parameter MappingsParameter();
// --encoding and --strict, and what was given of them. kInvalid: not an encoding there is.
Parameter EncodingParameter();
Parameter StrictParameter();
fhir::Result<adapters::FileOptions> FileOptionsOf(const Arguments& arguments);

// The resource on a line of its own, and what it says in words: state, counts and the errors of its report. Findings when
// it is held or has errors.
Exit TellMessage(const Terminal& terminal, std::string_view about, const storage::Message& message);

// Writes the accounting to the file of --report, when it was given.
fhir::Result<void> WriteReportFile(const Arguments& arguments, const adapters::Report& report, const Terminal& terminal);
// The accounting in one line of words: "71 entries: 60 stored, …".
std::string InWords(const adapters::Report& report);

}  // namespace server::command
