// See backup.h.
#include "server/storage/sqlite/backup.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "server/storage/durable.h"
#include "server/storage/sqlite/database.h"
#include "server/storage/sqlite/file_lock.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace server::storage::sqlite {

namespace {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr std::string_view kUnfinished = ".unfinished";   // after the name of a copy that is not whole yet

// A file that goes with the object unless it has got another name by then.
struct Unfinished {
  std::string path;
  ~Unfinished() {
    for (const char* suffix : {"", "-journal", "-wal", "-shm", ".lock"}) ::unlink((path + suffix).c_str());
  }
};

Result<void> CopyState(const std::string& store, const std::string& to) {
  TRY_ASSIGN(const std::unique_ptr<Database> database, Database::Open(store, {.read_only = true}));
  // One statement, so one state: what is committed while it runs is not in it.
  TRY_ASSIGN(sql::Cursor cursor, database->Query("VACUUM INTO ?1"));
  const Result<void> copied = cursor.BindText(1, to).Run();
  if (copied) return {};
  return Error(copied.error().kind(), "The copy '" + to + "' could not be written, or the store not be read. Check the room there, and run careloom check.")
      .WithDetail(copied.error().detail());
}

// For use here alone, where nothing is stored and no id is made.
Result<std::unique_ptr<Store>> Open(const std::string& path, bool read_only, const BackupDefinitions& definitions) {
  SqliteOptions options;
  options.read_only = read_only;
  return OpenSqlite(path, definitions.registry, definitions.extractor, std::move(options), [] { return std::int64_t{0}; }, [] { return std::uint64_t{0}; });
}

Result<VerifyCounts> CheckCopy(const std::string& path, const BackupDefinitions& definitions, const VerifyReport& report) {
  TRY_ASSIGN(const std::unique_ptr<Store> store, Open(path, true, definitions));
  TRY_ASSIGN(const VerifyCounts counts, store->Verify(report));
  if (counts.findings == 0) return counts;
  return Error(ErrorKind::kUnprocessable, "The copy does not agree with itself, so it is not kept. careloom check tells what to do about what was found.");
}

bool HasBytes(const std::string& path) {
  std::error_code failed;
  return fs::file_size(path, failed) > 0 && !failed;
}

Result<bool> HoldsNothing(const std::string& store, const BackupDefinitions& definitions) {
  TRY_ASSIGN(const std::unique_ptr<Store> there, Open(store, true, definitions));
  TRY_ASSIGN(const Counters counters, there->Count());
  TRY_ASSIGN(const std::unique_ptr<Reader> reader, there->OpenReader());
  TRY_ASSIGN(const MessagePage messages, reader->FindMessages({}, 1, ""));
  return counters.sequence == 0 && messages.messages.empty();
}

// Takes away a store that holds nothing.
Result<void> MakeRoom(const std::string& store, const BackupDefinitions& definitions) {
  // Of one that cannot be read nobody knows what it holds.
  const bool in_use = HasBytes(store) ? !HoldsNothing(store, definitions).value_or(false) : HasBytes(store + "-wal");
  if (in_use) {
    return Error(ErrorKind::kConflict, "There is a store in that folder, and it is not empty. Restore into a new folder, or move that one aside first.").WithDetail(store);
  }
  for (const char* suffix : {"-wal", "-shm", "-journal", ""}) ::unlink((store + suffix).c_str());
  return SyncFolder(FolderOf(store));
}

// Brings the copy of a backup to this version's schema.
Result<void> Migrate(const std::string& copy, const BackupDefinitions& definitions) {
  const auto schema = [&]() -> Result<std::int64_t> {
    TRY_ASSIGN(const std::unique_ptr<Database> database, Database::Open(copy, {.read_only = true}));
    return sql::QueryInt(*database, "PRAGMA user_version", 0);
  };
  if (!HasBytes(copy) || schema().value_or(0) == 0) return Error(ErrorKind::kUnprocessable, "The file is not a backup of Careloom's, or it is damaged.");
  TRY(Open(copy, false, definitions));
  return {};
}

}  // namespace

Result<VerifyCounts> BackUp(const std::string& store, const std::string& file, const BackupDefinitions& definitions, const VerifyReport& report) {
  if (!HasBytes(store)) return Error(ErrorKind::kNotFound, "There is no store to back up.").WithDetail(store);
  if (fs::exists(file)) return Error(ErrorKind::kConflict, "'" + file + "' is there already. Give the backup a name of its own, its date for one.");
  const Unfinished copy{file + std::string(kUnfinished)};
  ::unlink(copy.path.c_str());   // of a backup that was interrupted
  TRY(CopyState(store, copy.path));
  TRY(SyncFile(copy.path));
  TRY_ASSIGN(const VerifyCounts counts, CheckCopy(copy.path, definitions, report));
  TRY(PutInPlace(copy.path, file));
  return counts;
}

Result<VerifyCounts> Restore(const std::string& file, const std::string& store, const BackupDefinitions& definitions, const VerifyReport& report) {
  if (!fs::is_regular_file(file)) return Error(ErrorKind::kNotFound, "There is no file '" + file + "'.");
  FileLock lock;
  TRY(lock.Take(store));
  const Unfinished copy{store + std::string(kUnfinished)};
  TRY(CopyFile(file, copy.path));
  TRY(Migrate(copy.path, definitions));
  TRY_ASSIGN(const VerifyCounts counts, CheckCopy(copy.path, definitions, report));
  TRY(MakeRoom(store, definitions));
  TRY(PutInPlace(copy.path, store));
  return counts;
}

}  // namespace server::storage::sqlite
