// careloom inbox: the messages that were received, what became of them, and to process one again.
#include "server/inbox/inbox.h"

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/store_use.h"
#include "server/inbox/message_text.h"

namespace server::command {
namespace {

constexpr int kPage = 100;

fhir::Result<void> List(const Arguments& arguments, App& app, const Terminal& terminal) {
  storage::MessageQuery query;
  query.adapter = arguments.Get("--adapter");
  if (arguments.Has("--state")) {
    TRY_ASSIGN(query.state, inbox::ReadState(arguments.Get("--state")));
  }
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
  std::string cursor;
  do {
    TRY_ASSIGN(storage::MessagePage page, reader->FindMessages(query, kPage, cursor));
    for (const storage::Message& message : page.messages) Say(terminal.out, inbox::WriteMessage(message, inbox::Shown::kCounts));
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  return {};
}

fhir::Result<void> Show(const Arguments& arguments, App& app, const Terminal& terminal) {
  const std::string& id = arguments.Get("ID");
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
  TRY_ASSIGN(const storage::Message message, reader->ReadMessage(id));
  if (!arguments.Has("--bytes")) {
    TRY_ASSIGN(const fhir::Document shown, fhir::json::Read(inbox::WriteMessage(message, inbox::Shown::kAll)));
    Say(terminal.out, fhir::json::WritePretty(*shown.root));
    return {};
  }
  for (std::int64_t offset = 0;;) {
    TRY_ASSIGN(const std::string piece, reader->ReadMessageBytes(id, offset, std::size_t{1} << 20));
    if (piece.empty()) return {};
    TRY(WriteOutput("-", piece, terminal));
    offset += static_cast<std::int64_t>(piece.size());
  }
}

Exit Replay(const Arguments& arguments, App& app, const Terminal& terminal) {
  const std::string& id = arguments.Get("ID");
  if (const auto waits = app.inbox->Replay(id); !waits) return Fail(terminal, id, waits.error());
  const auto settled = app.inbox->Process(id);
  if (!settled) return Fail(terminal, id, settled.error());
  return TellMessage(terminal, id, *settled);
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::string& action = arguments.Get("ACTION");
  if (action != "list" && action != "show" && action != "replay") {
    Say(terminal.err, "inbox: '" + action + "' is not an action; use list, show or replay");
    return Exit::kWrongUse;
  }
  if ((action == "list") == arguments.Has("ID")) {
    Say(terminal.err, action == "list" ? "inbox list takes no ID; inbox show takes one" : "inbox " + action + " needs the ID of a message; inbox list has them");
    return Exit::kWrongUse;
  }
  auto app = OpenStore(arguments, action != "replay");
  if (!app) return Fail(terminal, "inbox", app.error());
  if (action == "replay") return Replay(arguments, **app, terminal);
  const auto done = action == "list" ? List(arguments, **app, terminal) : Show(arguments, **app, terminal);
  return done ? Exit::kDone : Fail(terminal, "inbox", done.error());
}

}  // namespace

Command InboxCommand() {
  return {.name = "inbox",
          .summary = "List the messages that were received, show one with its report, process one again",
          .example = "careloom inbox list --state held --data build/data",
          .parameters = {{.name = "ACTION", .value = "ACTION", .help = "list, show or replay", .required = true},
                         {.name = "ID", .value = "ID", .help = "the message to show or replay"},
                         {.name = "--state", .value = "STATE", .help = "list those that are received, stored or held"},
                         {.name = "--adapter", .value = "ADAPTER", .help = "list those of one adapter"},
                         {.name = "--bytes", .value = "", .help = "show the message as it came"},
                         DataParameter(),
                         PostgresParameter(),
                         MappingsParameter()},
          .run = Run};
}

}  // namespace server::command
