// Settings files as the table in tests/cases/settings says, the files themselves, and the table's own promises.
// (hardening: P07)
#include "server/settings/settings.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "server/settings/settings_table.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace server::settings {
namespace {

namespace fs = std::filesystem;
using Flags = std::vector<std::pair<std::string, std::string>>;

std::string Said(const fhir::IssueSink& findings) {
  std::string all;
  for (const fhir::Issue& finding : findings.issues()) all += finding.expression + ": " + finding.text + "\n";
  return all;
}

// The wants of a case, "LINE:COLUMN" made "FILE:LINE:COLUMN:".
std::vector<std::string> WantsOf(const std::string& text, const std::string& file) {
  std::vector<std::string> wants;
  for (std::size_t at = 0; text.compare(at, 8, "# wants ") == 0;) {
    const std::size_t end = text.find('\n', at);
    std::string want = text.substr(at + 8, end - at - 8);
    if (want[0] >= '0' && want[0] <= '9') want = file + ":" + want.replace(want.find(' '), 1, ": ");
    for (std::size_t name; (name = want.find("FILE:")) != std::string::npos;) want.replace(name, 4, file);
    if (want != "nothing") wants.push_back(std::move(want));
    at = end + 1;
  }
  return wants;
}

TEST(SettingsCases, EachFileIsToldWhatItIs) {
  const careloom_test::TempFolder folder;
  const std::string file = folder.path() / "careloom.conf";
  int cases = 0;
  for (const auto& entry : fs::directory_iterator(fs::path(CARELOOM_SOURCE_DIR) / "tests/cases/settings")) {
    if (entry.path().extension() != ".conf") continue;
    ++cases;
    const std::string text = careloom_test::ReadFile(entry.path());
    std::ofstream(file, std::ios::binary) << text;
    ::chmod(file.c_str(), 0644);
    fhir::IssueSink findings;
    Load(file, {}, findings);
    const std::string said = Said(findings);
    std::size_t errors = 0;
    ASSERT_TRUE(text.starts_with("# wants ")) << entry.path();
    for (const std::string& want : WantsOf(text, file)) {
      EXPECT_NE(said.find(want), std::string::npos) << entry.path() << "\nwanted: " << want << "\nsaid: " << said;
      if (want.starts_with(file)) ++errors;
    }
    EXPECT_EQ(findings.issues().size(), errors) << entry.path() << "\n" << said;
  }
  EXPECT_GE(cases, 40);
}

class SettingsFile : public testing::Test {
 protected:
  std::string Write(const std::string& text, mode_t mode = 0644) {
    const std::string path = (folder_.path() / "careloom.conf").string();
    std::ofstream(path, std::ios::binary) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }
  std::string Refused(const std::string& file, const Flags& flags = {}) {
    fhir::IssueSink findings;
    Load(file, flags, findings);
    return Said(findings);
  }
  careloom_test::TempFolder folder_;
};

TEST_F(SettingsFile, ThatIsNoPlainFileIsRefusedAtOnce) {
  const std::string folder = folder_.path().string(), pipe = folder + "/pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(Refused(folder + "/none").find("cannot be opened: No such file"), std::string::npos);
  EXPECT_NE(Refused(folder).find("is not a plain file"), std::string::npos);
  EXPECT_NE(Refused(pipe).find("is not a plain file"), std::string::npos);   // and nobody waits for a writer
  EXPECT_NE(Refused("/dev/zero").find("is not a plain file"), std::string::npos);
  EXPECT_NE(Refused(Write(std::string((1u << 20) + 1, '\n'))).find("is longer than 1048576 bytes"), std::string::npos);
}

TEST_F(SettingsFile, ItsOwnerMayForbidItToUs) {
  const std::string file = Write("listen.port = 1\n", 0);
  if (::geteuid() == 0) GTEST_SKIP() << "root reads every file";
  EXPECT_NE(Refused(file).find("cannot be opened: Permission denied"), std::string::npos);
}

TEST_F(SettingsFile, FlagsGoBeforeTheFileAndTheFileBeforeTheDefaults) {
  fhir::IssueSink findings;
  const Settings read = Load(Write("listen.port = 9000\ndata.folder = /there\nlimits.body = 2 MiB\n"), {{"--port", "9001"}}, findings);
  EXPECT_EQ(Said(findings), "");
  EXPECT_EQ(read.edge.port, 9001);
  EXPECT_EQ(read.app.data_dir, "/there");
  EXPECT_EQ(read.app.limits.body_bytes, 2u << 20);
  EXPECT_EQ(read.app.limits.import_bytes, 256u << 20);
  EXPECT_EQ(read.given.at("listen.port").place, "--port");
  EXPECT_EQ(read.given.at("data.folder").place, (folder_.path() / "careloom.conf").string() + ":2:15");
}

TEST_F(SettingsFile, ABadFlagIsNamed) { EXPECT_NE(Refused("", {{"--port", "70000"}}).find("--port: listen.port: '70000' is not a number from 0 to 65535"), std::string::npos); }

TEST_F(SettingsFile, NothingComesFromTheEnvironment) {
  const std::string before = Print(Load("", {}, *std::make_unique<fhir::IssueSink>()));
  for (const Setting& setting : Table()) {
    std::string name = "CARELOOM_";
    for (const char c : setting.name) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : '_';
    ::setenv(name.c_str(), "1", 1);
  }
  EXPECT_EQ(Print(Load("", {}, *std::make_unique<fhir::IssueSink>())), before);
  for (const Setting& setting : Table()) {
    std::string name = "CARELOOM_";
    for (const char c : setting.name) name += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : '_';
    ::unsetenv(name.c_str());
  }
}

TEST(SettingsTable, HasOneRowForEachNameAndFlagWithAMeaning) {
  std::set<std::string_view> names, flags;
  for (const Setting& setting : Table()) {
    EXPECT_TRUE(names.insert(setting.name).second) << setting.name;
    EXPECT_TRUE(setting.flag.empty() || flags.insert(setting.flag).second) << setting.flag;
    EXPECT_FALSE(setting.meaning.empty()) << setting.name;
    EXPECT_LE(setting.meaning.size(), 100u) << setting.name << ": one line";
    EXPECT_EQ(NearestName(setting.name), setting.name);
  }
}

TEST(SettingsTable, TheReadmeNamesEachSettingOrItsFamily) {
  const std::string readme = careloom_test::ReadFile(fs::path(CARELOOM_SOURCE_DIR) / "README.md");
  for (const Setting& setting : Table()) {
    const std::string name(setting.name), family = name.substr(0, name.find('.')) + ".\u2026";
    EXPECT_TRUE(readme.find("`" + name + "`") != std::string::npos || readme.find("`" + family + "`") != std::string::npos) << name;
  }
}

TEST(SettingsTable, ItsDefaultsAreThoseOfTheCode) {
  fhir::IssueSink findings;
  const Settings read = Load("", {}, findings);
  EXPECT_EQ(Said(findings), "");
  const Limits limits;
  EXPECT_EQ(read.app.limits.body_bytes, limits.body_bytes);
  EXPECT_EQ(read.app.limits.import_bytes, limits.import_bytes);
  EXPECT_EQ(read.app.limits.json_depth, limits.json_depth);
  EXPECT_EQ(read.app.limits.json_elements, limits.json_elements);
  EXPECT_EQ(read.app.limits.bundle_entries, limits.bundle_entries);
  EXPECT_EQ(read.app.limits.page_entries, limits.page_entries);
  EXPECT_EQ(read.app.limits.most_page_entries, limits.most_page_entries);
  EXPECT_EQ(read.app.watch.slow_us, Watch().slow_us);
  const http::EdgeOptions edge;
  EXPECT_EQ(read.edge.address, edge.address);
  EXPECT_EQ(read.edge.port, edge.port);
  EXPECT_EQ(read.edge.workers, edge.workers);
  EXPECT_EQ(read.edge.queued_requests, edge.queued_requests);
  EXPECT_EQ(read.edge.connections, edge.connections);
  EXPECT_EQ(read.edge.connections_per_ip, edge.connections_per_ip);
  EXPECT_EQ(read.edge.requests_per_connection, edge.requests_per_connection);
  EXPECT_EQ(read.edge.held_bytes, edge.held_bytes);
  EXPECT_EQ(read.edge.request_line_bytes, edge.request_line_bytes);
  EXPECT_EQ(read.edge.head_bytes, edge.head_bytes);
  EXPECT_EQ(read.edge.field_bytes, edge.field_bytes);
  EXPECT_EQ(read.edge.fields, edge.fields);
  EXPECT_EQ(read.edge.handshake_time, edge.handshake_time);
  EXPECT_EQ(read.edge.head_time, edge.head_time);
  EXPECT_EQ(read.edge.body_grace, edge.body_grace);
  EXPECT_EQ(read.edge.body_bytes_per_second, edge.body_bytes_per_second);
  EXPECT_EQ(read.edge.body_time, edge.body_time);
  EXPECT_EQ(read.edge.write_stall, edge.write_stall);
  EXPECT_EQ(read.edge.keep_alive, edge.keep_alive);
  EXPECT_EQ(read.edge.stop_time, edge.stop_time);
  EXPECT_EQ(read.front.failures_a_minute, http::FrontOptions().failures_a_minute);
  EXPECT_EQ(read.front.gzip_level, http::FrontOptions().gzip_level);
}

TEST_F(SettingsFile, WithClientsIsForItsOwnerAlone) {
  const std::string text = "# two lines\nclient.practice-a.secret-sha256 = " + std::string(64, 'a') + "\n";
  for (const mode_t mode : {0640U, 0604U, 0660U, 0601U}) {
    const std::string said = Refused(Write(text, mode));
    EXPECT_NE(said.find("careloom.conf:2:1: the file"), std::string::npos) << said;
    EXPECT_NE(said.find("chmod 600"), std::string::npos) << said;
  }
  EXPECT_EQ(Refused(Write(text, 0600)), "");
  EXPECT_EQ(Refused(Write(text, 0400)), "");
}

TEST_F(SettingsFile, ADigestIsNeverShown) {
  const std::string half = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(Refused(Write("client.a.secret-sha256 = " + half + "\n", 0600)).find(half), std::string::npos);
  fhir::IssueSink findings;
  const std::string printed = Print(Load(Write("client.a.secret-sha256 = " + half + half + "\n", 0600), {}, findings));
  EXPECT_EQ(Said(findings), "");
  EXPECT_EQ(printed.find(half), std::string::npos);
  EXPECT_NE(printed.find("# client.a.secret-sha256 is set and not shown\n"), std::string::npos) << printed;
}

TEST_F(SettingsFile, WhatIsPrintedIsASettingsFileThatSaysTheSame) {
  fhir::IssueSink findings;
  const std::string printed = Print(Load(Write("limits.body = 3 MiB\n"), {}, findings));
  EXPECT_NE(printed.find("\nlimits.body = 3 MiB\n"), std::string::npos) << printed;
  EXPECT_EQ(Print(Load(Write(printed), {}, findings)), printed);
  EXPECT_EQ(Said(findings), "");
  for (const Setting& setting : Table()) EXPECT_NE(printed.find("\n" + std::string(setting.fallback.empty() ? "# " : "") + std::string(setting.name) + " ="), std::string::npos) << setting.name;
}

// A number and its unit are read as they are written.
TEST(SettingValue, NumbersGoThereAndBack) {
  const Range all{0, std::int64_t{1} << 62};
  for (const Kind kind : {Kind::kCount, Kind::kBytes, Kind::kDuration}) {
    for (const std::int64_t number : {0, 1, 999, 1000, 1024, 60'000, 1 << 20, 3'600'000, 1 << 30, (1 << 30) + 1}) {
      const auto read = ReadValue(kind, all, WriteNumber(kind, number));
      ASSERT_TRUE(read) << WriteNumber(kind, number);
      EXPECT_EQ(read->number, number);
    }
  }
  EXPECT_EQ(WriteNumber(Kind::kBytes, 16 << 20), "16 MiB");
  EXPECT_EQ(WriteNumber(Kind::kDuration, 90'000), "90 s");
}

}  // namespace
}  // namespace server::settings
