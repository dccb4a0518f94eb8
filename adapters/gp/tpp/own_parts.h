// What of a resource the rows of a set say; the rest is what others added.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "adapters/base/additions.h"

namespace adapters::gp::tpp {

// `ours`: references to the resources of the set, as what others refer to is told by them; it must outlive the answer.
OwnParts OwnPartsOf(const std::set<std::string, std::less<>>& ours);

}  // namespace adapters::gp::tpp
