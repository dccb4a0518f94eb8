// Headers are found whatever their case.
#include "server/http/message.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(Headers, AreFoundWithoutRegardToCase) {
  const Headers headers{{"Content-Type", "application/fhir+json"}, {"X-A", "1"}};
  EXPECT_EQ(FindHeader(headers, "content-type"), "application/fhir+json");
  EXPECT_EQ(FindHeader(headers, "x-b"), "");
}

}  // namespace
}  // namespace server::http
