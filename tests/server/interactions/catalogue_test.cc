// Rules that every route of both catalogues keeps.
#include "server/interactions/catalogue.h"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "server/operations/catalogue.h"

namespace server {
namespace {

using http::Level;
using http::Route;

std::vector<const Route*> All() {
  std::vector<const Route*> routes;
  for (const Route& route : interactions::Catalogue()) routes.push_back(&route);
  for (const Route& route : operations::Catalogue()) routes.push_back(&route);
  return routes;
}

TEST(Catalogue, EveryRouteSaysWhatItIsAndWhatIsNotDoneSaysWhatToDo) {
  for (const Route* route : All()) {
    EXPECT_FALSE(route->summary.empty()) << route->pattern;
    EXPECT_EQ(route->handler == nullptr, !route->unsupported.empty()) << route->method << " " << route->pattern;
  }
}

TEST(Catalogue, NoTwoRoutesAnswerTheSameRequest) {
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const Route* route : All()) EXPECT_TRUE(seen.emplace(route->method, route->pattern).second) << route->method << " " << route->pattern;
}

TEST(Catalogue, WhatIsOpenTellsNothingOfAnybodyAndChangesNothing) {
  for (const Route* route : All()) {
    if (route->policy.kind() != http::Policy::Kind::kOpen) continue;
    EXPECT_FALSE(route->changes_state) << route->pattern;
    EXPECT_TRUE(route->level == Level::kServer || route->code == "capabilities") << route->pattern;
  }
}

TEST(Catalogue, ARouteWithoutAPolicyDoesNotCompile) { EXPECT_FALSE(std::is_default_constructible_v<Route>); }

}  // namespace
}  // namespace server
