// What adapt and emit do with files of many people (adapters/base/people_file.h): a person at a time, so that memory does
// not grow with the file.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "adapters/base/people_file.h"
#include "server/app.h"
#include "server/command/command.h"
#include "server/inbox/inbox.h"
#include "server/storage/staging.h"
#include "server/storage/store.h"

namespace server::command {

// Prints the file of that name as one transaction Bundle, the people in the order of their ids, against an empty store.
Exit AdaptPeople(const std::string& file, fhir::Result<inbox::ByteSource> bytes, const adapters::PeopleFile& format, const Arguments& arguments, const Terminal& terminal);
// Prints what is stored of everyone as one file, the scopes and in them the people in the order of their ids.
Exit EmitPeople(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal);

// The same as a set of several files: in the folder of --into, or as one multipart/form-data body on standard output. A set is of one
// organisation.
Exit EmitSet(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal);

// Where scratch files go: the store's folder; where the store is a database there need be none, and it is the system's.
std::string ScratchFolder(const std::string& data);

// The resources' identifiers of that system, with their ids, put in order on the disk.
fhir::Result<std::unique_ptr<storage::Staging>> InOrder(App& app, storage::Reader& reader, std::string_view type, std::string_view system, const std::string& folder);

}  // namespace server::command
