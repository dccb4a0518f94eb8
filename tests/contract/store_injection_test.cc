// Hundreds of texts that would be something else in SQL, put where a caller can put text: values, parameter names, _sort,
// ids, types, page links. On each backend they mean themselves and nothing more, which plain comparing of texts decides,
// and the store agrees with itself afterwards (hardening: C13).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/http/target.h"
#include "tests/support/app_over_store.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

using server::http::Encode;
using server::http::Response;

// Every end of a literal with everything that may follow it with every way to be rid of the rest.
std::vector<std::string> Texts() {
  const std::vector<std::string> openings = {"", "'", "''", "\"", "')", "'))", "\\'", "`", "$$", "\\"};
  const std::vector<std::string> middles = {" OR 1=1", " OR 'a'='a", " UNION SELECT body FROM version", "; DROP TABLE resource", "; DELETE FROM hash_row", " AND (SELECT count(*) FROM resource)>0",
                                            "||(SELECT id FROM resource LIMIT 1)", "/**/OR/**/1=1", " LIKE '%'", " ESCAPE '\\'", " COLLATE NOCASE", "; SELECT pg_sleep(9)", "::int", "?1", "$1", ":a", "@a"};
  const std::vector<std::string> endings = {"", " --", "/*", ";"};
  std::vector<std::string> texts = {"%", "_", "\\", "%%", "a%", "%a", "a_b", "a%b", "axb", "a\\b", "a\\%b", "\\%", "\\_", "[a-z]", "*", "?", "^", ".", "a.b", "NULL", "null", "true", "0", "1; --", "-- ", "/* */",
                                    "#", "'", "\"", "\\\\", "a,b", "a|b", "a$b", "E'a'", "U&'\\0041'", "x'41'", "a'b", "a''b", "%27", "%2527", "a\xC2\xA0" "b", "\xCA\xBC", "\xEF\xBC\x87"};
  for (const std::string& opening : openings) {
    for (const std::string& middle : middles) {
      for (const std::string& ending : endings) texts.push_back("a" + opening + middle + ending);
    }
  }
  return texts;
}

// As a search value: FHIR's own signs escaped, then the URL's.
std::string AsValue(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\,|$").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return Encode(escaped);
}

std::string InJson(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

std::string Lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}
bool IsAscii(const std::string& text) { return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }); }

template <typename Backend>
class StoreInjection : public testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::IsThere()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    auto store = Backend::Open(folder_.path(), ports_);
    ASSERT_TRUE(store) << store.error().ToString();
    app_ = std::make_unique<AppOverStore>(*std::move(store), ports_);
    texts_ = Texts();
    std::string entries;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      const std::string id = "p" + std::to_string(i), text = InJson(texts_[i]);
      entries += (i ? "," : "") + std::string(R"({"resource":{"resourceType":"Patient","id":")") + id + R"(","identifier":[{"system":"urn:i","value":")" + text + R"("}],"name":[{"family":")" + text +
                 R"("}]},"request":{"method":"PUT","url":"Patient/)" + id + "\"}}";
    }
    const Response stored = app_->Do("POST", "/fhir", {}, R"({"resourceType":"Bundle","type":"transaction","entry":[)" + entries + "]}");
    ASSERT_EQ(stored.status, 200) << stored.body.substr(0, 2000);
    resources_ = app_->store().Count()->resources;
    ASSERT_EQ(resources_, static_cast<std::int64_t>(texts_.size()));
  }
  void TearDown() override {
    if (!app_) return;
    EXPECT_EQ(app_->store().Count()->resources, resources_);
    const auto counts = app_->store().Verify([](const server::storage::VerifyFinding& finding) { ADD_FAILURE() << finding.where << ": " << finding.text; });
    ASSERT_TRUE(counts) << counts.error().ToString();
    EXPECT_EQ(counts->resources, resources_);
  }

  // Ids that the search finds; all on one page.
  std::set<std::string> Find(const std::string& query) {
    const Response answer = app_->Do("GET", "/fhir/Patient?_count=1000&" + query);
    EXPECT_EQ(answer.status, 200) << query << "\n" << answer.body.substr(0, 500);
    std::set<std::string> ids;
    const auto bundle = fhir::json::Read(answer.body);
    if (!bundle) return ids;
    for (const fhir::Element& entry : fhir::Repeats(*bundle->root, "entry")) ids.emplace(entry.Find("resource")->ValueOf("id"));
    return ids;
  }
  template <typename Meets>
  std::set<std::string> Expected(const Meets& meets) {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (meets(texts_[i])) ids.insert("p" + std::to_string(i));
    }
    return ids;
  }
  // Answered or refused in words; never a failure of ours.
  void ExpectNoFault(const std::string& target) {
    const Response answer = app_->Do("GET", target);
    EXPECT_LT(answer.status, 500) << target << "\n" << answer.body.substr(0, 500);
    EXPECT_EQ(answer.body.find("SQL"), std::string::npos) << "an error of the database is no answer: " << answer.body.substr(0, 500);
    EXPECT_EQ(answer.body.find("syntax"), std::string::npos) << answer.body.substr(0, 500);
  }

  const TempFolder folder_;
  const std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  std::unique_ptr<AppOverStore> app_;
  std::vector<std::string> texts_;
  std::int64_t resources_ = 0;
};

TYPED_TEST_SUITE(StoreInjection, Backends);

TYPED_TEST(StoreInjection, C13_ValuesMeanThemselves) {
  ASSERT_GE(this->texts_.size(), 300u);
  const std::size_t step = EveryDayOrLong<std::size_t>(3, 1);
  for (std::size_t i = 0; i < this->texts_.size(); i += i < 50 ? 1 : step) {
    const std::string& text = this->texts_[i];
    const std::string value = AsValue(text);
    EXPECT_EQ(this->Find("family:exact=" + value), this->Expected([&](const std::string& stored) { return stored == text; })) << text;
    EXPECT_EQ(this->Find("identifier=urn:i%7C" + value), this->Expected([&](const std::string& stored) { return stored == text; })) << text;
    if (!IsAscii(text)) continue;   // what folding makes of other scripts is told by the tests of search
    const std::string low = Lower(text);
    EXPECT_EQ(this->Find("family=" + value), this->Expected([&](const std::string& stored) { return Lower(stored).starts_with(low); })) << text;
    EXPECT_EQ(this->Find("family:contains=" + value), this->Expected([&](const std::string& stored) { return Lower(stored).find(low) != std::string::npos; })) << text;
  }
}

TYPED_TEST(StoreInjection, C13_NamesOrdersIdsTypesAndLinksAreRefusedOrMeanThemselves) {
  const std::size_t step = EveryDayOrLong<std::size_t>(3, 1);
  for (std::size_t i = 0; i < this->texts_.size(); i += i < 50 ? 1 : step) {
    const std::string text = Encode(this->texts_[i]);
    for (const char* before : {"/fhir/Patient?_sort=", "/fhir/Patient?_sort=-", "/fhir/Patient?_id=", "/fhir/Patient?_count=", "/fhir/Patient?_cursor=", "/fhir/Patient?_include=", "/fhir/Patient?_revinclude=Observation:",
                               "/fhir/Patient?_lastUpdated=", "/fhir/Patient?birthdate=", "/fhir/Patient?organization=", "/fhir/Patient?organization:Organization.name=", "/fhir/Patient?active:missing=", "/fhir/Patient?_total=",
                               "/fhir/Patient?family=", "/fhir/Patient?family:", "/fhir/Patient?identifier=", "/fhir/Patient?", "/fhir/Patient/", "/fhir/Patient/p1/_history/", "/fhir/Patient/p1/_history?_before=", "/fhir/",
                               "/fhir/Observation?value-quantity=", "/fhir/Observation?subject=Patient/", "/inbox?state=", "/"}) {
      this->ExpectNoFault(before + text);
    }
    for (const char* after : {"=a", ":exact=a", ".name=a"}) this->ExpectNoFault("/fhir/Patient?" + text + after);
    this->ExpectNoFault("/fhir/Patient/" + text + "/$everything");
    EXPECT_TRUE(this->Find("organization=Organization/" + AsValue(this->texts_[i])).empty());
    // Writes by a condition and to an id: of nobody, or of whoever has that very text.
    EXPECT_LT(this->app_->Do("DELETE", "/fhir/Patient/" + text).status, 500);
    EXPECT_LT(this->app_->Do("DELETE", "/fhir/Patient?organization=" + text).status, 500);
    const Response again = this->app_->Do("POST", "/fhir/Patient", {{"If-None-Exist", "identifier=urn:i%7C" + AsValue(this->texts_[i])}}, R"({"resourceType":"Patient"})");
    EXPECT_EQ(again.status, 200) << this->texts_[i] << "\n" << again.body;
  }
}

}  // namespace
}  // namespace careloom_test
