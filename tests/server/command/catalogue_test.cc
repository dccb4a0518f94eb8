// The commands as a user meets them in the help.
#include "server/command/catalogue.h"

#include <gtest/gtest.h>

#include <set>

namespace server::command {
namespace {

TEST(CommandCatalogue, EveryCommandHasASummaryAnExampleAndAUniqueName) {
  std::set<std::string_view> names;
  for (const Command& command : Catalogue()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_FALSE(command.summary.empty()) << command.name;
    EXPECT_TRUE(command.example.starts_with("careloom " + std::string(command.name))) << command.name;
    for (const Parameter& parameter : command.parameters) EXPECT_FALSE(parameter.help.empty()) << command.name << " " << parameter.name;
  }
}

TEST(CommandCatalogue, ACommandEitherRunsOrSaysWhyItDoesNot) {
  for (const Command& command : Catalogue()) EXPECT_EQ(command.run == nullptr, !command.unsupported.empty()) << command.name;
}

}  // namespace
}  // namespace server::command
