// Files and folders that are still there after the power was cut.
#pragma once

#include <string>

#include "fhir/base/result.h"

namespace server::storage {

// What was written to the file reaches the disk. kUnavailable.
fhir::Result<void> SyncFile(const std::string& path);
// The names in the folder reach the disk. kUnavailable.
fhir::Result<void> SyncFolder(const std::string& path);
// The folder of a path: "." when it names none.
std::string FolderOf(const std::string& path);
// Makes the folder and those above it that are not there, and syncs what it made. kUnavailable.
fhir::Result<void> MakeFolder(const std::string& path);
// Copies the bytes of a file to a new one, which only its owner may read, and syncs it. kNotFound, kUnavailable.
fhir::Result<void> CopyFile(const std::string& from, const std::string& to);
// Gives the file its name, which nothing has yet, and syncs the folder. kConflict when something has it, kUnavailable.
fhir::Result<void> PutInPlace(const std::string& from, const std::string& to);

}  // namespace server::storage
