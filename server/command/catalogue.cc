// The list of commands.
#include "server/command/catalogue.h"

namespace server::command {

Command Adapt();
Command Backup();
Command Check();
Command ClientCommand();
Command Convert();
Command Definitions();
Command Emit();
Command Export();
Command FhirPath();
Command Import();
Command InboxCommand();
Command Ingest();
Command Restore();
Command Review();
Command Serve();
Command SettingsCommand();
Command Transform();
Command Validate();

std::vector<Command> Catalogue() {
  return {
      Serve(),
      SettingsCommand(),
      ClientCommand(),
      Ingest(),
      InboxCommand(),
      Adapt(),
      Emit(),
      Validate(),
      FhirPath(),
      Transform(),
      Convert(),
      Import(),
      Export(),
      Review(),
      Check(),
      Backup(),
      Restore(),
      Definitions(),
  };
}

}  // namespace server::command
