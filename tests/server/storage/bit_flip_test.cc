// A bit of a SQLite store's files changes while it is closed: what is read is what was stored or an error, never another's;
// and whatever has changed is found by Store::Verify. (hardening: S07)
#include <gtest/gtest.h>

#include <random>

#include "tests/support/recording_vfs.h"
#include "tests/support/size.h"
#include "tests/support/store_fixture.h"
#include "tests/support/told_store.h"

namespace careloom_test {
namespace {

using server::storage::Reader;
using server::storage::Store;

class BitFlips : public testing::Test {
 protected:
  BitFlips() {
    RecordingVfs disk;
    {
      const auto store = Open(disk, false);
      for (int i = 0; i < 60; ++i) EXPECT_TRUE(client_.Step(*store));
    }
    closed_ = disk.Files();
    const auto store = Open(disk, false);
    for (int i = 0; i < 15; ++i) EXPECT_TRUE(client_.Step(*store));
    crashed_ = disk.Files();   // with a log
    const auto reader = store->OpenReader();
    content_ = Content(**reader);
  }

  std::unique_ptr<Store> Open(const RecordingVfs& disk, bool read_only) {
    server::storage::sqlite::SqliteOptions options;
    options.vfs = disk.name();
    options.read_only = read_only;
    auto store = SqliteBackend::Open(folder_.path(), ports_, std::move(options));
    return store ? *std::move(store) : nullptr;
  }

  // What is read under each name, of each version; an error as "error".
  std::map<std::string, std::string> Content(Reader& reader) const {
    std::map<std::string, std::string> content;
    for (const auto& [name, unused] : client_.stands().back()) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos) {
        const auto bytes = reader.ReadMessageBytes(name.substr(name.find(' ') + 1), 0, 1U << 20);
        content[name] = bytes ? *bytes : "error";
        continue;
      }
      const std::string type = name.substr(0, slash), id = name.substr(slash + 1);
      const auto history = reader.History(type, id, 0, 100);
      if (!history) content[name] = "error";
      else for (const auto& version : history->versions) content[name + "/" + std::to_string(version.version)] = version.body;
      const auto current = reader.Read(type, id);
      content[name] = current ? current->body : "error";
    }
    return content;
  }

  const TempFolder folder_;
  const std::shared_ptr<TestPorts> ports_ = std::make_shared<TestPorts>();
  ToldClient client_{"c", 5};
  DiskFiles closed_, crashed_;
  std::map<std::string, std::string> content_;
};

// The file that is not the log.
std::string& DatabaseOf(DiskFiles& files) {
  for (auto& [name, bytes] : files) {
    if (name.ends_with(".db")) return bytes;
  }
  return files.begin()->second;
}

TEST_F(BitFlips, AreFoundAndNobodyGetsAnothersContent) {
  std::mt19937_64 random(17);
  const int flips = EveryDayOrLong(100, 1000);
  int refused = 0, unreadable = 0, altered = 0, found = 0, unfound = 0, anothers = 0;
  std::map<std::string, std::string> whole;
  {
    const RecordingVfs disk(closed_);
    whole = Content(**Open(disk, true)->OpenReader());
  }
  for (int flip = 0; flip < flips; ++flip) {
    DiskFiles files = closed_;
    std::string& bytes = DatabaseOf(files);
    const std::size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const RecordingVfs disk(files);
    const auto store = Open(disk, true);
    if (!store) {
      ++refused;
      continue;
    }
    const auto reader = store->OpenReader();
    bool changed = !reader, has_error = !reader;
    if (reader) {
      for (const auto& [name, body] : Content(**reader)) {
        const auto before = whole.find(name);
        if (before != whole.end() && before->second == body) continue;
        changed = true;
        has_error |= body == "error";
        // "Type/id" or "Type/id/version": what is served there says itself that it is that one.
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos || body == "error" || body.empty()) continue;
        const std::string id = name.substr(slash + 1, name.find('/', slash + 1) - slash - 1);
        anothers += body.find("\"id\":\"" + id + "\"") == std::string::npos;
      }
    }
    const auto counts = store->Verify([](const server::storage::VerifyFinding&) {});
    const bool is_found = !counts || counts->findings > 0;
    unreadable += has_error;
    altered += changed && !has_error;
    found += is_found;
    if (changed && !is_found) ++unfound;
    EXPECT_FALSE(changed && !is_found) << "byte " << at;
  }
  std::printf("%d flips: %d refused at the start, %d led to an error, %d to other content, %d found by the check, %d harmed what is read and were not found, %d read as another's\n", flips, refused,
              unreadable, altered, found, unfound, anothers);
  EXPECT_EQ(anothers, 0);
  EXPECT_GT(found + refused, flips / 4);
}

// A log is read up to the first page that is not whole, as after a power cut: what is there then is a state that was.
TEST_F(BitFlips, InTheLogLeaveAStateThatWas) {
  std::mt19937_64 random(19);
  const int flips = EveryDayOrLong(50, 500);
  int held = 0, earlier = 0;
  for (int flip = 0; flip < flips; ++flip) {
    DiskFiles files = crashed_;
    for (auto& [name, bytes] : files) {
      if (name.ends_with("-wal") && !bytes.empty()) {
        const std::size_t at = random() % bytes.size();
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      }
    }
    const RecordingVfs disk(files);
    const auto store = Open(disk, false);
    ASSERT_NE(store, nullptr);
    const auto counts = store->Verify([](const server::storage::VerifyFinding& finding) { ADD_FAILURE() << finding.where << ": " << finding.text; });
    EXPECT_TRUE(counts);
    const Outcome outcome = Compare(**store->OpenReader(), client_, client_.stands().size() - 1);
    EXPECT_NE(outcome, Outcome::kTorn);
    (outcome == Outcome::kHeld ? held : earlier) += 1;
  }
  std::printf("%d flips in the log: %d changed nothing, %d left an earlier state\n", flips, held, earlier);
  EXPECT_GT(earlier, 0);
}

}  // namespace
}  // namespace careloom_test
