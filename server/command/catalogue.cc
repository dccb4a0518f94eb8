// The list of commands.
#include "server/command/catalogue.h"

namespace server::command {

Command Convert();
Command Export();
Command Import();

std::vector<Command> Catalogue() {
  return {
      Convert(),
      Import(),
      Export(),
  };
}

}  // namespace server::command
