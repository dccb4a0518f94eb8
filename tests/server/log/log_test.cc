// A log that nobody reads, whose disk is full or whose reader is gone holds nobody up, and says what is missing.
#include "server/log/log.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace server::log {
namespace {

using careloom_test::TempFolder;

Line Numbered(int number) {
  Line line(Level::kInfo, "counted");
  line.Add("number", number);
  return line;
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string ReadAll(int descriptor) {
  std::string text;
  char block[65536];
  for (ssize_t count; (count = ::read(descriptor, block, sizeof block)) > 0;) text.append(block, static_cast<std::size_t>(count));
  return text;
}

TEST(Log, EveryLineOfManyThreadsIsWrittenOnceAndWhole) {
  const TempFolder folder;
  const std::string path = folder.path() / "log";
  const int file = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  {
    Log log({.descriptor = file});
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&log, i] {
        for (int k = 0; k < 500; ++k) log.Write(Numbered(i * 500 + k));
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  ::close(file);
  const std::vector<std::string> lines = Lines(careloom_test::ReadFile(path));
  ASSERT_EQ(lines.size(), 4000u);
  std::vector<bool> seen(4000);
  for (const std::string& line : lines) {
    ASSERT_TRUE(line.starts_with("{\"time\":") && line.ends_with("}")) << line;
    seen.at(static_cast<std::size_t>(std::atoi(line.c_str() + line.find("number\":") + 8))) = true;
  }
  EXPECT_EQ(std::ranges::count(seen, true), 4000);
}

TEST(Log, AFifoThatNobodyReadsBlocksNobodyAndWhatIsDroppedIsCountedAndTold) {
  const TempFolder folder;
  const std::string path = folder.path() / "fifo";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const int fifo = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  std::string received;
  std::thread late;
  std::uint64_t dropped = 0, written = 0;
  {
    Log log({.descriptor = fifo, .waiting_bytes = 64 << 10, .farewell_ms = 20'000});
    for (int i = 0; i < 20'000; ++i) log.Write(Numbered(i));   // comes back each time, or the test hangs
    dropped = log.dropped_count();
    EXPECT_GT(dropped, 10'000u);
    // Read now: the rest comes, and how many do not.
    late = std::thread([&] {
      ::fcntl(reader, F_SETFL, 0);
      received = ReadAll(reader);
    });
    while (log.written_count() + dropped < 20'000) std::this_thread::yield();
    log.Write(Numbered(20'000));
    while (log.written_count() + dropped < 20'002) std::this_thread::yield();
    written = log.written_count();
  }
  ::close(fifo);
  late.join();
  ::close(reader);
  std::uint64_t told = 0;
  for (const std::string& line : Lines(received)) {
    if (line.find("\"event\":\"log-dropped\"") != std::string::npos) told += std::stoull(line.substr(line.find("lines\":") + 7));
  }
  EXPECT_EQ(told, dropped);
  EXPECT_GE(Lines(received).size(), written);
}

TEST(Log, EndsInTimeWhenNobodyReads) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  {
    Log log({.descriptor = ends[1], .waiting_bytes = 1 << 20, .farewell_ms = 50});
    for (int i = 0; i < 3000; ++i) log.Write(Numbered(i));
  }   // comes back, or the test hangs
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Log, AFullDiskIsCountedAndNothingElse) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  if (full < 0) GTEST_SKIP() << "no /dev/full here";
  {
    Log log({.descriptor = full, .gather_ms = 0});
    for (int i = 0; i < 100; ++i) log.Write(Numbered(i));
    while (log.dropped_count() < 100) std::this_thread::yield();
    EXPECT_EQ(log.written_count(), 0u);
  }
  ::close(full);
}

TEST(Log, AReaderThatIsGoneIsCountedAndNothingElse) {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  ::close(ends[0]);
  {
    Log log({.descriptor = ends[1], .gather_ms = 0});
    log.Write(Numbered(1));
    while (log.dropped_count() < 1) std::this_thread::yield();
  }
  ::close(ends[1]);
}

TEST(Log, ASilentOneTakesEverythingAndWritesNothing) {
  Log log({.descriptor = -1});
  EXPECT_FALSE(log.is_on());
  log.Write(Numbered(1));
  EXPECT_EQ(log.written_count() + log.dropped_count(), 0u);
}

}  // namespace
}  // namespace server::log
