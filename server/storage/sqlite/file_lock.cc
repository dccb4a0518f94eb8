// See file_lock.h.
#include "server/storage/sqlite/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace server::storage::sqlite {

using fhir::Error;
using fhir::ErrorKind;

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

fhir::Result<void> FileLock::Take(const std::string& store) {
  const std::string path = store + ".lock";
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return Error(ErrorKind::kUnavailable, "The store's file cannot be opened. Check that its folder exists and may be written.").WithDetail(path);
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return {};
  return Error(ErrorKind::kUnavailable, "Another process has this store open for writing. Stop it, or use another data folder.").WithDetail(path);
}

}  // namespace server::storage::sqlite
