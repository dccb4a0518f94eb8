// The rules over writes, one a line, in the order in which they are asked.
#include "server/rules/rule.h"

namespace server::rules {

std::span<const RuleDescriptor> Catalogue() {
  static constexpr std::span<const RuleDescriptor> kRules;
  return kRules;
}

}  // namespace server::rules
