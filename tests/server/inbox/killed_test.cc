// Files of many people under kill -9, and their size in memory. Each run is a process of its own.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <random>

#include "server/inbox/inbox.h"
#include "server/inbox/person_record.h"
#include "tests/support/days_file.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::storage::Message;
using server::storage::MessageState;

std::unique_ptr<server::App> OpenDays(const TempFolder& folder) {
  server::AppOptions options;
  options.data_dir = folder.path().string();
  options.adapters = [](std::string_view) -> fhir::Result<std::shared_ptr<const adapters::Adapter>> { return MakeDaysAdapter(); };
  auto app = server::OpenApp(options);
  return app ? *std::move(app) : nullptr;
}

// Runs `work` in a process of its own; what it writes to the descriptor comes back when it has ended, or was killed
// after so many milliseconds (0: never).
std::string InAProcess(const std::function<void(int out)>& work, int killed_after_ms = 0) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    work(ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  if (killed_after_ms > 0) {
    ::usleep(static_cast<useconds_t>(killed_after_ms) * 1000);
    ::kill(child, SIGKILL);
  }
  std::string said;
  char block[4096];
  for (ssize_t got; (got = ::read(ends[0], block, sizeof block)) > 0;) said.append(block, static_cast<std::size_t>(got));
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return said;
}

void Write(int out, const std::string& text) { EXPECT_EQ(::write(out, text.data(), text.size()), static_cast<ssize_t>(text.size())); }

constexpr int kPeople = 120;

// Three days of each person, all with the value of this file.
std::string FileOf(int number) {
  std::string file = "503 2024-01-01 2024-12-31\n";
  for (int person = 0; person < kPeople; ++person) {
    for (int day = 1; day <= 3; ++day) file += "p" + std::to_string(1000 + person) + ",2024-02-0" + std::to_string(day) + ",v" + std::to_string(number) + "\n";
  }
  return file;
}

fhir::Result<Message> Keep(server::App& app, const std::string& file) {
  return app.inbox->Receive({"days", "file", {}}, [rest = std::string_view(file)]() mutable -> fhir::Result<std::string_view> { return std::exchange(rest, {}); });
}

// Nobody is half there: all three days, of one file. How many people have which file's value.
std::map<std::string, int> Whole(server::App& app) {
  std::map<std::string, int> people;
  const auto format = MakeDaysAdapter();
  const auto reader = app.store->OpenReader();
  std::string cursor;
  do {
    const auto page = server::inbox::ResourcesOfSystem(app, **reader, "Patient", format->people_file()->PersonSystem("503"), cursor);
    for (const auto& one : page->resources) {
      const auto record = server::inbox::ReadOwnRecord(app, **reader, one.id);
      const std::string lines = format->people_file()->EmitPerson(*record, {"0000", "9999", "1"})->bytes;
      const std::string value = lines.substr(lines.rfind(',') + 1);
      std::string whole;
      for (int day = 1; day <= 3; ++day) whole += one.value + ",2024-02-0" + std::to_string(day) + "," + value;
      EXPECT_EQ(lines, whole) << "half there";
      ++people[value];
    }
    cursor = page->next_cursor;
  } while (!cursor.empty());
  return people;
}

TEST(InboxKilled, NothingAcknowledgedIsMissingAndNobodyIsHalfThere) {
  const TempFolder folder;
  const auto begun = std::chrono::steady_clock::now();
  InAProcess([&](int) {
    const auto app = OpenDays(folder);
    if (const auto kept = Keep(*app, FileOf(0)); kept) static_cast<void>(app->inbox->Process(kept->id));
  });
  const auto whole_ms = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun).count();
  std::mt19937 random(3);
  std::string acknowledged;
  const int kills = EveryDayOrLong(5, 50);
  int interrupted = 0, last = 0;
  for (int kill = 1; kill <= kills; ++kill) {
    const std::string said = InAProcess(
        [&](int out) {
          const auto app = OpenDays(folder);
          if (!app || !app->inbox->ProcessWaiting()) return;
          const auto kept = Keep(*app, FileOf(kill));
          if (!kept) return;
          Write(out, kept->id + "\n");
          static_cast<void>(app->inbox->Process(kept->id));
        },
        static_cast<int>(1 + random() % static_cast<unsigned>(whole_ms)));
    acknowledged += said;
    if (!said.empty()) last = kill;
    const auto app = OpenDays(folder);
    ASSERT_NE(app, nullptr);
    if (Whole(*app).size() > 1) ++interrupted;
  }
  const auto app = OpenDays(folder);
  const auto done = app->inbox->ProcessWaiting();
  ASSERT_TRUE(done) << done.error().ToString();
  const auto reader = app->store->OpenReader();
  for (std::size_t at = 0, end; (end = acknowledged.find('\n', at)) != std::string::npos; at = end + 1) {
    const auto message = (*reader)->ReadMessage(acknowledged.substr(at, end - at));
    ASSERT_TRUE(message) << "an acknowledged message is missing";
    EXPECT_EQ(message->state, MessageState::kStored);
  }
  // A message may be kept though its sender was not told any more: then it counts too.
  const auto newest = (*reader)->FindMessages({}, 1, "");
  ASSERT_TRUE(newest);
  const std::map<std::string, int> people = Whole(*app);
  ASSERT_EQ(people.size(), 1u);
  EXPECT_EQ(people.begin()->second, kPeople);
  EXPECT_GE(std::stoi(people.begin()->first.substr(1)), last);
  if (IsLong()) { EXPECT_GT(interrupted, 5) << "the kills came at other moments than meant"; }
  const auto findings = app->store->Verify([](const server::storage::VerifyFinding& finding) { ADD_FAILURE() << finding.where << ": " << finding.text; });
  EXPECT_TRUE(findings) << findings.error().ToString();
}

// The most memory that the process held, in KiB, while it took a file of so many rows.
long MostMemory(int rows) {
  const TempFolder folder;
  const std::string said = InAProcess([&](int out) {
    std::ofstream("/proc/self/clear_refs") << "5";
    const auto app = OpenDays(folder);
    int row = 0;
    std::string piece;
    const auto kept = app->inbox->Receive({"days", "file", {}}, [&]() -> fhir::Result<std::string_view> {
      piece = row == 0 ? "503 2024-01-01 2024-12-31\n" : "";
      for (const int end = std::min(row + 1000, rows); row < end; ++row) {
        piece += "p" + std::to_string(row * 7919 % (rows / 5)) + ",2024-02-0" + std::to_string(1 + row % 9) + ",some value\n";
      }
      return std::string_view(piece);
    });
    if (!kept) return;
    const auto stored = app->inbox->Process(kept->id);
    if (!stored || stored->state != MessageState::kStored) return;
    const std::string status = ReadFile("/proc/self/status");
    Write(out, status.substr(status.find("VmHWM:") + 6, 20));
  });
  return std::strtol(said.c_str(), nullptr, 10);
}

TEST(InboxMemory, DoesNotGrowWithTheFile) {
  if (kSanitized) GTEST_SKIP() << "a sanitizer keeps what was freed: its memory says nothing about ours";
  const int small_rows = EveryDayOrLong(300, 10'000), large_rows = EveryDayOrLong(1'500, 100'000);
  const long small = MostMemory(small_rows), large = MostMemory(large_rows);
  ASSERT_GT(small, 0);
  ASSERT_GT(large, 0);
  RecordProperty("KiB_small", std::to_string(small));
  RecordProperty("KiB_large", std::to_string(large));
  std::printf("%d rows: %ld KiB, %d rows: %ld KiB\n", small_rows, small, large_rows, large);
  // The store's page caches fill up to their limits: 64 MiB of the writer, 2 MiB of each reader, 4 MiB of the scratch file.
  EXPECT_LT(large, small + EveryDayOrLong(16, 80) * 1024L);
}

}  // namespace
}  // namespace careloom_test
