// careloom export: everything that is stored, one NDJSON file for each type, from one state of the store.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "server/command/files.h"
#include "server/command/store_use.h"
#include "server/storage/durable.h"

namespace server::command {
namespace {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr int kPage = 100;   // bodies in memory at a time

struct Counts {
  std::int64_t resources = 0, files = 0;
};

Error Failed(const fs::path& path) { return Error(ErrorKind::kUnavailable, path.string() + " could not be written: is the disk full?"); }

// A file that is made with its first line.
class LineFile {
 public:
  explicit LineFile(fs::path path) : path_(std::move(path)) {}

  Result<void> Add(std::string_view line) {
    if (!file_) file_.reset(std::fopen(path_.c_str(), "wbx"));
    if (!file_ || std::fwrite(line.data(), 1, line.size(), file_.get()) != line.size() || std::fputc('\n', file_.get()) == EOF) return Failed(path_);
    return {};
  }
  Result<void> Close() {
    if (!file_) return {};
    if (std::fclose(file_.release()) != 0) return Failed(path_);
    return storage::SyncFile(path_.string());
  }

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  const fs::path path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

Result<std::int64_t> WriteType(storage::Reader& reader, std::string_view type, const fs::path& folder) {
  LineFile file(folder / (std::string(type) + ".ndjson"));
  search::Query query;
  query.type = std::string(type);
  query.count = kPage;
  query.each_patient = true;   // a Patient that another survives is a resource too
  std::int64_t resources = 0;
  do {
    TRY_ASSIGN(storage::SearchPage page, reader.Search(query));
    for (const storage::SearchEntry& entry : page.entries) { TRY(file.Add(entry.version.body)); }
    resources += static_cast<std::int64_t>(page.entries.size());
    query.cursor = std::move(page.next_cursor);
  } while (!query.cursor.empty());
  TRY(file.Close());
  return resources;
}

Result<Counts> WriteAll(App& app, const fs::path& folder) {
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
  Counts counts;
  for (const std::string_view type : app.registry->ResourceTypes()) {
    TRY_ASSIGN(const std::int64_t resources, WriteType(*reader, type, folder));
    counts.resources += resources;
    counts.files += resources > 0 ? 1 : 0;
  }
  return counts;
}

// Into a folder beside it, which gets the name when all is written: a folder of that name is whole.
Result<Counts> WriteFolder(App& app, const fs::path& out) {
  std::error_code failed;
  if (fs::exists(out, failed)) return Error(ErrorKind::kConflict, out.string() + " is there already: name a folder that is not");
  const fs::path part = out.string() + ".part";
  TRY(storage::MakeFolder(storage::FolderOf(out.string())));
  if (!fs::create_directory(part, failed)) {
    return Error(ErrorKind::kConflict, part.string() + (failed ? " cannot be made" : " is there already, of an export that did not end: remove it"));
  }
  fs::permissions(part, fs::perms::owner_all, failed);
  auto counts = WriteAll(app, part);
  if (counts) {
    TRY(storage::SyncFolder(part.string()));
    fs::rename(part, out, failed);
    if (failed) return Error(ErrorKind::kConflict, part.string() + " could not be renamed to " + out.string() + ": " + failed.message());
    TRY(storage::SyncFolder(storage::FolderOf(out.string())));
  } else {
    fs::remove_all(part, failed);
  }
  return counts;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const auto app = OpenStore(arguments, true);
  if (!app) return Fail(terminal, "export", app.error());
  std::string out = arguments.Get("--out");
  while (out.size() > 1 && out.ends_with('/')) out.pop_back();
  const auto counts = WriteFolder(**app, out);
  if (!counts) return Fail(terminal, "export", counts.error());
  Say(terminal.out, "export done: " + std::to_string(counts->resources) + " resources in " + std::to_string(counts->files) + " files");
  return Exit::kDone;
}

}  // namespace

Command Export() {
  return {.name = "export",
          .summary = "Write everything that is stored as NDJSON, one file for each type, beside a running server too",
          .example = "careloom export --data build/data --out build/export",
          .parameters = {{.name = "--out", .value = "FOLDER", .help = "folder for the files, Patient.ndjson and so on; not there yet", .required = true},
                         {.name = "--data", .value = "DIR", .help = "folder of the store", .fallback = "careloom-data"}, PostgresParameter()},
          .run = Run};
}

}  // namespace server::command
