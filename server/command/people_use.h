// What adapt and emit do with files of many people (adapters/base/people_file.h): a person at a time, so that memory does
// not grow with the file.
#pragma once

#include <string>

#include "adapters/base/people_file.h"
#include "server/app.h"
#include "server/command/command.h"

namespace server::command {

// Prints the file as one transaction Bundle, the people in the order of their ids, against an empty store.
Exit AdaptPeople(const std::string& file, const adapters::PeopleFile& format, const Arguments& arguments, const Terminal& terminal);
// Prints what is stored of everyone as one file, the scopes and in them the people in the order of their ids.
Exit EmitPeople(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal);

}  // namespace server::command
