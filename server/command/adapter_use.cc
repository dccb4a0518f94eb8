// What adapt, emit and ingest share.
#include "server/command/adapter_use.h"

#include <algorithm>
#include <filesystem>

#include "adapters/base/report.h"
#include "adapters/catalogue.h"
#include "fhir/json/writer.h"
#include "server/command/files.h"

namespace server::command {
namespace {

namespace fs = std::filesystem;

fhir::Result<std::vector<adapters::MappingFile>> ReadMappings(const std::string& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return fhir::Error(fhir::ErrorKind::kNotFound, "--mappings: '" + folder + "' is not a folder");
  std::vector<adapters::MappingFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".map" && extension != ".json") continue;
    TRY_ASSIGN(std::string content, ReadInput(entry.path().string(), Terminal{}));
    files.push_back({fs::relative(entry.path(), folder, failed).generic_string(), std::move(content)});
  }
  if (files.empty()) return fhir::Error(fhir::ErrorKind::kNotFound, "--mappings: '" + folder + "' holds no .map and no .json file");
  std::ranges::sort(files, {}, &adapters::MappingFile::name);
  return files;
}

std::string AdapterNames() {
  std::string names;
  for (const adapters::AdapterDescriptor& known : adapters::Catalogue()) names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

}  // namespace

fhir::Result<std::unique_ptr<adapters::Adapter>> OpenAdapter(const std::string& name, const std::string& mappings_folder) {
  const adapters::AdapterDescriptor* descriptor = adapters::FindAdapter(name);
  if (!descriptor) {
    return fhir::Error(fhir::ErrorKind::kNotFound, "'" + name + "' is not an adapter; there is " + AdapterNames());
  }
  if (mappings_folder.empty()) return descriptor->open({});
  TRY_ASSIGN(const std::vector<adapters::MappingFile> files, ReadMappings(mappings_folder));
  return descriptor->open({.mappings = files});
}

Parameter AdapterParameter() {
  static const std::string help = "the outside system's format: " + AdapterNames();
  return {.name = "ADAPTER", .value = "ADAPTER", .help = help, .required = true};
}

Parameter MappingsParameter() {
  return {.name = "--mappings", .value = "DIR", .help = "use the maps in this folder (a copy of mappings/) instead of those in the program"};
}

fhir::Result<void> WriteReportFile(const Arguments& arguments, const adapters::Report& report, const Terminal& terminal) {
  if (!arguments.Has("--report")) return {};
  const fhir::Document parameters = adapters::WriteReport(report);
  return WriteOutput(arguments.Get("--report"), fhir::json::WritePretty(*parameters.root) + "\n", terminal);
}

std::string InWords(const adapters::Report& report) {
  const auto counts = [](const char* what, std::uint32_t in, const char* kept, std::uint32_t one, std::uint32_t merged, std::uint32_t reported) {
    return std::to_string(in) + " " + what + " (" + std::to_string(one) + " " + kept + ", " + std::to_string(merged) + " merged, " + std::to_string(reported) + " reported)";
  };
  return counts("entries", report.entries_in, "stored", report.entries_stored, report.entries_merged, report.entries_reported) + ", " +
         counts("elements", report.elements_in, "carried", report.elements_carried, report.elements_merged, report.elements_reported);
}

}  // namespace server::command
