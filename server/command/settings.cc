// careloom settings: every setting with its meaning, its range and the value in force, as a settings file.
#include "server/command/files.h"
#include "server/command/settings_use.h"
#include "server/settings/settings_table.h"

namespace server::command {
namespace {

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const auto read = ReadSettings(arguments, terminal, "settings");
  if (!read) return Exit::kWrongUse;
  const std::string text = settings::Print(*read);
  std::fwrite(text.data(), 1, text.size(), terminal.out);
  return Exit::kDone;
}

}  // namespace

Command SettingsCommand() {
  return {.name = "settings",
          .summary = "Print all settings with their meaning, or check a settings file and print what is in force",
          .example = "careloom settings --settings careloom.conf",
          .parameters = SettingsParameters(),
          .run = Run};
}

}  // namespace server::command
