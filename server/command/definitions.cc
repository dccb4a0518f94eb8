// careloom definitions: the tables of facts that the engine runs on, from a FHIR package.
#include <filesystem>

#include "fhir/json/reader.h"
#include "server/command/definition_tables.h"
#include "server/command/files.h"
#include "server/command/package_reader.h"

namespace server::command {
namespace {

constexpr std::string_view kDefinitionFiles[] = {"StructureDefinition-", "SearchParameter-", "ValueSet-", "CodeSystem-"};

// How many definitions were taken.
fhir::Result<std::size_t> ReadDefinitions(const std::string& package, DefinitionTables& tables) {
  std::size_t count = 0;
  TRY(ReadPackage(package, [&](std::string_view name, std::string_view bytes) -> fhir::Result<void> {
    bool wanted = false;
    for (const std::string_view prefix : kDefinitionFiles) wanted = wanted || name.starts_with(prefix);
    if (!wanted) return {};
    auto document = fhir::json::Read(bytes);
    if (!document) return fhir::Error(fhir::ErrorKind::kInvalid, document.error().ToString()).At(std::string(name));
    tables.Add(*std::move(document));
    ++count;
    return {};
  }));
  if (count == 0) return fhir::Error(fhir::ErrorKind::kInvalid, "the package holds no definitions; one like hl7.fhir.r4.examples is expected");
  return count;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::string& package = arguments.Get("PACKAGE");
  const std::string& folder = arguments.Get("--out");
  DefinitionTables tables;
  const auto count = ReadDefinitions(package, tables);
  if (!count) return Fail(terminal, package, count.error());
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  for (const DefinitionTables::File& file : tables.Write()) {
    const std::string path = (std::filesystem::path(folder) / file.name).string();
    if (auto written = WriteOutput(path, file.content, terminal); !written) return Fail(terminal, path, written.error());
  }
  Say(terminal.err, "definitions: " + std::to_string(*count) + " definitions read, tables written to " + folder);
  return Exit::kDone;
}

}  // namespace

Command Definitions() {
  return {.name = "definitions",
          .summary = "Write the tables of facts that Careloom is built with, from a FHIR package",
          .example = "careloom definitions hl7.fhir.r4.examples-4.0.1.tgz --out conformance/r4",
          .parameters = {{.name = "PACKAGE", .value = "FILE", .help = "a FHIR NPM package (.tgz) with the base definitions", .required = true},
                         {.name = "--out", .value = "FOLDER", .help = "where the tables go", .required = true}},
          .run = Run};
}

}  // namespace server::command
