// Reads a .tgz through libarchive, one file at a time.
#include "server/command/package_reader.h"

#include <archive.h>
#include <archive_entry.h>

#include <memory>

namespace server::command {
namespace {

constexpr std::size_t kFileLimit = std::size_t{64} << 20;
constexpr std::string_view kFolder = "package/";

struct Closer {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

fhir::Error Broken(const std::string& path, archive* reader) {
  const char* why = archive_error_string(reader);
  return fhir::Error(fhir::ErrorKind::kInvalid, "not a FHIR package (.tgz): " + std::string(why ? why : "unreadable")).At(path);
}

fhir::Result<std::string> ReadEntry(const std::string& path, archive* reader, std::string_view name) {
  std::string bytes;
  char block[65536];
  for (;;) {
    const la_ssize_t got = archive_read_data(reader, block, sizeof block);
    if (got < 0) return Broken(path, reader);
    if (got == 0) return bytes;
    bytes.append(block, static_cast<std::size_t>(got));
    if (bytes.size() > kFileLimit) return fhir::Error(fhir::ErrorKind::kTooLarge, std::string(name) + " is over 64 MiB").At(path);
  }
}

}  // namespace

fhir::Result<void> ReadPackage(const std::string& path, const PackageFile& visit) {
  const std::unique_ptr<archive, Closer> reader(archive_read_new());
  archive_read_support_filter_gzip(reader.get());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), 65536) != ARCHIVE_OK) {
    return fhir::Error(fhir::ErrorKind::kNotFound, "cannot open the package: give the path of a FHIR NPM package (.tgz)").At(path);
  }
  archive_entry* entry = nullptr;
  int status = ARCHIVE_OK;
  while ((status = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* stored = archive_entry_pathname(entry);
    std::string_view name = stored ? stored : "";
    if (!name.starts_with(kFolder)) continue;
    name.remove_prefix(kFolder.size());
    if (name.empty() || name.find('/') != std::string_view::npos) continue;
    const std::string kept(name);
    TRY_ASSIGN(const std::string bytes, ReadEntry(path, reader.get(), kept));
    TRY(visit(kept, bytes));
  }
  if (status != ARCHIVE_EOF) return Broken(path, reader.get());
  return {};
}

}  // namespace server::command
