// Who may write a SQLite store: one process, which holds the lock for as long as it has the store open.
#pragma once

#include <string>

#include "fhir/base/result.h"

namespace server::storage::sqlite {

class FileLock {
 public:
  FileLock() = default;
  // Lets go of it, as the system does when the process ends.
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  // `store` is the path of the database; the lock is a file beside it, made when it is not there. kUnavailable when another
  // process holds it, or the folder cannot be written.
  fhir::Result<void> Take(const std::string& store);

 private:
  int descriptor_ = -1;
};

}  // namespace server::storage::sqlite
