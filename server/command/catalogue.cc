// The list of commands.
#include "server/command/catalogue.h"

namespace server::command {

Command Convert();
Command Definitions();
Command Export();
Command Import();

std::vector<Command> Catalogue() {
  return {
      Convert(),
      Import(),
      Export(),
      Definitions(),
  };
}

}  // namespace server::command
