// Files of many people through the inbox: each person by itself, whatever comes twice, late, in another order, or is
// interrupted.
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "fhir/json/reader.h"
#include "server/inbox/inbox.h"
#include "server/inbox/message_text.h"
#include "server/inbox/person_record.h"
#include "tests/support/days_file.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::storage::Message;
using server::storage::MessageState;

class PeopleFileTest : public testing::Test {
 protected:
  void SetUp() override { Open(); }

  void Open() {
    app_.reset();
    server::AppOptions options;
    options.data_dir = folder_.path().string();
    options.adapters = [this](std::string_view) -> fhir::Result<std::shared_ptr<const adapters::Adapter>> { return MakeDaysAdapter(behaviour_); };
    auto app = server::OpenApp(options);
    ASSERT_TRUE(app) << app.error().ToString();
    app_ = *std::move(app);
  }

  Message Receive(const std::string& bytes, bool strict = false) {
    server::inbox::Arrival arrival{"days", "folder/days.txt", {}};
    arrival.options.strict = strict;
    // In odd pieces.
    std::size_t at = 0;
    const auto received = app_->inbox->Receive(arrival, [&]() -> fhir::Result<std::string_view> {
      const std::string_view piece = std::string_view(bytes).substr(at, 7 + at % 5000);
      at += piece.size();
      return piece;
    });
    EXPECT_TRUE(received) << received.error().ToString();
    return received ? *received : Message();
  }
  Message Process(const std::string& id) {
    const auto processed = app_->inbox->Process(id);
    EXPECT_TRUE(processed) << processed.error().ToString();
    return processed ? *processed : Message();
  }
  Message Ingest(const std::string& bytes, bool strict = false) { return Process(Receive(bytes, strict).id); }

  // Everything stored of that scope, in order.
  std::string Stored(const std::string& scope) {
    std::vector<std::string> lines;
    const auto format = MakeDaysAdapter();
    const auto reader = app_->store->OpenReader();
    std::string cursor;
    do {
      const auto page = server::inbox::ResourcesOfSystem(*app_, **reader, "Patient", format->people_file()->PersonSystem(scope), cursor);
      EXPECT_TRUE(page) << page.error().ToString();
      if (!page) break;
      for (const auto& one : page->resources) {
        const auto record = server::inbox::ReadOwnRecord(*app_, **reader, one.id);
        EXPECT_TRUE(record);
        lines.push_back(format->people_file()->EmitPerson(*record, {"0000", "9999", "1"})->bytes);
      }
      cursor = page->next_cursor;
    } while (!cursor.empty());
    std::ranges::sort(lines);
    std::string all;
    for (const std::string& line : lines) all += line;
    return all;
  }
  std::int64_t Versions() { return app_->store->Count()->versions; }

  std::shared_ptr<DaysBehaviour> behaviour_ = std::make_shared<DaysBehaviour>();
  TempFolder folder_;
  std::unique_ptr<server::App> app_;
};

constexpr char kFirst[] = "503 2024-01-01 2024-06-30\nb,2024-01-05,one\na,2024-02-01,two\nb,2024-06-01,three\nc,2024-03-01,gone\n";
constexpr char kSecond[] = "503 2024-04-01 2024-09-30\nb,2024-06-01,corrected\na,2024-07-01,new\n";
constexpr char kBoth[] = "a,2024-02-01,two\na,2024-07-01,new\nb,2024-01-05,one\nb,2024-06-01,corrected\nc,2024-03-01,gone\n";

TEST_F(PeopleFileTest, EachPersonsRowsAreStoredAndCounted) {
  const Message message = Ingest(kFirst);
  EXPECT_EQ(message.state, MessageState::kStored);
  EXPECT_EQ(message.name, "days.txt");
  EXPECT_EQ(message.scope, "503");
  EXPECT_EQ(message.to, "2024-06-30");
  EXPECT_NE(message.report.find(R"({"name":"entriesIn","valueInteger":4})"), std::string::npos) << message.report;
  EXPECT_NE(message.report.find(R"({"name":"resourcesCreated","valueInteger":7})"), std::string::npos) << message.report;
  EXPECT_EQ(Stored("503"), "a,2024-02-01,two\nb,2024-01-05,one\nb,2024-06-01,three\nc,2024-03-01,gone\n");
}

TEST_F(PeopleFileTest, TheSameFileAgainIsTheSameMessageAndChangesNothing) {
  const Message first = Ingest(kFirst);
  const std::int64_t versions = Versions();
  const Message again = Receive(kFirst);
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.state, MessageState::kStored);
  EXPECT_EQ(again.report, first.report);
  const Message strict = Ingest(kFirst, true);      // other options: another message, saying the same
  EXPECT_NE(strict.id, first.id);
  EXPECT_EQ(Versions(), versions);
}

TEST_F(PeopleFileTest, FilesInEitherOrderEndInTheSameRecord) {
  Ingest(kFirst);
  Ingest(kSecond);
  EXPECT_EQ(Stored("503"), kBoth);
  // The other way round, among another scope's people of the same names.
  const auto other = [](std::string text) { return "504" + text.substr(3); };
  Ingest(other(kSecond));
  Ingest(other(kFirst));
  EXPECT_EQ(Stored("504"), kBoth);
  EXPECT_EQ(Stored("503"), kBoth);
}

TEST_F(PeopleFileTest, WhomALaterFileDoesNotNameLosesWhatItCovers) {
  Ingest("503 2024-01-01 2024-12-31\na,2024-02-01,two\nb,2024-03-01,three\n");
  const Message later = Ingest("503 2024-01-01 2025-03-31\na,2024-02-01,two\n");
  EXPECT_EQ(later.state, MessageState::kStored);
  EXPECT_EQ(Stored("503"), "a,2024-02-01,two\n");
}

TEST_F(PeopleFileTest, ABadRowIsReportedAndTheRestGoesInUnlessStrict) {
  const std::string file = "503 2024-01-01 2024-12-31\na,2024-02-01,two\nb,2024-03-01,bad\n";
  const Message strict = Ingest(file, true);
  EXPECT_EQ(strict.state, MessageState::kHeld);
  EXPECT_NE(strict.report.find("row 3"), std::string::npos) << strict.report;
  EXPECT_EQ(strict.scope, "") << "nothing of it was taken";
  EXPECT_EQ(Versions(), 0);
  const Message lenient = Ingest(file);
  EXPECT_EQ(lenient.state, MessageState::kStored);
  EXPECT_NE(lenient.report.find(R"({"name":"entriesReported","valueInteger":1})"), std::string::npos) << lenient.report;
  EXPECT_EQ(Stored("503"), "a,2024-02-01,two\n");
}

TEST_F(PeopleFileTest, AFileThatEndsTooSoonIsHeldAndNothingOfItTaken) {
  const Message cut = Ingest("503 2024-01-01 2024-12-31\na,2024-02-01,two\nb,2024-03-0");
  EXPECT_EQ(cut.state, MessageState::kHeld);
  EXPECT_NE(cut.report.find("ends within a line"), std::string::npos) << cut.report;
  EXPECT_EQ(Versions(), 0);
}

TEST_F(PeopleFileTest, APersonThatMustNotBeTakenIsHeldAndTheReplayTakesIt) {
  const std::string file = "503 2024-01-01 2024-12-31\na,2024-02-01,two\nJaneDoe,2024-03-01,hold\nJaneDoe,2024-03-02,x\n";
  const Message held = Ingest(file);
  EXPECT_EQ(held.state, MessageState::kHeld);
  EXPECT_NE(held.report.find("Rows 3 and 4 (one person): held"), std::string::npos) << held.report;
  EXPECT_NE(held.report.find(R"({"name":"entriesIn","valueInteger":3})"), std::string::npos) << held.report;
  EXPECT_EQ(held.report.find("JaneDoe"), std::string::npos) << "a report names nobody";
  EXPECT_EQ(Stored("503"), "a,2024-02-01,two\n");
  behaviour_->strict_people = false;
  ASSERT_TRUE(app_->inbox->Replay(held.id));
  const Message replayed = Process(held.id);
  EXPECT_EQ(replayed.state, MessageState::kStored);
  EXPECT_EQ(Stored("503"), "JaneDoe,2024-03-01,hold\nJaneDoe,2024-03-02,x\na,2024-02-01,two\n");
}

TEST_F(PeopleFileTest, SentAgainAHeldFileIsProcessedAgainUnderItsId) {
  const std::string file = "503 2024-01-01 2024-12-31\na,2024-02-01,hold\n";
  const Message held = Ingest(file);
  behaviour_->strict_people = false;
  const Message again = Receive(file);
  EXPECT_EQ(again.id, held.id);
  EXPECT_EQ(again.state, MessageState::kReceived);
  EXPECT_EQ(Process(again.id).state, MessageState::kStored);
}

TEST_F(PeopleFileTest, StoppedOnTheWayItGoesOnAtTheNextStart) {
  std::string file = "503 2024-01-01 2024-12-31\n", all;
  for (int i = 1000; i < 1400; ++i) file += "p" + std::to_string(i) + ",2024-02-01,slow\n";
  const std::string id = Receive(file).id;
  app_->inbox->Start();
  // Stop when some are in.
  while (Versions() < 40) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  app_->inbox->Stop();
  const std::int64_t versions = Versions();
  EXPECT_LT(versions, 800);
  Open();
  std::string state;
  const auto done = app_->inbox->ProcessWaiting([&](const Message& message) {
    EXPECT_EQ(message.id, id);
    EXPECT_EQ(message.state, MessageState::kStored);
    EXPECT_NE(message.report.find(R"({"name":"entriesIn","valueInteger":400})"), std::string::npos) << message.report;
  });
  ASSERT_TRUE(done) << done.error().ToString();
  EXPECT_EQ(Versions(), 800);
  EXPECT_EQ(std::ranges::count(Stored("503"), '\n'), 400);
}

TEST_F(PeopleFileTest, ThousandsOfFindingsAreAddedUp) {
  std::string file = "503 2024-01-01 2024-12-31\n";
  for (int i = 0; i < 5000; ++i) file += "p" + std::to_string(i) + ",2024-02-01,bad\n";
  const Message message = Ingest(file);
  EXPECT_EQ(message.state, MessageState::kStored);
  EXPECT_NE(message.report.find("and 4,000 more like: 'bad' is not a value"), std::string::npos) << message.report.substr(0, 2000);
  EXPECT_LT(message.report.size(), 300'000u);
}

TEST_F(PeopleFileTest, NothingIsNoMessage) {
  const auto empty = app_->inbox->Receive({"days", "", {}}, []() -> fhir::Result<std::string_view> { return std::string_view(); });
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().kind(), fhir::ErrorKind::kInvalid);
  server::inbox::Arrival arrival{"days", "", {}};
  arrival.options.encoding = "ebcdic";
  EXPECT_FALSE(app_->inbox->Receive(arrival, []() -> fhir::Result<std::string_view> { return std::string_view("x"); }));
}

TEST_F(PeopleFileTest, ANameOfAFileIsTextWithoutFolders) {
  const auto name = [&](std::string given) {
    const auto received = app_->inbox->Receive({"days", std::move(given), {}}, [sent = false]() mutable -> fhir::Result<std::string_view> {
      return std::exchange(sent, true) ? std::string_view() : std::string_view("x");
    });
    EXPECT_TRUE(received) << received.error().ToString();
    const std::string kept = received->name;
    EXPECT_TRUE(Process(received->id).state == MessageState::kHeld);
    return kept;
  };
  EXPECT_EQ(name("/a/b\\c\xFF\n\xC3\xA9.csv"), "c??\xC3\xA9.csv");
}

TEST_F(PeopleFileTest, OfTwoFilesThatEndOnOneDayTheOneThatCameLaterCounts) {
  Ingest("503 2024-01-01 2024-12-31\na,2024-02-01,first\n");
  const std::string second = Ingest("503 2024-01-01 2024-12-31\na,2024-02-01,second\n").id;
  EXPECT_EQ(Stored("503"), "a,2024-02-01,second\n");
  const std::string first = Ingest("503 2024-01-01 2024-12-31\na,2024-02-01,first\n").id;   // the same message: nothing happens
  ASSERT_TRUE(app_->inbox->Replay(first));
  Process(first);
  EXPECT_EQ(Stored("503"), "a,2024-02-01,second\n");
}

TEST_F(PeopleFileTest, AMessageOfManyPiecesComesBackAsItWas) {
  std::string file = "503 2024-01-01 2024-12-31\n";
  while (file.size() < 3'500'000) file += "a,2024-02-01,two\n";
  const Message message = Receive(file);
  EXPECT_EQ(message.size_bytes, static_cast<std::int64_t>(file.size()));
  const auto reader = app_->store->OpenReader();
  const auto bytes = (*reader)->ReadMessageBytes(message.id, 0, file.size() + 1);
  ASSERT_TRUE(bytes);
  EXPECT_TRUE(*bytes == file);
  EXPECT_EQ(Receive(file).id, message.id);
  server::storage::MessageQuery receiving;
  receiving.state = MessageState::kReceiving;
  EXPECT_TRUE((*app_->store->OpenReader())->FindMessages(receiving, 10, "")->messages.empty()) << "the copy is given up";
}

TEST(WithoutValues, LeavesNoIdentifierInAText) {
  EXPECT_EQ(server::inbox::WithoutValues("'Patient?identifier=https://x|9990000018' is met twice"), "'Patient?identifier=https://x|…' is met twice");
  EXPECT_EQ(server::inbox::WithoutValues("a|b"), "a|…");
  EXPECT_EQ(server::inbox::WithoutValues("no bar"), "no bar");
}

}  // namespace
}  // namespace careloom_test
