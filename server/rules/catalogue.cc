// The rules over writes, one a line, in the order in which they are asked.
#include "server/rules/catalogue.h"

#include <array>

namespace server::rules {

std::span<const RuleDescriptor> Catalogue() {
  static constexpr std::array kRules = {
      RuleDescriptor{"pathway", " Task ", "a Task on a pathway takes the steps that the pathway allows, and keeps them with their times", OpenPathway, false},
  };
  return kRules;
}

}  // namespace server::rules
