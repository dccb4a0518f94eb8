// FHIR NPM packages (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification): a .tgz with
// package/*.json in it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/result.h"

namespace server::command {

// Called with a file's name without its folder ("ValueSet-x.json") and its bytes, which live for the call only.
using PackageFile = std::function<fhir::Result<void>(std::string_view name, std::string_view bytes)>;

// Calls `visit` for every file directly in the package's folder "package", in the order they are stored.
// Fails with kNotFound when the file cannot be opened, kInvalid when it is no package, kTooLarge when a
// file in it is over 64 MiB, or with what `visit` answered.
fhir::Result<void> ReadPackage(const std::string& path, const PackageFile& visit);

}  // namespace server::command
