// What the commands that run by settings share: --settings FILE, the flags that go before it, and reading them.
#pragma once

#include <optional>
#include <vector>

#include "server/command/command.h"
#include "server/settings/settings.h"

namespace server::command {

// --settings, and the flags of the table's rows.
std::vector<Parameter> SettingsParameters();
// Nothing when something is wrong with them: it has been said, a line for each finding.
std::optional<settings::Settings> ReadSettings(const Arguments& arguments, const Terminal& terminal, std::string_view about);

}  // namespace server::command
