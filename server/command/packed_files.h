// Several files as the one message that they make together: a set goes through the inbox as multipart/form-data.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "adapters/base/adapter.h"
#include "server/command/files.h"
#include "server/inbox/inbox.h"

namespace server::command {

// Is a message of that adapter a set of files?
bool IsSet(const adapters::Adapter& adapter);
// Fields that go with the files: what --load and --extracted say.
using Fields = std::vector<std::pair<std::string, std::string>>;
Fields FieldsOf(const Arguments& arguments);
// The bytes of the message, piece by piece; the same for the same files under the same names. kNotFound, kUnavailable naming the file.
fhir::Result<inbox::ByteSource> OpenPacked(const std::vector<std::string>& files, const Fields& fields, const Terminal& terminal);

// The boundary that we write. No line of a CSV file is like it.
inline constexpr std::string_view kBoundary = "careloom-set-5f3c91d27a604be8";

}  // namespace server::command
