// What a search, or $everything, finds at a server, over all its pages.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fhir/json/reader.h"
#include "tests/support/served.h"

namespace careloom_test {

// The resources in their order; a page that does not come fails the test.
inline std::vector<fhir::Document> All(Served& served, std::string target) {
  std::vector<fhir::Document> found;
  while (!target.empty()) {
    const auto answer = served.Do("GET", target);
    EXPECT_EQ(answer.status, 200) << target << ": " << answer.body.substr(0, 500);
    target.clear();
    const auto bundle = fhir::json::Read(answer.body, {.max_depth = 100});
    if (!bundle) break;
    for (const fhir::Element& link : fhir::Repeats(*bundle->root, "link")) {
      const std::string url(link.ValueOf("url"));
      if (link.ValueOf("relation") == "next") target = url.substr(url.find("/fhir"));
    }
    for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) {
      fhir::Document copy;
      copy.root = copy.Copy(*entry.Find("resource"));
      found.push_back(std::move(copy));
    }
  }
  return found;
}

}  // namespace careloom_test
