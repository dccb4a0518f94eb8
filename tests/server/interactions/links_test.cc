// Links between planned entries: what is found, and what is written once ids are known.
#include "server/interactions/links.h"

#include <gtest/gtest.h>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"

namespace server::interactions {
namespace {

class Links : public testing::Test {
 protected:
  static void SetUpTestSuite() { registry = *fhir::schema::Registry::LoadR4(); }
  void SetUp() override { app_.registry = registry; }
  void Add(const std::string& full_url, const std::string& json) {
    PlannedEntry entry;
    entry.verb = Verb::kPost;
    entry.place = "Bundle.entry[" + std::to_string(plan_.entries.size()) + "]";
    entry.full_url = full_url;
    entry.document = *fhir::json::Read(json);
    entry.type = entry.document.root->text;
    fhir::schema::Bind(*entry.document.root, *registry);
    plan_.entries.push_back(std::move(entry));
  }
  std::string Written(std::size_t entry) { return fhir::json::Write(*plan_.entries[entry].document.root); }

  static std::shared_ptr<const fhir::schema::Registry> registry;
  App app_;
  Plan plan_;
};
std::shared_ptr<const fhir::schema::Registry> Links::registry;

TEST_F(Links, AreWrittenInReferencesUrisAndNarrativeOnly) {
  Add("urn:uuid:1", R"({"resourceType":"Patient"})");
  Add("urn:uuid:2", R"({"resourceType":"Observation","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>urn:uuid:1 <a href=\"urn:uuid:1\"/><a href='urn:uuid:12'/></div>"},)"
                    R"("identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],"subject":{"reference":"urn:uuid:1","display":"urn:uuid:1"},)"
                    R"("extension":[{"url":"x","valueUri":"urn:uuid:1"},{"url":"y","valueString":"urn:uuid:1"}]})");
  ASSERT_TRUE(FindLinks(app_, plan_).has_value());
  const std::vector<std::string> targets = {"Patient/a", "Observation/b"};
  for (int run = 0; run < 2; ++run) {  // a job may run again
    WriteLinks(plan_, targets, {});
    EXPECT_EQ(Written(1),
              R"({"resourceType":"Observation","text":{"status":"generated","div":"<div xmlns='http://www.w3.org/1999/xhtml'>urn:uuid:1 <a href=\"Patient/a\"/><a href='urn:uuid:12'/></div>"},)"
              R"("identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:1"}],"subject":{"reference":"Patient/a","display":"urn:uuid:1"},)"
              R"("extension":[{"url":"x","valueUri":"Patient/a"},{"url":"y","valueString":"urn:uuid:1"}]})");
  }
  WriteLinks(plan_, std::vector<std::string>{"Patient/c", "Observation/b"}, {});
  EXPECT_NE(Written(1).find("href=\\\"Patient/c\\\""), std::string::npos) << "a later run starts from the original texts";
}

TEST_F(Links, RelativeReferencesAreResolvedAgainstTheFullUrlOfTheirEntry) {
  Add("http://x/fhir/Patient/1", R"({"resourceType":"Patient"})");
  Add("http://x/fhir/Observation/1", R"({"resourceType":"Observation","subject":{"reference":"Patient/1"}})");
  Add("http://y/fhir/Observation/1", R"({"resourceType":"Observation","subject":{"reference":"Patient/1"}})");
  ASSERT_TRUE(FindLinks(app_, plan_).has_value());
  WriteLinks(plan_, std::vector<std::string>{"Patient/a", "Observation/b", "Observation/c"}, {});
  EXPECT_NE(Written(1).find("Patient/a"), std::string::npos);
  EXPECT_NE(Written(2).find("Patient/1"), std::string::npos);
}

TEST_F(Links, AFullUrlGivenTwiceIsRefused) {
  Add("urn:uuid:1", R"({"resourceType":"Patient"})");
  Add("urn:uuid:1", R"({"resourceType":"Patient"})");
  const auto found = FindLinks(app_, plan_);
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().path(), "Bundle.entry[1].fullUrl");
  EXPECT_EQ(found.error().issue_type(), "duplicate");
}

TEST_F(Links, FragmentsAndPlainReferencesAreLeftAlone) {
  Add("urn:uuid:1", R"({"resourceType":"Observation","subject":{"reference":"#p"},"encounter":{"reference":"Encounter/1"},"performer":[{"reference":"http://z/fhir/Practitioner/1?a/b"}]})");
  ASSERT_TRUE(FindLinks(app_, plan_).has_value());
  EXPECT_TRUE(plan_.links.empty());
}

}  // namespace
}  // namespace server::interactions
