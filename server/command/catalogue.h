// Every command there is, in the order of the help. To add one: a source file here, a line in
// catalogue.cc.
#pragma once

#include <vector>

#include "server/command/command.h"

namespace server::command {

std::vector<Command> Catalogue();

}  // namespace server::command
