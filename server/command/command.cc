// What was given to a command.
#include "server/command/command.h"

namespace server::command {

const std::string& Arguments::Get(std::string_view name) const {
  static const std::string none;
  const std::vector<std::string>& all = All(name);
  return all.empty() ? none : all.front();
}

const std::vector<std::string>& Arguments::All(std::string_view name) const {
  static const std::vector<std::string> none;
  const auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

}  // namespace server::command
