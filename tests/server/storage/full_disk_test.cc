// The store's disk fills up under a running server and gets room again; its file is taken away, damaged, or may only be
// read: what it answers, what readiness says, and how it comes back. (hardening: S05, S06)
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/faulty_server.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::string Patient(int number, std::size_t bytes = 100'000) {
  return R"({"resourceType":"Patient","id":"p)" + std::to_string(number) + R"(","name":[{"text":")" + std::string(bytes, 'n') + "\"}]}";
}

// Stores until it is refused; how many were acknowledged, and the refusal's status.
std::pair<int, int> Fill(FaultyServer& server, int from) {
  for (int number = from; number < from + 400; ++number) {
    const int status = server.Do("PUT", "/fhir/Patient/p" + std::to_string(number), Patient(number));
    if (status != 201) return {number, status};
  }
  return {from + 400, 201};
}

void ExpectFullAndReadable(FaultyServer& server, int stored) {
  EXPECT_THAT(server.Body("/health/ready"), HasSubstr("full"));
  EXPECT_EQ(server.Do("GET", "/health/ready"), 503);
  EXPECT_EQ(server.Do("GET", "/health/live"), 200);
  const auto refused = Fetch(server.port(), "PUT", "/fhir/Patient/p0", {{"Content-Type", "application/fhir+json"}}, Patient(0, 90'000));
  EXPECT_EQ(refused.status, 507);
  EXPECT_THAT(refused.body, HasSubstr("make room"));
  for (int number = 0; number < stored; ++number) EXPECT_EQ(server.Do("GET", "/fhir/Patient/p" + std::to_string(number)), 200) << number;
}

void ExpectWell(FaultyServer& server, const fs::path& data, int stored) {
  EXPECT_EQ(server.Do("PUT", "/fhir/Patient/again", R"({"resourceType":"Patient","id":"again"})"), 201);
  EXPECT_EQ(server.Do("GET", "/health/ready"), 200);
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0) << server.process().err();
  const auto store = OpenStoreOf(data);
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(FindingsOf(*store), "");
  EXPECT_EQ(careloom_test::SearchAll(*store, "Patient", "").size(), static_cast<std::size_t>(stored) + 1);
}

// A file system of its own, as long as it lives.
class SmallDisk {
 public:
  explicit SmallDisk(const fs::path& at) : at_(at.string()) {
    fs::create_directory(at);
    is_there_ = ::mount("tmpfs", at_.c_str(), "tmpfs", 0, "size=16m") == 0;
  }
  ~SmallDisk() {
    if (is_there_) ::umount2(at_.c_str(), MNT_DETACH);
  }
  bool is_there() const { return is_there_; }

 private:
  std::string at_;
  bool is_there_;
};

TEST(FullDisk, IsAnAnswerUntilThereIsRoomAgain) {
  const TempFolder folder;
  const SmallDisk disk(folder.path() / "disk");
  if (!disk.is_there()) GTEST_SKIP() << "only root may make a small disk";
  const fs::path data = folder.path() / "disk" / "data", filler = folder.path() / "disk" / "filler";
  FaultyServer server(data, {}, {}, 0);
  ASSERT_NE(server.port(), 0) << server.process().err();
  std::ofstream(filler) << std::string(8 << 20, 'f');
  const auto [stored, status] = Fill(server, 0);
  EXPECT_EQ(status, 507);
  EXPECT_GT(stored, 5);
  ExpectFullAndReadable(server, stored);
  EXPECT_LT(fs::file_size(data / "careloom.sqlite-wal"), 16U << 20);
  fs::remove(filler);
  ExpectWell(server, data, stored);
}

TEST(FullDisk, ALimitOnTheSizeOfFilesIsOneToo) {
  const TempFolder folder;
  const fs::path data = folder.path() / "data";
  FaultyServer server(data, {}, {}, 0);
  ASSERT_NE(server.port(), 0) << server.process().err();
  const rlimit small{4 << 20, RLIM_INFINITY}, none{RLIM_INFINITY, RLIM_INFINITY};
  ASSERT_EQ(::prlimit(server.process().id(), RLIMIT_FSIZE, &small, nullptr), 0);
  const auto [stored, status] = Fill(server, 0);
  EXPECT_EQ(status, 507);
  ExpectFullAndReadable(server, stored);
  ASSERT_EQ(::prlimit(server.process().id(), RLIMIT_FSIZE, &none, nullptr), 0);
  ExpectWell(server, data, stored);
}

TEST(LostFile, EndsTheServerAndIsNotMadeAnewOverItsLog) {
  const TempFolder folder;
  const fs::path data = folder.path() / "data", aside = folder.path() / "aside";
  FaultyServer server(data, {}, {}, 0);
  ASSERT_EQ(server.Do("PUT", "/fhir/Patient/p1", Patient(1)), 201);
  fs::rename(data / "careloom.sqlite", aside);
  // Whether it is stored depends on who finds the file again.
  EXPECT_EQ(server.Do("PUT", "/fhir/Patient/p2", Patient(2)), 500);
  EXPECT_EQ(server.process().Wait(), 1);
  FaultyServer again(data, {}, {}, 0);
  EXPECT_EQ(again.port(), 0);
  EXPECT_GT(again.process().Wait(), 0);
  EXPECT_THAT(again.process().err(), HasSubstr("is missing, but its log is there"));
  fs::rename(aside, data / "careloom.sqlite");
  FaultyServer back(data, {}, {}, 0);
  EXPECT_EQ(back.Do("GET", "/fhir/Patient/p1"), 200);
}

TEST(DamagedPage, IsReadAroundAndNotWrittenTo) {
  const TempFolder folder;
  const fs::path data = folder.path() / "data";
  fs::create_directory(data);
  {
    const auto store = OpenStoreOf(data);
    for (int number = 0; number < 40; ++number) ASSERT_TRUE(PutJson(*store, Patient(number, 30'000)));
  }
  // The pages that hold nothing but a piece of a body: where the next piece is, is overwritten.
  std::string bytes = ReadFile(data / "careloom.sqlite");
  for (std::size_t page = bytes.size() / 2 / 8192 * 8192; page < bytes.size(); page += 8192) {
    if (bytes.compare(page + 4, 1000, std::string(1000, 'n')) == 0) bytes.replace(page, 4, "\xFF\xFF\xFF\xFF");
  }
  std::ofstream(data / "careloom.sqlite", std::ios::binary) << bytes;
  FaultyServer server(data, {}, {}, 0);
  ASSERT_NE(server.port(), 0) << server.process().err();
  int read = 0, failed = 0;
  for (int number = 0; number < 40; ++number) {
    const auto answer = Fetch(server.port(), "GET", "/fhir/Patient/p" + std::to_string(number));
    if (answer.status == 200) {
      ++read;
      EXPECT_THAT(answer.body, HasSubstr("\"id\":\"p" + std::to_string(number) + "\""));
    } else {
      ++failed;
      EXPECT_TRUE(answer.status == 500 || answer.status == 503) << answer.status;
    }
  }
  EXPECT_GT(failed, 0);
  EXPECT_GT(read, 10);
  const auto refused = Fetch(server.port(), "PUT", "/fhir/Patient/new", {{"Content-Type", "application/fhir+json"}}, R"({"resourceType":"Patient","id":"new"})");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("careloom check"));
  EXPECT_EQ(server.Do("GET", "/health/ready"), 503);
  EXPECT_THAT(server.Body("/health/ready"), HasSubstr("store-refuses"));
}

TEST(FileToBeReadOnly, IsSaidAtTheStart) {
  const TempFolder folder;
  const SmallDisk disk(folder.path() / "disk");
  if (!disk.is_there()) GTEST_SKIP() << "only root may make a disk for reading only";
  const fs::path data = folder.path() / "disk" / "data";
  fs::create_directory(data);
  { ASSERT_TRUE(PutJson(*OpenStoreOf(data), Patient(1))); }
  ASSERT_EQ(::mount(nullptr, (folder.path() / "disk").c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
  FaultyServer server(data, {}, {}, 0);
  EXPECT_EQ(server.port(), 0);
  EXPECT_THAT(server.process().err(), HasSubstr("Check that its folder exists and may be written"));
}

}  // namespace
}  // namespace careloom_test
