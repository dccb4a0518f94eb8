// careloom export, on every backend: all that is stored, as it is served, from one state, and never over what is there.
#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "tests/server/command/ran.h"
#include "tests/support/shared_data.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using careloom_test::Ran;
using careloom_test::ReadFile;
using fhir::Result;
using server::command::Exit;
using server::storage::WriteTransaction;
namespace fs = std::filesystem;

// The store is open in the test, and so in use, while the command reads it beside.
template <typename Backend>
class ExportCommand : public testing::Test {
 protected:
  void SetUp() override {
    if (!Backend::IsThere()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    auto opened = Open();
    ASSERT_TRUE(opened) << opened.error().ToString();
    store_ = *std::move(opened);
  }
  Result<std::unique_ptr<server::storage::Store>> Open() {
    if constexpr (Backend::kManyProcesses) {
      return Backend::Open(folder_.path(), ports_);
    } else {
      return server::storage::sqlite::OpenSqlite(server::storage::sqlite::StoreFile(folder_.path().string()), *careloom_test::SharedDefinitions().registry,
                                                 careloom_test::SharedDefinitions().extractor, {}, careloom_test::TestClock{ports_}, careloom_test::TestRandom{ports_});
    }
  }
  Ran Export() {
    if constexpr (Backend::kManyProcesses) {
      return careloom_test::RunCommand("export", {{"--postgres", careloom_test::PostgresUrlFor(folder_.path())}, {"--out", out_.string()}});
    } else {
      return careloom_test::RunCommand("export", {{"--data", folder_.path().string()}, {"--out", out_.string()}});
    }
  }
  std::string Stored(const std::string& type, const std::string& id) {
    const auto reader = store_->OpenReader();
    const auto version = (*reader)->Read(type, id);
    return version ? version->body : version.error().ToString();
  }
  // The lines of each file, by its name.
  std::map<std::string, std::vector<std::string>> Files() {
    std::map<std::string, std::vector<std::string>> files;
    for (const auto& file : fs::directory_iterator(out_)) {
      const std::string bytes = ReadFile(file.path());
      EXPECT_TRUE(bytes.ends_with('\n')) << file.path();
      std::vector<std::string>& lines = files[file.path().filename().string()];
      for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
        lines.push_back(bytes.substr(at, end - at));
        at = end + 1;
      }
      std::ranges::sort(lines);
    }
    return files;
  }

  careloom_test::TempFolder folder_, above_;
  const fs::path out_ = above_.path() / "new" / "export";
  std::shared_ptr<careloom_test::TestPorts> ports_ = std::make_shared<careloom_test::TestPorts>();
  std::unique_ptr<server::storage::Store> store_;
};

TYPED_TEST_SUITE(ExportCommand, careloom_test::Backends);

TYPED_TEST(ExportCommand, WritesAFileOfEachTypeWithTheBodiesAsStored) {
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"a","name":[{"text":"One\nof two lines"}]})"));
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"b","link":[{"other":{"reference":"Patient/a"},"type":"replaced-by"}]})"));
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"ChargeItem","id":"c","status":"billable","code":{"text":"x"},"subject":{"reference":"Patient/a"},"priceOverride":{"value":12.50}})"));
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Goal","id":"g","lifecycleStatus":"active","description":{"text":"x"},"subject":{"reference":"Patient/a"}})"));
  ASSERT_TRUE(this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
    TRY(transaction.Delete("Goal", "g", std::nullopt));
    return {};
  }));
  const Ran ran = this->Export();
  EXPECT_EQ(ran.exit, Exit::kDone) << ran.err;
  EXPECT_EQ(ran.out, "export done: 3 resources in 2 files\n");
  const auto files = this->Files();
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files.at("Patient.ndjson"), (std::vector<std::string>{this->Stored("Patient", "a"), this->Stored("Patient", "b")}));
  EXPECT_EQ(files.at("ChargeItem.ndjson"), (std::vector<std::string>{this->Stored("ChargeItem", "c")}));
  EXPECT_NE(files.at("ChargeItem.ndjson")[0].find("12.50"), std::string::npos);
}

TYPED_TEST(ExportCommand, OfMoreThanAPageWritesEachResourceOnce) {
  ASSERT_TRUE(this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
    for (int i = 0; i < 350; ++i) {
      TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":"Patient","id":"p)" + std::to_string(i) + "\"}"));
      TRY(transaction.Put({.type = "Patient", .id = "p" + std::to_string(i), .document = &document}));
    }
    return {};
  }));
  EXPECT_EQ(this->Export().exit, Exit::kDone);
  auto lines = this->Files().at("Patient.ndjson");
  EXPECT_EQ(lines.size(), 350u);
  const auto twice = std::ranges::unique(lines);
  EXPECT_EQ(twice.begin(), lines.end());
}

// Two resources a transaction: whatever the moment, as many of the one as of the other.
TYPED_TEST(ExportCommand, IsOfOneStateWhileOthersWrite) {
  const auto put_pair = [&](int i) {
    return this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      for (const char* type : {"Account", "Patient"}) {
        const std::string id = "x" + std::to_string(i);
        TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":")" + std::string(type) + R"(","id":")" + id + R"("})"));
        TRY(transaction.Put({.type = type, .id = id, .document = &document}));
      }
      return {};
    });
  };
  for (int i = 0; i < 150; ++i) ASSERT_TRUE(put_pair(i));
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 150; !done; ++i) EXPECT_TRUE(put_pair(i));
  });
  const Ran ran = this->Export();
  done = true;
  writer.join();
  ASSERT_EQ(ran.exit, Exit::kDone) << ran.err;
  auto files = this->Files();
  EXPECT_GE(files["Account.ndjson"].size(), 150u);
  EXPECT_EQ(files["Account.ndjson"].size(), files["Patient.ndjson"].size());
}

TYPED_TEST(ExportCommand, NeverWritesOverWhatIsThere) {
  ASSERT_TRUE(PutJson(*this->store_, R"({"resourceType":"Patient","id":"a"})"));
  ASSERT_EQ(this->Export().exit, Exit::kDone);
  const Ran again = this->Export();
  EXPECT_NE(again.exit, Exit::kDone);
  EXPECT_NE(again.err.find("is there already: name a folder that is not"), std::string::npos) << again.err;
  fs::remove_all(this->out_);
  fs::create_directory(this->out_.string() + ".part");
  const Ran broken = this->Export();
  EXPECT_NE(broken.exit, Exit::kDone);
  EXPECT_NE(broken.err.find("of an export that did not end: remove it"), std::string::npos) << broken.err;
  EXPECT_FALSE(fs::exists(this->out_));
}

TYPED_TEST(ExportCommand, OfAnEmptyStoreIsAnEmptyFolderForItsOwnerAlone) {
  EXPECT_EQ(this->Export().out, "export done: 0 resources in 0 files\n");
  EXPECT_TRUE(fs::is_empty(this->out_));
  EXPECT_EQ(fs::status(this->out_).permissions(), fs::perms::owner_all);
}

}  // namespace
