// Bundles as text.
#include "server/http/bundle_writer.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

storage::Version Stored() {
  storage::Version version;
  version.type = "Patient";
  version.id = "1";
  version.version = 1;
  version.body = R"({"resourceType":"Patient","id":"1","x":1.00})";
  return version;
}

TEST(BundleWriter, SplicesStoredBytesAsTheyAre) {
  BundleWriter bundle("searchset");
  bundle.Total(1);
  bundle.Link("self", "http://x/fhir/Patient?name=\"a\"");
  bundle.Link("next", "http://x/fhir/Patient?_cursor=1");
  bundle.SearchEntry("http://x/fhir", {Stored(), true});
  bundle.SearchEntry("http://x/fhir", {Stored(), false});
  const std::string entry = R"({"fullUrl":"http://x/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","x":1.00},"search":{"mode":")";
  EXPECT_EQ(std::move(bundle).Finish(),
            R"({"resourceType":"Bundle","type":"searchset","total":1,"link":[{"relation":"self","url":"http://x/fhir/Patient?name=\"a\""},)"
            R"({"relation":"next","url":"http://x/fhir/Patient?_cursor=1"}],"entry":[)" + entry + R"(match"}},)" + entry + R"(include"}}]})");
}

TEST(BundleWriter, HasNoEmptyArrays) {
  EXPECT_EQ(BundleWriter("searchset").Finish(), R"({"resourceType":"Bundle","type":"searchset"})");
  BundleWriter linked("searchset");
  linked.Link("self", "x");
  EXPECT_EQ(std::move(linked).Finish(), R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"self","url":"x"}]})");
}

TEST(BundleWriter, ResponsesLeaveOutWhatIsNotThere) {
  BundleWriter bundle("batch-response");
  bundle.ResponseEntry({.status = "204", .location = {}, .etag = {}, .last_modified = {}, .resource = {}, .outcome = {}});
  EXPECT_EQ(std::move(bundle).Finish(), R"({"resourceType":"Bundle","type":"batch-response","entry":[{"response":{"status":"204"}}]})");
}

}  // namespace
}  // namespace server::http
