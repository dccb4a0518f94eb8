// careloom ingest: files of an outside system into the inbox, and from there into the store.
#include <algorithm>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/packed_files.h"
#include "server/command/store_use.h"
#include "server/inbox/inbox.h"

namespace server::command {
namespace {

using storage::Message;
using storage::MessageState;

fhir::Result<void> WriteReport(const Arguments& arguments, const Message& message, const Terminal& terminal) {
  if (!arguments.Has("--report")) return {};
  TRY_ASSIGN(const fhir::Document report, fhir::json::Read(message.report));
  return WriteOutput(arguments.Get("--report"), fhir::json::WritePretty(*report.root) + "\n", terminal);
}

Exit IngestFile(const std::string& file, fhir::Result<inbox::ByteSource> source, inbox::Inbox& inbox, const Arguments& arguments, const Terminal& terminal) {
  const auto options = FileOptionsOf(arguments);
  if (!options) return Fail(terminal, "--encoding", options.error());
  if (!source) return Fail(terminal, "ingest", source.error());
  const auto received = inbox.Receive({arguments.Get("ADAPTER"), file == "-" ? "" : file, *options}, *source);
  if (!received) return Fail(terminal, file, received.error());
  if (received->state == MessageState::kStored) Say(terminal.err, file + ": the same as message " + received->id + ", which was stored before; nothing changes");
  const auto settled = inbox.Process(received->id);
  if (!settled) return Fail(terminal, file, settled.error());
  if (auto written = WriteReport(arguments, *settled, terminal); !written) return Fail(terminal, "ingest", written.error());
  return TellMessage(terminal, file, *settled);
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::vector<std::string>& files = arguments.All("FILE");
  // Before the store is opened: a wrong name or map should not wait for it.
  const auto adapter = inbox::OpenAdapter(arguments.Get("ADAPTER"), arguments.Get("--mappings"));
  if (!adapter) return Fail(terminal, "ingest", adapter.error());
  const bool is_set = IsSet(**adapter);
  if (arguments.Has("--report") && files.size() > 1 && !is_set) {
    Say(terminal.err, "ingest: --report is for one FILE at a time");
    return Exit::kWrongUse;
  }
  if ((arguments.Has("--load") || arguments.Has("--extracted")) && !is_set) {
    Say(terminal.err, "ingest: --load and --extracted are for sets of several files, such as tpp's");
    return Exit::kWrongUse;
  }
  auto app = OpenStore(arguments);
  if (!app) return Fail(terminal, "ingest", app.error());
  const auto waiting = (*app)->inbox->ProcessWaiting([&](const Message& message) {
    Say(terminal.err, "ingest: message " + message.id + ", received before, is now " + std::string(message.state == MessageState::kHeld ? "held" : "stored"));
  });
  if (!waiting) return Fail(terminal, "ingest", waiting.error());
  const bool packed = is_set && (files.size() > 1 || arguments.Has("--load") || arguments.Has("--extracted"));
  if (packed) return IngestFile(files.front() + (files.size() > 1 ? " …" : ""), OpenPacked(files, FieldsOf(arguments), terminal), *(*app)->inbox, arguments, terminal);
  Exit worst = Exit::kDone;
  for (const std::string& file : files) worst = std::max(worst, IngestFile(file, OpenInput(file, terminal), *(*app)->inbox, arguments, terminal));
  return worst;
}

}  // namespace

Command Ingest() {
  return {.name = "ingest",
          .summary = "Store files of an outside system: each is kept in the inbox, then made resources",
          .example = "careloom ingest gp-connect record.json --data build/data",
          .parameters = {AdapterParameter(),
                         {.name = "FILE", .value = "FILE", .help = "the files, each a message; of a set (tpp) all of one; - reads standard input", .required = true, .repeats = true},
                         DataParameter(),
                         PostgresParameter(),
                         EncodingParameter(),
                         StrictParameter(),
                         {.name = "--load", .value = "full|delta", .help = "of a set: does it hold all there is, or what changed?"},
                         {.name = "--extracted", .value = "DAY", .help = "of a set: the day it was made, YYYY-MM-DD; else the day it is received"},
                         {.name = "--report", .value = "FILE", .help = "write what became of every entry and element here"},
                         MappingsParameter()},
          .run = Run};
}

}  // namespace server::command
