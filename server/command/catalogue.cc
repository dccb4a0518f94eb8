// The list of commands.
#include "server/command/catalogue.h"

namespace server::command {

Command Adapt();
Command Convert();
Command Definitions();
Command Export();
Command FhirPath();
Command Import();
Command Transform();
Command Validate();

std::vector<Command> Catalogue() {
  return {
      Adapt(),
      Validate(),
      FhirPath(),
      Transform(),
      Convert(),
      Import(),
      Export(),
      Definitions(),
  };
}

}  // namespace server::command
