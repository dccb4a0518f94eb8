// Every kind of damage to a SQLite store, done with SQLite itself, is found and named by Store::Verify; and what
// careloom check prints of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include "server/storage/sha256.h"
#include "tests/server/command/ran.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/served.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::Result;
using server::storage::VerifyFinding;
using server::storage::VerifyKind;
using server::storage::WriteTransaction;
using testing::HasSubstr;

// Damage, and the finding that tells of it.
struct Damage {
  const char *name, *sql;
  VerifyKind kind;
  const char *where, *text;
};

constexpr const char* kBodyOfObs = "WHERE seq=(SELECT seq FROM resource WHERE id='obs')";

std::vector<Damage> Damages() {
  static const std::string body_date = std::string("UPDATE version SET body=CAST(replace(body, '2026-03', '2026-04') AS BLOB) ") + kBodyOfObs;
  static const std::string body_version = std::string("UPDATE version SET body=CAST(replace(body, '\"versionId\":\"2\"', '\"versionId\":\"7\"') AS BLOB) ") + kBodyOfObs;
  static const std::string body_cut = std::string("UPDATE version SET body=substr(body, 1, length(body)-1) ") + kBodyOfObs;
  return {
      {"HashRowTakenOut", "DELETE FROM hash_row WHERE slot<>0 AND hash<>0 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "rows in hash_row are missing"},
      {"TypeRowTakenOut", "DELETE FROM hash_row WHERE hash=0 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "1 of its"},
      {"HomeRowTakenOut", "DELETE FROM hash_row WHERE slot=0 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "1 of its"},
      {"StringRowTakenOut", "DELETE FROM string_row WHERE key=(SELECT key FROM resource WHERE id='main')", VerifyKind::kIndex, "Patient/main", "rows in string_row are missing"},
      {"DateRowTakenOut", "DELETE FROM date_row WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "rows in date_row are missing"},
      {"NumberRowTakenOut", "DELETE FROM number_row WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "rows in number_row are missing"},
      {"HashRowAdded", "INSERT INTO hash_row SELECT slot, hash+1, key FROM hash_row WHERE slot<>0 AND key=(SELECT key FROM resource WHERE id='obs') LIMIT 1", VerifyKind::kIndex, "Observation/obs", "a row in hash_row"},
      {"StringRowAdded", "INSERT INTO string_row SELECT slot, CAST('zz' AS BLOB), key FROM string_row WHERE key=(SELECT key FROM resource WHERE id='main') LIMIT 1", VerifyKind::kIndex, "Patient/main", "a row in string_row"},
      {"DateRowAdded", "INSERT INTO date_row SELECT slot, low_us+1, high_us, key FROM date_row WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "a row in date_row"},
      {"NumberRowAdded", "INSERT INTO number_row SELECT slot, value+1, key FROM number_row WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kIndex, "Observation/obs", "a row in number_row"},
      {"RowOfADeletedResource", "INSERT INTO date_row SELECT slot, low_us, high_us, (SELECT key FROM resource WHERE id='gone') FROM date_row LIMIT 1", VerifyKind::kIndex, "Patient/gone", "a row in date_row"},
      {"RowOfNoResource", "INSERT INTO date_row SELECT slot, low_us, high_us, 999 FROM date_row LIMIT 1", VerifyKind::kIndex, "key 999", "a row in date_row"},
      {"RowExchanged", "UPDATE number_row SET value=value+1", VerifyKind::kIndex, "Observation/obs", "rows in number_row are missing"},
      {"FactsChanged", "UPDATE resource SET facts=(SELECT facts FROM resource WHERE id='main') WHERE id='obs'", VerifyKind::kIndex, "Observation/obs", "not what its content says"},
      {"HomeChanged", "UPDATE resource SET home=home+1 WHERE id='obs'; UPDATE directory SET home=home+1 WHERE id='obs'", VerifyKind::kIndex, "Observation/obs", "at home with another"},
      {"BodyChanged", body_date.c_str(), VerifyKind::kIndex, "Observation/obs", "not what its content says"},
      {"BodyOfAnotherVersion", body_version.c_str(), VerifyKind::kVersion, "Observation/obs version 2", "meta.versionId"},
      {"BodyCut", body_cut.c_str(), VerifyKind::kVersion, "Observation/obs version 2", "not FHIR JSON"},
      {"OlderBodyCut", "UPDATE version SET body=CAST('{' AS BLOB) WHERE version=1 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs version 1", "not FHIR JSON"},
      {"OlderBodyChanged", "UPDATE version SET body=CAST(replace(body, 'loinc', 'loinx') AS BLOB) WHERE version=1 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion,
       "Observation/obs version 1", "not the bytes that were stored"},
      {"BodyTakenOut", "UPDATE version SET body=NULL WHERE seq=(SELECT seq FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs version 2", "no content"},
      {"DeletionWithABody", "UPDATE version SET body=CAST('{}' AS BLOB) WHERE method=2", VerifyKind::kVersion, "Patient/gone version 2", "deletion and has content"},
      {"BodyUnderAnotherId", "UPDATE resource SET id='other' WHERE id='obs'; UPDATE directory SET id='other' WHERE id='obs'", VerifyKind::kVersion, "Observation/other version 2", "another id"},
      {"TimeChanged", "UPDATE version SET updated_us=updated_us+5000; UPDATE resource SET updated_us=updated_us+5000", VerifyKind::kVersion, "Observation/obs version 2", "meta.lastUpdated"},
      {"OlderVersionTakenOut", "DELETE FROM version WHERE version=1 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs version 1", "missing or another's"},
      {"OlderVersionForgotten", "DELETE FROM older WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs", "without a gap"},
      {"NothingLeadsToAVersion", "DELETE FROM older WHERE key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs version 1", "nothing leads to it"},
      {"CurrentVersionTakenOut", "DELETE FROM version WHERE seq=(SELECT seq FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs", "current version is missing"},
      {"OlderAfterNewer", "UPDATE version SET updated_us=updated_us+100000000 WHERE version=1 AND key=(SELECT key FROM resource WHERE id='obs')", VerifyKind::kVersion, "Observation/obs version 1", "not later"},
      {"ResourceTakenOut", "DELETE FROM resource WHERE id='obs'", VerifyKind::kDirectory, "Observation/obs", "missing or another"},
      {"DirectoryEntryTakenOut", "DELETE FROM directory WHERE id='obs'", VerifyKind::kDirectory, "Observation/obs", "does not lead"},
      {"DirectoryEntryOfAnotherHome", "UPDATE directory SET home=home+1 WHERE id='obs'", VerifyKind::kDirectory, "Observation/obs", "another home"},
      {"LiveCounterChanged", "UPDATE counter SET live=live+1 WHERE type=(SELECT type FROM resource WHERE id='obs')", VerifyKind::kCounter, "Observation", "count of resources says 2; there are 1"},
      {"VersionCounterChanged", "UPDATE counter SET versions=9 WHERE type=(SELECT type FROM resource WHERE id='obs')", VerifyKind::kCounter, "Observation", "count of versions says 9; there are 2"},
      {"BytesCounterChanged", "UPDATE counter SET bytes=1 WHERE type=(SELECT type FROM resource WHERE id='obs')", VerifyKind::kCounter, "Observation", "count of bytes says 1"},
      {"CounterTakenOut", "DELETE FROM counter", VerifyKind::kCounter, "Patient", "says 0"},
      {"JoinTakenOut", "DELETE FROM person", VerifyKind::kPerson, "Patient/joined", "not joined with"},
      {"JoinAdded", "INSERT INTO person VALUES('main', 'joined')", VerifyKind::kPerson, "Patient/main", "not joined with"},
      {"JoinOfADeletedPatient", "INSERT INTO person VALUES('gone', 'main')", VerifyKind::kPerson, "Patient/gone", "not there"},
      {"MessageByteChanged", "UPDATE message_piece SET bytes=CAST('bytex' AS BLOB)", VerifyKind::kMessage, "message m", "SHA-256"},
      {"MessageCut", "UPDATE message_piece SET bytes=substr(bytes, 1, 2)", VerifyKind::kMessage, "message m", "2 bytes of 5"},
      {"MessagePieceTakenOut", "DELETE FROM message_piece", VerifyKind::kMessage, "message m", "0 bytes of 5"},
      {"MessageStartTakenOut", "UPDATE message_piece SET start=3", VerifyKind::kMessage, "message m", "piece of its bytes is missing"},
      {"MessageTakenOut", "DELETE FROM message", VerifyKind::kMessage, "message number 1", "the message is missing"},
      {"MessageOfNoState", "UPDATE message SET state=9", VerifyKind::kMessage, "message m", "state"},
  };
}

// A small clean store, and ways to harm it.
class Harmed {
 protected:
  Harmed() {
    Open();
    for (const char* json : {R"({"resourceType":"Patient","id":"main","name":[{"family":"Ash"}],"birthDate":"1950-01-02"})",
                             R"({"resourceType":"Patient","id":"joined","link":[{"other":{"reference":"Patient/main"},"type":"replaced-by"}]})",
                             R"({"resourceType":"Patient","id":"gone","active":true})",
                             R"({"resourceType":"Observation","id":"obs","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]}})",
                             R"({"resourceType":"Observation","id":"obs","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"1"}]},)"
                             R"("subject":{"reference":"Patient/main"},"effectiveDateTime":"2026-03","valueQuantity":{"value":7}})"}) {
      EXPECT_TRUE(PutJson(*store_, json));
    }
    server::storage::Sha256 hash;
    hash.Add("bytes");
    EXPECT_TRUE(store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Delete("Patient", "gone", std::nullopt));
      TRY(transaction.PutMessage({.id = "m"}));
      TRY(transaction.AppendMessageBytes("m", "bytes"));
      return transaction.PutMessage({.id = "m", .sha256 = hash.Finish(), .size_bytes = 5, .state = server::storage::MessageState::kReceived});
    }));
  }
  void Open() { store_ = *careloom_test::SqliteBackend::Open(folder_.path(), ports_); }
  void Harm(const char* sql) {
    store_.reset();
    sqlite3* database = nullptr;
    ASSERT_EQ(sqlite3_open((folder_.path() / "store.db").c_str(), &database), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(database);
    EXPECT_GT(sqlite3_total_changes(database), 0);
    sqlite3_close(database);
    Open();
  }
  std::vector<VerifyFinding> Verify() {
    std::vector<VerifyFinding> findings;
    const auto counts = store_->Verify([&](const VerifyFinding& finding) { findings.push_back(finding); });
    EXPECT_TRUE(counts) << counts.error().ToString();
    EXPECT_EQ(counts ? counts->findings : -1, static_cast<std::int64_t>(findings.size()));
    return findings;
  }

  careloom_test::TempFolder folder_;
  std::shared_ptr<careloom_test::TestPorts> ports_ = std::make_shared<careloom_test::TestPorts>();
  std::unique_ptr<server::storage::Store> store_;
};

class DamagedStore : public Harmed, public testing::TestWithParam<Damage> {};

TEST_P(DamagedStore, IsFoundAndNamed) {
  ASSERT_TRUE(Verify().empty());
  Harm(GetParam().sql);
  bool named = false;
  std::string all;
  for (const VerifyFinding& finding : Verify()) {
    named = named || (finding.kind == GetParam().kind && finding.where == GetParam().where && finding.text.find(GetParam().text) != std::string::npos);
    all += finding.where + ": " + finding.text + "\n";
  }
  EXPECT_TRUE(named) << "found only:\n" << all;
}

bool IsMadeOfBodies(VerifyKind kind) {
  return kind == VerifyKind::kIndex || kind == VerifyKind::kDirectory || kind == VerifyKind::kCounter || kind == VerifyKind::kPerson;
}

// What is made of bodies is made again; content that is gone stays gone, and is still named.
TEST_P(DamagedStore, IsCleanAfterReindexingWhereTheContentIsWhole) {
  bool whole = true;
  Harm(GetParam().sql);
  for (const VerifyFinding& finding : Verify()) whole = whole && IsMadeOfBodies(finding.kind);
  ASSERT_TRUE(store_->Reindex());
  int of_bodies = 0, others = 0;
  std::string all;
  for (const VerifyFinding& finding : Verify()) {
    ++(IsMadeOfBodies(finding.kind) ? of_bodies : others);
    all += finding.where + ": " + finding.text + "\n";
  }
  EXPECT_EQ(of_bodies, 0) << all;
  EXPECT_EQ(others == 0, whole) << all;
  // And the writer goes on from there.
  EXPECT_TRUE(PutJson(*store_, R"({"resourceType":"Patient","id":"after","birthDate":"1960"})"));
}

INSTANTIATE_TEST_SUITE_P(Each, DamagedStore, testing::ValuesIn(Damages()), [](const auto& damage) { return std::string(damage.param.name); });

class DamagedFile : public Harmed, public testing::Test {};

// The page of an index table overwritten under SQLite's feet: said, and what can be checked without it is checked.
TEST_F(DamagedFile, AnOverwrittenPageIsFoundAndTheRestChecked) {
  Harm("UPDATE counter SET live=live+1 WHERE type=(SELECT type FROM resource WHERE id='obs')");
  store_.reset();
  const std::string path = folder_.path() / "store.db";
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &database), SQLITE_OK);
  long page = 0;
  const auto take = [](void* to, int, char** values, char**) { return *static_cast<long*>(to) = std::atol(values[0]), 0; };
  ASSERT_EQ(sqlite3_exec(database, "SELECT rootpage FROM sqlite_schema WHERE name='date_row'", take, &page, nullptr), SQLITE_OK);
  sqlite3_close(database);
  ASSERT_GT(page, 1);
  std::FILE* file = std::fopen(path.c_str(), "r+b");
  ASSERT_TRUE(file);
  std::fseek(file, (page - 1) * 8192, SEEK_SET);
  const std::string noise(8192, '\x55');
  std::fwrite(noise.data(), 1, noise.size(), file);
  std::fclose(file);
  Open();
  int of_file = 0, of_counter = 0;
  for (const VerifyFinding& finding : Verify()) {
    of_file += finding.kind == VerifyKind::kFile;
    of_counter += finding.kind == VerifyKind::kCounter;
  }
  EXPECT_GE(of_file, 2);   // SQLite's own, and that the index cannot be read
  EXPECT_EQ(of_counter, 1);
}

TEST(CheckCommand, SaysCleanOrWhatIsWrongAndWhatToDo) {
  careloom_test::Served served;
  const std::string data = served.data_dir();
  ASSERT_EQ(served.Do("PUT", "/fhir/Patient/p", R"({"resourceType":"Patient","id":"p","birthDate":"1950-01-02"})").status, 201);
  // Beside the running server.
  const careloom_test::Ran clean = careloom_test::RunCommand("check", {{"--data", data}});
  EXPECT_EQ(clean.exit, server::command::Exit::kDone) << clean.err;
  EXPECT_THAT(clean.out, HasSubstr("checked 1 resource in 1 version, "));
  EXPECT_THAT(clean.out, HasSubstr(": clean\n"));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((data + "/careloom.sqlite").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "DELETE FROM date_row", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  const careloom_test::Ran found = careloom_test::RunCommand("check", {{"--data", data}});
  EXPECT_EQ(found.exit, server::command::Exit::kFindings);
  EXPECT_THAT(found.out, HasSubstr("index Patient/p: 1 of its 1 rows in date_row are missing\n"));
  EXPECT_THAT(found.out, HasSubstr(": 1 finding\n"));
  EXPECT_THAT(found.err, HasSubstr("what to do about \"index\": "));
  // Not beside a server that writes.
  EXPECT_EQ(careloom_test::RunCommand("check", {{"--data", data}, {"--reindex", "true"}}).exit, server::command::Exit::kWrongUse);
}

TEST(CheckCommand, ReindexMakesAnewWhatIsMadeOfTheContent) {
  const careloom_test::TempFolder folder;
  const std::string data = folder.path().string();
  {
    const auto app = server::OpenApp({.data_dir = data, .base_url = {}, .limits = {}, .on_store_failed = {}});
    ASSERT_TRUE(app);
    ASSERT_TRUE(PutJson(*(*app)->store, R"({"resourceType":"Patient","id":"p","birthDate":"1950-01-02"})"));
  }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((data + "/careloom.sqlite").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "DELETE FROM date_row", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  ASSERT_EQ(careloom_test::RunCommand("check", {{"--data", data}}).exit, server::command::Exit::kFindings);
  const careloom_test::Ran ran = careloom_test::RunCommand("check", {{"--data", data}, {"--reindex", "true"}});
  EXPECT_EQ(ran.exit, server::command::Exit::kDone) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr(": clean\n"));
}

TEST(CheckCommand, AFolderWithoutAStoreIsWrongUse) {
  const careloom_test::TempFolder empty;
  const careloom_test::Ran ran = careloom_test::RunCommand("check", {{"--data", empty.path().string()}});
  EXPECT_EQ(ran.exit, server::command::Exit::kWrongUse);
  EXPECT_THAT(ran.err, HasSubstr("cannot be opened"));
}

}  // namespace
