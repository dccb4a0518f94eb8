// The stored form: one order of members, our own meta, and what it means to say less.
#include "server/storage/canonical.h"

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"

namespace {

using server::storage::Canonicalise;
using server::storage::Covers;

fhir::Document Read(std::string_view json) { return *fhir::json::Read(json); }

class CanonicalTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { registry_ = *fhir::schema::Registry::LoadR4(); }
  std::string Stored(std::string_view json) {
    fhir::Document document = Read(json);
    Canonicalise(document, "1", *registry_);
    server::storage::SetMeta(document, 3, 1'700'000'000'123'456);
    return fhir::json::Write(*document.root);
  }
  static inline std::shared_ptr<const fhir::schema::Registry> registry_;
};

TEST_F(CanonicalTest, OrderOfMembersMakesNoDifference) {
  const std::string one = Stored(R"({"resourceType":"Patient","birthDate":"2000-01-01","name":[{"given":["A","B"],"family":"C"}],"meta":{"tag":[{"code":"t"}],"versionId":"9"}})");
  EXPECT_EQ(one, Stored(R"({"name":[{"family":"C","given":["A","B"]}],"resourceType":"Patient","meta":{"lastUpdated":"1999-01-01T00:00:00Z","tag":[{"code":"t"}]},"id":"other","birthDate":"2000-01-01"})"));
  EXPECT_EQ(one, R"({"resourceType":"Patient","id":"1","meta":{"versionId":"3","lastUpdated":"2023-11-14T22:13:20.123Z","tag":[{"code":"t"}]},"name":[{"family":"C","given":["A","B"]}],"birthDate":"2000-01-01"})");
  EXPECT_NE(one, Stored(R"({"resourceType":"Patient","meta":{"tag":[{"code":"t"}]},"name":[{"family":"C","given":["B","A"]}],"birthDate":"2000-01-01"})"));
}

TEST_F(CanonicalTest, KeepsPrimitivesExtensions) {
  EXPECT_EQ(Stored(R"({"resourceType":"Patient","_birthDate":{"extension":[{"valueCode":"x","url":"u"}],"id":"b"},"birthDate":"2000"})"),
            R"({"resourceType":"Patient","id":"1","meta":{"versionId":"3","lastUpdated":"2023-11-14T22:13:20.123Z"},"birthDate":"2000","_birthDate":{"id":"b","extension":[{"url":"u","valueCode":"x"}]}})");
}

TEST(Covers, LessOrTheSame) {
  const fhir::Document rich = Read(R"({"resourceType":"Organization","id":"1","meta":{"versionId":"2"},"name":"A","alias":["B","C"],"telecom":[{"system":"phone","value":"1"}]})");
  EXPECT_TRUE(Covers(*rich.root, *Read(R"({"resourceType":"Organization","id":"1","meta":{"versionId":"7"},"name":"A"})").root));
  EXPECT_TRUE(Covers(*rich.root, *Read(R"({"resourceType":"Organization","alias":["C"],"telecom":[{"value":"1"}]})").root));
  EXPECT_FALSE(Covers(*rich.root, *Read(R"({"resourceType":"Organization","name":"D"})").root));
  EXPECT_FALSE(Covers(*rich.root, *Read(R"({"resourceType":"Organization","name":"A","active":true})").root));
  EXPECT_FALSE(Covers(*rich.root, *Read(R"({"resourceType":"Location","name":"A"})").root));
}

}  // namespace
