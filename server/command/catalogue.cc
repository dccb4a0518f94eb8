// The list of commands.
#include "server/command/catalogue.h"

namespace server::command {

Command Adapt();
Command Convert();
Command Definitions();
Command Export();
Command FhirPath();
Command Import();
Command Validate();

std::vector<Command> Catalogue() {
  return {
      Adapt(),
      Validate(),
      FhirPath(),
      Convert(),
      Import(),
      Export(),
      Definitions(),
  };
}

}  // namespace server::command
