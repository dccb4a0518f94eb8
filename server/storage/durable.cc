// See durable.h.
#include "server/storage/durable.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

namespace server::storage {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Error Failed(std::string_view what, const std::string& path) {
  const std::string reason = std::generic_category().message(errno);
  Error error(ErrorKind::kUnavailable, "'" + path + "' cannot be " + std::string(what) + ": " + reason + ".");
  return errno == ENOSPC || errno == EDQUOT ? std::move(error).WithIssueType("no-store") : std::move(error);
}

class Descriptor {
 public:
  Descriptor(const std::string& path, int flags, unsigned mode = 0) : number_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Result<void> Sync(const std::string& path, int flags) {
  const Descriptor file(path, flags);
  if (file.number() < 0) return Failed("opened", path);
  if (::fsync(file.number()) != 0) return Failed("synced to its disk", path);
  return {};
}

}  // namespace

Result<void> SyncFile(const std::string& path) { return Sync(path, O_RDONLY); }

Result<void> SyncFolder(const std::string& path) { return Sync(path, O_RDONLY | O_DIRECTORY); }

std::string FolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

Result<void> MakeFolder(const std::string& path) {
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) return {};
    return Error(ErrorKind::kUnavailable, "'" + path + "' is not a folder.");
  }
  const std::string above = FolderOf(std::filesystem::path(path).has_filename() ? path : FolderOf(path));
  if (above != path) {
    TRY(MakeFolder(above));
  }
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return Failed("made", path);
  return SyncFolder(above);
}

Result<void> CopyFile(const std::string& from, const std::string& to) {
  const Descriptor source(from, O_RDONLY);
  if (source.number() < 0) {
    if (errno == ENOENT) return Error(ErrorKind::kNotFound, "There is no file '" + from + "'.");
    return Failed("opened", from);
  }
  const Descriptor target(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (target.number() < 0) return Failed("made", to);
  std::vector<char> block(std::size_t{1} << 20);
  while (true) {
    const ssize_t got = ::read(source.number(), block.data(), block.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", from);
    if (got == 0) break;
    for (ssize_t written = 0; written < got;) {
      const ssize_t count = ::write(target.number(), block.data() + written, static_cast<std::size_t>(got - written));
      if (count < 0 && errno != EINTR) return Failed("written", to);
      written += count > 0 ? count : 0;
    }
  }
  if (::fsync(target.number()) != 0) return Failed("synced to its disk", to);
  return {};
}

Result<void> PutInPlace(const std::string& from, const std::string& to) {
  // A link, unlike a rename, never takes the place of what is there.
  if (::link(from.c_str(), to.c_str()) != 0) {
    if (errno == EEXIST) return Error(ErrorKind::kConflict, "'" + to + "' is there already, and is left as it is.");
    return Failed("made", to);
  }
  ::unlink(from.c_str());
  return SyncFolder(FolderOf(to));
}

}  // namespace server::storage
