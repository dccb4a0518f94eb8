// careloom emit: what is stored of a person, in an outside system's own format.
#include <algorithm>

#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/people_use.h"
#include "server/inbox/person_record.h"
#include "server/command/store_use.h"

namespace server::command {
namespace {

Exit EmitPatient(const std::string& patient, const adapters::Adapter& adapter, App& app, const Terminal& terminal) {
  const auto resources = inbox::ReadPersonRecord(app, patient);
  if (!resources) return Fail(terminal, "Patient/" + patient, resources.error());
  const auto emitted = adapter.Emit(*resources);
  if (!emitted) return Fail(terminal, "Patient/" + patient, emitted.error());
  Say(terminal.out, emitted->bytes);
  SayIssues(terminal, "Patient/" + patient, emitted->outcome);
  return emitted->outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  auto adapter = inbox::OpenAdapter(arguments.Get("ADAPTER"), arguments.Get("--mappings"));
  if (!adapter) return Fail(terminal, "emit", adapter.error());
  auto app = OpenStore(arguments, true);
  if (!app) return Fail(terminal, "emit", app.error());
  if (const adapters::PeopleFile* format = (*adapter)->people_file()) return EmitPeople(*format, **app, arguments, terminal);
  if (!arguments.Has("--patient")) {
    Say(terminal.err, "emit: --patient is needed: a message of " + arguments.Get("ADAPTER") + " is of one person");
    return Exit::kWrongUse;
  }
  Exit worst = Exit::kDone;
  for (const std::string& patient : arguments.All("--patient")) worst = std::max(worst, EmitPatient(patient, **adapter, **app, terminal));
  return worst;
}

}  // namespace

Command Emit() {
  return {.name = "emit",
          .summary = "Print what is stored in an outside system's format: a person's message a line, or a file of many people",
          .example = "careloom emit gp-connect --patient 3f2a --data build/data",
          .parameters = {AdapterParameter(),
                         {.name = "--patient", .value = "ID", .help = "logical ids of Patients, for messages of one person", .repeats = true},
                         {.name = "--period", .value = "START/END", .help = "first and last day of a file of many people"},
                         {.name = "--what", .value = "KIND", .help = "of a council's ledger: ledger, payment-schedule or reconciliation"},
                         {.name = "--layout", .value = "NAME", .help = "whose columns a council's ledger is written in (mappings/council_ledger/layouts)"},
                         {.name = "--release", .value = "N", .help = "release of the file's specification: 1 or 2", .fallback = "2"},
                         {.name = "--council", .value = "CODE", .help = "a file of one council's people only"},
                         {.name = "--organisation", .value = "ODS", .help = "of a set of files (tpp): whose people"},
                         {.name = "--into", .value = "FOLDER", .help = "of a set: write its files here, not one body to standard output"},
                         DataParameter(),
                         PostgresParameter(),
                         MappingsParameter()},
          .run = Run};
}

}  // namespace server::command
