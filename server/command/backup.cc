// careloom backup and careloom restore: a checked copy of the store in one file, made beside a running server, and a store
// made of one.
#include <filesystem>

#include "server/command/files.h"
#include "server/command/store_use.h"
#include "server/storage/durable.h"
#include "server/storage/sqlite/backup.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace server::command {
namespace {

using storage::sqlite::BackupDefinitions;

constexpr std::string_view kPostgresBacksUpItself =
    "not for --postgres: PostgreSQL's own tools do it while the server runs, pg_dump for one database or pg_basebackup for the whole cluster; after a restore run "
    "careloom check --postgres URL";

fhir::Result<BackupDefinitions> Definitions() {
  static const auto registry = fhir::schema::Registry::LoadR4();
  if (!registry) return fhir::Error(registry.error().kind(), registry.error().text());
  TRY_ASSIGN(std::shared_ptr<const fhir::search::Extractor> extractor, fhir::search::Extractor::Create(**registry));
  return BackupDefinitions{**registry, std::move(extractor)};
}

// What both commands do around what one of them does.
template <typename Work>
Exit Do(const Arguments& arguments, const Terminal& terminal, std::string_view about, const Work& work) {
  if (arguments.Has("--postgres")) {
    Say(terminal.err, std::string(about) + ": " + std::string(kPostgresBacksUpItself));
    return Exit::kWrongUse;
  }
  const auto definitions = Definitions();
  if (!definitions) return Fail(terminal, about, definitions.error());
  const std::string store = storage::sqlite::StoreFile(arguments.Get("--data"));
  const auto counts = work(arguments.Get("FILE"), store, *definitions, [&](const storage::VerifyFinding& finding) {
    Say(terminal.err, std::string(about) + ": " + (finding.where.empty() ? std::string("the file") : finding.where) + ": " + finding.text);
  });
  if (!counts) return Fail(terminal, about, counts.error());
  Say(terminal.out, std::string(about) + " done and checked: " + std::to_string(counts->resources) + " resources in " + std::to_string(counts->versions) + " versions, " +
                        std::to_string(counts->messages) + " messages");
  return Exit::kDone;
}

Exit RunBackup(const Arguments& arguments, const Terminal& terminal) {
  return Do(arguments, terminal, "backup", [](const std::string& file, const std::string& store, const BackupDefinitions& definitions, const storage::VerifyReport& report) {
    return storage::sqlite::BackUp(store, file, definitions, report);
  });
}

Exit RunRestore(const Arguments& arguments, const Terminal& terminal) {
  return Do(arguments, terminal, "restore",
            [](const std::string& file, const std::string& store, const BackupDefinitions& definitions, const storage::VerifyReport& report) -> fhir::Result<storage::VerifyCounts> {
              TRY(storage::MakeFolder(storage::FolderOf(store)));
              return storage::sqlite::Restore(file, store, definitions, report);
            });
}

}  // namespace

Command Backup() {
  return {.name = "backup",
          .summary = "Copy the store, beside a running server too, into one file that was checked",
          .example = "careloom backup 2026-03-01.backup --data build/data",
          .parameters = {{.name = "FILE", .value = "FILE", .help = "the backup; no file of that name may be there yet", .required = true},
                         {.name = "--data", .value = "DIR", .help = "folder of the store", .fallback = "careloom-data"}, PostgresParameter()},
          .run = RunBackup};
}

Command Restore() {
  return {.name = "restore",
          .summary = "Make the store of a folder out of a backup, checked first",
          .example = "careloom restore 2026-03-01.backup --data build/restored",
          .parameters = {{.name = "FILE", .value = "FILE", .help = "a backup", .required = true},
                         {.name = "--data", .value = "DIR", .help = "folder that has no store yet, or an empty one", .fallback = "careloom-data"}, PostgresParameter()},
          .run = RunRestore};
}

}  // namespace server::command
