// careloom ingest: files of an outside system into the store, each as one transaction.
#include <algorithm>

#include "server/command/absent_entries.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/store_use.h"
#include "server/interactions/transaction.h"

namespace server::command {
namespace {

// "12 created, 3 changed, 40 as before".
std::string InWords(const std::vector<interactions::Done>& done) {
  const auto created = std::ranges::count_if(done, [](const interactions::Done& entry) { return entry.changed && entry.status == 201; });
  const auto changed = std::ranges::count_if(done, [](const interactions::Done& entry) { return entry.changed && entry.status != 201; });
  const auto same = static_cast<std::ptrdiff_t>(done.size()) - created - changed;
  return std::to_string(created) + " created, " + std::to_string(changed) + " changed, " + std::to_string(same) + " as before";
}

// Names in the report what an earlier message of this sender brought and this one does not hold.
fhir::Result<void> ReportAbsent(App& app, const std::vector<interactions::Done>& done, adapters::Report& report) {
  for (const interactions::Done& entry : done) {
    if (entry.version.type != "Provenance") continue;
    TRY_ASSIGN(const std::vector<std::string> absent, EntriesAbsentFrom(app, entry.version.id));
    for (const std::string& name : absent) {
      report.outcome.Report(fhir::Severity::kInformation, "informational",
                            name + " came with another record of this sender and is not in this one; it is kept as it was.");
    }
  }
  return {};
}

Exit IngestFile(const std::string& file, const adapters::Adapter& adapter, App& app, const Arguments& arguments, const Terminal& terminal) {
  const auto bytes = ReadInput(file, terminal);
  if (!bytes) return Fail(terminal, "ingest", bytes.error());
  auto adapted = adapter.Adapt(*bytes);
  if (!adapted) return Fail(terminal, file, adapted.error());
  fhir::IssueSink issues;
  interactions::TransactionOptions options;
  options.from_source = true;
  const auto done = interactions::ExecuteTransaction(app, std::move(adapted->transaction), issues, options);
  SayIssues(terminal, file, issues);
  if (!done) return Fail(terminal, file, done.error());
  if (auto absent = ReportAbsent(app, *done, adapted->report); !absent) return Fail(terminal, file, absent.error());
  Say(terminal.out, interactions::WriteResponseBundle("transaction-response", *done));
  if (auto written = WriteReportFile(arguments, adapted->report, terminal); !written) return Fail(terminal, "ingest", written.error());
  Say(terminal.err, file + ": " + InWords(*done));
  return adapted->report.outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::vector<std::string>& files = arguments.All("FILE");
  if (arguments.Has("--report") && files.size() > 1) {
    Say(terminal.err, "ingest: --report is for one FILE at a time");
    return Exit::kWrongUse;
  }
  auto adapter = OpenAdapter(arguments.Get("ADAPTER"), arguments.Get("--mappings"));
  if (!adapter) return Fail(terminal, "ingest", adapter.error());
  auto app = OpenStore(arguments);
  if (!app) return Fail(terminal, "ingest", app.error());
  Exit worst = Exit::kDone;
  for (const std::string& file : files) worst = std::max(worst, IngestFile(file, **adapter, **app, arguments, terminal));
  return worst;
}

}  // namespace

Command Ingest() {
  return {.name = "ingest",
          .summary = "Store files of an outside system, each as one transaction (there is no durable inbox yet: keep the files)",
          .example = "careloom ingest gp-connect record.json --data build/data",
          .parameters = {AdapterParameter(),
                         {.name = "FILE", .value = "FILE", .help = "the files; - reads standard input", .required = true, .repeats = true},
                         DataParameter(),
                         PostgresParameter(),
                         {.name = "--report", .value = "FILE", .help = "write what became of every entry and element here"},
                         MappingsParameter()},
          .run = Run};
}

}  // namespace server::command
