// careloom check: does the store agree with itself? Prints what was compared and every finding, and what to do about
// each kind of them; --reindex makes anew what can be.
#include <array>
#include <set>
#include <utility>

#include "server/command/files.h"
#include "server/command/store_use.h"

namespace server::command {
namespace {

using storage::VerifyKind;

struct Kind {
  VerifyKind kind;
  std::string_view name, advice;
};

constexpr std::string_view kContentIsWhole =
    "the content itself is whole, but searches may miss it or count wrongly: stop the server and run careloom check --reindex";

constexpr std::array<Kind, 7> kKinds = {{
    {VerifyKind::kFile, "file", "stop the server, copy the data folder aside, look at the disk, and restore the newest backup that checks clean"},
    {VerifyKind::kVersion, "version", "nothing else holds this content: restore the newest backup that checks clean, then ingest what came after it again"},
    {VerifyKind::kIndex, "index", kContentIsWhole},
    {VerifyKind::kDirectory, "directory", kContentIsWhole},
    {VerifyKind::kCounter, "counter", kContentIsWhole},
    {VerifyKind::kPerson, "person", kContentIsWhole},
    {VerifyKind::kMessage, "message", "what was stored from it is not touched; to be able to replay it, ingest the same file again"},
}};

const Kind& KindOf(VerifyKind kind) {
  for (const Kind& one : kKinds) {
    if (one.kind == kind) return one;
  }
  return kKinds[0];
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const bool reindex = arguments.Has("--reindex");
  const auto app = OpenStore(arguments, !reindex);
  if (!app) return Fail(terminal, "check", app.error());
  if (reindex) {
    if (const auto done = (*app)->store->Reindex(); !done) return Fail(terminal, "check --reindex", done.error());
    Say(terminal.err, "index, directory, joins and counts were made anew from the content");
  }
  std::set<VerifyKind> kinds;
  const auto counts = (*app)->store->Verify([&](const storage::VerifyFinding& finding) {
    kinds.insert(finding.kind);
    std::string line(KindOf(finding.kind).name);
    if (!finding.where.empty()) line += " " + finding.where;
    Say(terminal.out, line + ": " + finding.text);
  });
  if (!counts) return Fail(terminal, "check", counts.error());
  for (const VerifyKind kind : kinds) Say(terminal.err, "what to do about \"" + std::string(KindOf(kind).name) + "\": " + std::string(KindOf(kind).advice));
  const auto number = [](std::int64_t count, const std::string& what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); };
  Say(terminal.out, "checked " + number(counts->resources, "resource") + " in " + number(counts->versions, "version") + ", " + number(counts->index_rows, "index row") + ", " +
                        number(counts->messages, "message") + " of " + number(counts->message_bytes, "byte") + ": " +
                        (counts->findings == 0 ? "clean" : number(counts->findings, "finding")));
  return counts->findings == 0 ? Exit::kDone : Exit::kFindings;
}

}  // namespace

Command Check() {
  return {.name = "check",
          .summary = "Prove that the store agrees with itself: versions, index, counts, incoming messages",
          .example = "careloom check --data build/data",
          .parameters = {{.name = "--data", .value = "DIR", .help = "folder of the store, beside a running server too", .fallback = "careloom-data"}, PostgresParameter(),
                         {.name = "--reindex", .value = {}, .help = "first make the index, the directory, joins and counts anew from the content; stop the server before"}},
          .run = Run};
}

}  // namespace server::command
