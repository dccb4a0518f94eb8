// What adapt, emit and ingest share: finding an adapter by name and opening it with its mappings.
#pragma once

#include <memory>
#include <string>

#include "adapters/base/adapter.h"
#include "server/command/command.h"

namespace server::command {

// The adapter of that name, opened with the files under `mappings_folder` (empty: those in the binary). kNotFound
// lists the names there are, or names the folder.
fhir::Result<std::unique_ptr<adapters::Adapter>> OpenAdapter(const std::string& name, const std::string& mappings_folder);

// The parameters every command with an adapter has.
Parameter AdapterParameter();
Parameter MappingsParameter();

// Writes the accounting to the file of --report, when it was given.
fhir::Result<void> WriteReportFile(const Arguments& arguments, const adapters::Report& report, const Terminal& terminal);
// The accounting in one line of words: "71 entries: 60 stored, …".
std::string InWords(const adapters::Report& report);

}  // namespace server::command
