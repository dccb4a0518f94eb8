// A disk that fails under the SQLite store: after a failed sync nothing more is written and the process is asked
// to go; a full disk is an answer, and passes. (hardening: faults of storage)
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::ErrorKind;

std::atomic<bool> sync_fails = false, disk_is_full = false;

// SQLite's own methods of a kind of file (the database locks, its log does not), with a sync and a write that
// fail on demand. All kinds sync and write alike.
struct Methods {
  const sqlite3_io_methods* plain = nullptr;
  sqlite3_io_methods failing;
};
Methods kinds[4];

int Sync(sqlite3_file* file, int flags) { return sync_fails ? SQLITE_IOERR_FSYNC : kinds[0].plain->xSync(file, flags); }
int Write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  return disk_is_full ? SQLITE_FULL : kinds[0].plain->xWrite(file, bytes, size, offset);
}

const sqlite3_io_methods* Failing(const sqlite3_io_methods* plain) {
  for (Methods& kind : kinds) {
    if (kind.plain == plain) return &kind.failing;
    if (kind.plain) continue;
    kind.plain = plain;
    kind.failing = *plain;
    kind.failing.xSync = Sync;
    kind.failing.xWrite = Write;
    return &kind.failing;
  }
  return plain;
}

// Registered as the default file system while it lives.
class FailingFiles {
 public:
  FailingFiles() {
    plain_ = sqlite3_vfs_find(nullptr);
    files_ = *plain_;
    files_.zName = "failing";
    files_.xOpen = [](sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
      const int code = plain_->xOpen(vfs, name, file, flags, out_flags);
      if (code == SQLITE_OK && file->pMethods) file->pMethods = Failing(file->pMethods);
      return code;
    };
    sqlite3_vfs_register(&files_, 1);
  }
  ~FailingFiles() {
    sync_fails = disk_is_full = false;
    sqlite3_vfs_register(plain_, 1);
    sqlite3_vfs_unregister(&files_);
  }

 private:
  static inline sqlite3_vfs* plain_ = nullptr;
  sqlite3_vfs files_;
};

std::string Patient(int number) { return R"({"resourceType":"Patient","id":"p)" + std::to_string(number) + "\"}"; }

class BrokenDisk : public testing::Test {
 protected:
  void Open() {
    server::storage::sqlite::SqliteOptions options;
    options.on_broken = [this](const std::string&) { ++broken_; };
    store_ = *careloom_test::SqliteBackend::Open(folder_.path(), ports_, std::move(options));
  }

  careloom_test::TempFolder folder_;
  std::shared_ptr<careloom_test::TestPorts> ports_ = std::make_shared<careloom_test::TestPorts>();
  FailingFiles files_;
  std::atomic<int> broken_ = 0;
  std::unique_ptr<server::storage::Store> store_;
};

TEST_F(BrokenDisk, AFailedSyncStopsTheWriterForGood) {
  Open();
  ASSERT_TRUE(PutJson(*store_, Patient(1)));
  sync_fails = true;
  const auto unknown = PutJson(*store_, Patient(2));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().kind(), ErrorKind::kInternal);
  EXPECT_THAT(unknown.error().text(), testing::HasSubstr("unknown"));
  // The disk is well again, but what it holds is not known: no success on top of the failure.
  sync_fails = false;
  EXPECT_EQ(PutJson(*store_, Patient(3)).error().kind(), ErrorKind::kUnavailable);
  EXPECT_EQ(store_->Check().error().kind(), ErrorKind::kUnavailable);
  EXPECT_TRUE((*store_->OpenReader())->Read("Patient", "p1"));
  store_.reset();   // waits for the writer's thread, which tells
  EXPECT_EQ(broken_, 1);
  Open();
  EXPECT_TRUE(PutJson(*store_, Patient(3)));
  const auto reader = *store_->OpenReader();
  EXPECT_TRUE(reader->Read("Patient", "p1"));
  // Before or after, never between.
  EXPECT_EQ(store_->Count()->resources, reader->Read("Patient", "p2") ? 3 : 2);
}

TEST_F(BrokenDisk, AFullDiskIsAnAnswerAndPasses) {
  Open();
  ASSERT_TRUE(PutJson(*store_, Patient(1)));
  disk_is_full = true;
  const auto full = PutJson(*store_, Patient(2));
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().kind(), ErrorKind::kUnavailable);
  EXPECT_TRUE((*store_->OpenReader())->Read("Patient", "p1"));
  disk_is_full = false;
  EXPECT_TRUE(PutJson(*store_, Patient(3)));
  EXPECT_EQ((*store_->OpenReader())->Read("Patient", "p2").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(store_->Count()->resources, 2);
  EXPECT_EQ(broken_, 0);
}

}  // namespace
