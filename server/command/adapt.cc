// careloom adapt: a file of an outside system as the FHIR transaction it means. Stores nothing.
#include "fhir/json/writer.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/packed_files.h"
#include "server/command/people_use.h"

namespace server::command {
namespace {

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::string& file = arguments.Get("FILE");
  auto adapter = inbox::OpenAdapter(arguments.Get("ADAPTER"), arguments.Get("--mappings"));
  if (!adapter) return Fail(terminal, "adapt", adapter.error());
  const std::vector<std::string>& files = arguments.All("FILE");
  const bool is_set = IsSet(**adapter);
  if (files.size() > 1 && !is_set) {
    Say(terminal.err, "adapt: one FILE at a time; of a set of files, such as tpp's, all of it");
    return Exit::kWrongUse;
  }
  if (const adapters::PeopleFile* format = (*adapter)->people_file()) {
    return AdaptPeople(file, files.size() > 1 ? OpenPacked(files, {}, terminal) : OpenInput(file, terminal), *format, arguments, terminal);
  }
  auto bytes = ReadInput(file, terminal);
  if (!bytes) return Fail(terminal, "adapt", bytes.error());
  const auto adapted = (*adapter)->Adapt(*bytes);
  if (!adapted) return Fail(terminal, file, adapted.error());
  const fhir::Element& bundle = *adapted->transaction.root;
  Say(terminal.out, arguments.Has("--pretty") ? fhir::json::WritePretty(bundle) : fhir::json::Write(bundle));
  if (auto written = WriteReportFile(arguments, adapted->report, terminal); !written) return Fail(terminal, "adapt", written.error());
  Say(terminal.err, file + ": " + InWords(adapted->report));
  return adapted->report.outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Adapt() {
  return {.name = "adapt",
          .summary = "Print a file of an outside system as the FHIR transaction it means; stores nothing",
          .example = "careloom adapt gp-connect record.json --report report.json",
          .parameters = {AdapterParameter(),
                         {.name = "FILE", .value = "FILE", .help = "the file, or the files of a set (tpp); - reads standard input", .required = true, .repeats = true},
                         {.name = "--report", .value = "FILE", .help = "write what became of every entry and element here"},
                         EncodingParameter(),
                         StrictParameter(),
                         MappingsParameter(),
                         {.name = "--pretty", .value = "", .help = "with line breaks, for people"}},
          .run = Run};
}

}  // namespace server::command
