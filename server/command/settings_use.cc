// Settings for commands.
#include "server/command/settings_use.h"

#include "server/command/files.h"
#include "server/settings/settings_table.h"

namespace server::command {

std::vector<Parameter> SettingsParameters() {
  std::vector<Parameter> parameters = {{.name = "--settings", .value = "FILE", .help = "file of settings; 'careloom settings' prints all there are"}};
  for (const settings::Setting& setting : settings::Table()) {
    if (setting.flag.empty()) continue;
    parameters.push_back({.name = setting.flag, .value = "VALUE", .help = setting.meaning, .shown_fallback = setting.fallback});
  }
  return parameters;
}

std::optional<settings::Settings> ReadSettings(const Arguments& arguments, const Terminal& terminal, std::string_view about) {
  std::vector<std::pair<std::string, std::string>> flags;
  for (const settings::Setting& setting : settings::Table()) {
    if (!setting.flag.empty() && arguments.Has(setting.flag)) flags.emplace_back(setting.flag, arguments.Get(setting.flag));
  }
  fhir::IssueSink findings;
  settings::Settings read = settings::Load(arguments.Get("--settings"), flags, findings);
  for (const fhir::Issue& finding : findings.issues()) Say(terminal.err, std::string(about) + ": " + finding.expression + ": " + finding.text);
  if (!findings.issues().empty()) return std::nullopt;
  return read;
}

}  // namespace server::command
