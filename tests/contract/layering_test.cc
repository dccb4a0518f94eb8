// The shape of the source tree, read from the files themselves: which folder may include what, how long a
// file may be, that each file says what it is about and is built. The tables are the documentation.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/shared_data.h"

namespace {

namespace fs = std::filesystem;

// A folder, the project's folders or headers it may include (itself always), and the third-party ones.
// The longest matching folder counts.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> project;
  std::vector<std::string_view> third_party;
};

const std::vector<Layer>& Layers() {
  static const std::vector<Layer> layers = {
      {"fhir/base", {}, {"re2/"}},
      {"fhir/model", {"fhir/base"}, {}},
      {"fhir/json", {"fhir/base", "fhir/model"}, {"rapidjson/"}},
      {"fhir/schema", {"fhir/base", "fhir/model", "fhir/json"}, {"re2/"}},
      {"fhir/path", {"fhir/base", "fhir/model", "fhir/schema"}, {"re2/"}},
      {"fhir/validate", {"fhir/base", "fhir/model", "fhir/schema", "fhir/path"}, {"re2/"}},
      {"fhir/search", {"fhir/base", "fhir/model", "fhir/schema", "fhir/path"}, {"re2/"}},
      {"fhir/money", {"fhir/base", "fhir/model"}, {}},
      {"fhir/pathway", {"fhir/base", "fhir/model"}, {}},
      {"fhir/mapping", {"fhir/base", "fhir/model", "fhir/json", "fhir/schema", "fhir/path"}, {"re2/"}},
      {"adapters", {"fhir", "adapters"}, {}},
      {"adapters", {"fhir"}, {}},
      {"adapters/base", {"fhir"}, {}},
      {"adapters/council/cld", {"fhir", "adapters/base"}, {}},
      {"adapters/council/ledger", {"fhir", "adapters/base"}, {}},
      {"adapters/gp/connect", {"fhir", "adapters/base"}, {}},
      {"adapters/gp/tpp", {"fhir", "adapters/base"}, {}},
      {"server/http", {"fhir", "server/app.h", "server/log", "server/metrics", "server/private_file.h", "server/interactions", "server/operations", "server/storage/store.h"}, {"Poco/", "openssl/", "zlib.h"}},
      {"server/interactions", {"fhir", "adapters/base/nhs_number.h", "adapters/base/sha256.h", "server/app.h", "server/http", "server/log/log.h", "server/search", "server/operations", "server/rules", "server/storage/store.h"}, {}},
      {"server/rules", {"fhir", "server/app.h", "server/search", "server/storage/store.h"}, {}},
      {"server/care", {"fhir", "server/app.h", "server/interactions", "server/search", "server/storage/store.h", "server/http/versions.h"}, {}},
      {"server/care/plan", {"fhir", "adapters/base", "server/app.h", "server/care/parts.h", "server/interactions", "server/search", "server/storage/store.h", "server/http/versions.h", "server/http/target.h"}, {}},
      {"server/operations", {"fhir", "adapters/base", "adapters/catalogue.h", "server/app.h", "server/http", "server/log/log.h", "server/metrics", "server/search", "server/interactions", "server/care", "server/inbox", "server/storage/store.h"}, {}},
      {"server/inbox", {"fhir", "adapters", "server/app.h", "server/log/log.h", "server/interactions", "server/search", "server/http/versions.h", "server/storage/store.h",
                        "server/storage/staging.h", "server/storage/sha256.h"}, {}},
      {"server/settings", {"fhir/base", "server/app.h", "server/private_file.h", "server/http"}, {}},
      {"server/log", {"fhir/base"}, {}},
      {"server/metrics", {}, {"prometheus/"}},
      {"server/search", {"fhir"}, {"utf8proc.h"}},
      {"server/storage", {"fhir", "server/metrics/tally.h", "server/search"}, {"sqlite3.h", "openssl/", "utf8proc.h"}},
      {"server/storage/sql", {"fhir", "server/search", "server/storage/bytes.h", "server/storage/canonical.h", "server/storage/cursor.h", "server/storage/facts.h",
                              "server/storage/inbox.h", "server/storage/index_rows.h", "server/storage/placement.h", "server/storage/sha256.h", "server/storage/slots.h",
                              "server/storage/store.h", "server/storage/verify.h"}, {}},
      {"server/storage/postgres", {"fhir", "server/search", "server/storage"}, {"libpq-fe.h"}},
      {"server/command", {"fhir", "adapters", "server"}, {"archive"}},
      {"server", {"fhir", "adapters", "server"}, {"CLI/"}},
      {"tests", {"fhir", "adapters", "server", "tests"}, {"gtest/", "gmock/", "Poco/", "openssl/", "zlib.h", "sqlite3.h", "rapidjson/"}},
  };
  return layers;
}

// Standard headers that the pure folders must not need: no clock, no randomness, no threads, no files.
const std::vector<std::string_view> kImpure = {"thread", "filesystem", "fstream", "chrono", "random", "ctime", "iostream"};
// Parts of the C library that only the process and its tests may use.
const std::vector<std::string_view> kSystem = {"unistd.h", "fcntl.h", "poll.h", "semaphore.h", "signal.h", "sys/", "arpa/", "netinet/", "netdb.h", "time.h", "malloc.h"};

struct Source {
  std::string path;                  // from the root, with '/'
  std::vector<std::string> lines;
  bool generated = false;            // its first lines say so
};

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

const std::vector<Source>& Sources() {
  static const std::vector<Source> sources = [] {
    std::vector<Source> found;
    for (const char* top : {"fhir", "adapters", "server", "tests", "conformance", "mappings"}) {
      const fs::path folder = fs::path(CARELOOM_SOURCE_DIR) / top;
      if (!fs::exists(folder)) continue;
      for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cc") continue;
        Source source{fs::relative(entry.path(), CARELOOM_SOURCE_DIR).generic_string(), Lines(careloom_test::ReadFile(entry.path()))};
        source.generated = !source.lines.empty() && source.lines[0].starts_with("// Generated");
        found.push_back(std::move(source));
      }
    }
    std::ranges::sort(found, {}, &Source::path);
    return found;
  }();
  return sources;
}

bool IsIn(std::string_view path, std::string_view folder) {
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

const Layer* LayerOf(std::string_view path) {
  const Layer* best = nullptr;
  for (const Layer& layer : Layers()) {
    if (IsIn(path, layer.folder) && (!best || layer.folder.size() > best->folder.size())) best = &layer;
  }
  return best;
}

template <typename List>
bool AnyStartsWith(const List& prefixes, std::string_view text) {
  return std::ranges::any_of(prefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
}

// Why the folder may not include this; empty when it may.
std::string Objection(std::string_view path, std::string_view header, bool quoted) {
  const Layer* layer = LayerOf(path);
  if (!layer) return "stands in a folder that the table of layers does not name";
  if (quoted) {
    if (IsIn(header, layer->folder)) return {};
    if (std::ranges::any_of(layer->project, [&](std::string_view allowed) { return IsIn(header, allowed); })) return {};
    return "the layer does not allow that folder";
  }
  const bool pure = path.starts_with("fhir/") || path.starts_with("adapters/");
  if (header == "regex") return "std::regex overflows the stack on hostile input: use RE2";
  if (AnyStartsWith(kSystem, header)) return pure ? "a system header in a pure folder" : "";
  if (header.find_first_of("./") != std::string_view::npos) {
    return AnyStartsWith(layer->third_party, header) ? "" : "the layer does not allow that library";
  }
  if (pure && std::ranges::find(kImpure, header) != kImpure.end()) return "needs a clock, randomness, threads or files";
  return {};
}

TEST(Layering, EveryIncludeIsOneThatItsFolderMayHave) {
  ASSERT_GT(Sources().size(), 20u);
  for (const Source& source : Sources()) {
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      std::string_view line = source.lines[i];
      if (!line.starts_with("#include ") || line.size() < 12) continue;
      const bool quoted = line[9] == '"';
      const std::size_t end = line.find(quoted ? '"' : '>', 10);
      const std::string_view header = line.substr(10, end - 10);
      const std::string why = Objection(source.path, header, quoted);
      EXPECT_TRUE(why.empty()) << source.path << ":" << i + 1 << " includes " << header << ": " << why;
    }
  }
}

TEST(Layering, TheTableSaysNoToWhatItShould) {
  EXPECT_NE(Objection("fhir/json/reader.cc", "server/http/message.h", true), "");
  EXPECT_NE(Objection("fhir/model/element.cc", "rapidjson/reader.h", false), "");
  EXPECT_NE(Objection("server/interactions/read.cc", "Poco/Net/HTTPServer.h", false), "");
  EXPECT_NE(Objection("server/interactions/read.cc", "server/storage/sqlite/database.h", true), "");
  EXPECT_NE(Objection("server/storage/sql/plan.cc", "server/storage/sqlite/database.h", true), "");
  EXPECT_NE(Objection("fhir/path/dates.cc", "chrono", false), "");
  EXPECT_NE(Objection("server/http/target.cc", "regex", false), "");
  EXPECT_NE(Objection("elsewhere/file.cc", "string", false), "");
  EXPECT_EQ(Objection("fhir/json/reader.cc", "rapidjson/reader.h", false), "");
  EXPECT_EQ(Objection("adapters/gp/connect/record.cc", "fhir/model/element.h", true), "");
}

TEST(Layering, AFileIsAboutOneThingSaysSoAndIsNotTooLong) {
  for (const Source& source : Sources()) {
    ASSERT_FALSE(source.lines.empty()) << source.path;
    EXPECT_TRUE(source.lines[0].starts_with("// ")) << source.path << " does not begin by saying what it is about";
    if (!source.generated) { EXPECT_LE(source.lines.size(), 600u) << source.path << " is too long: cut it by what it is about"; }
  }
}

TEST(Layering, NothingUsesStdRegex) {
  const std::string needle = std::string("std::") + "regex";
  for (const Source& source : Sources()) {
    if (source.path == "tests/contract/layering_test.cc") continue;
    for (std::size_t i = 0; i < source.lines.size(); ++i) {
      const std::string_view code = std::string_view(source.lines[i]).substr(0, source.lines[i].find("//"));
      EXPECT_EQ(code.find(needle), std::string_view::npos) << source.path << ":" << i + 1;
    }
  }
}

// A source that no list names is never compiled, and nothing else would say so.
TEST(Layering, EverySourceStandsInAListOfItsFolderOrOneAbove) {
  for (const Source& source : Sources()) {
    if (!source.path.ends_with(".cc")) continue;
    const fs::path path = source.path;
    bool listed = false;
    for (fs::path folder = path.parent_path(); !folder.empty() && !listed; folder = folder.parent_path()) {
      const fs::path list = fs::path(CARELOOM_SOURCE_DIR) / folder / "CMakeLists.txt";
      listed = fs::exists(list) && careloom_test::ReadFile(list).find(path.lexically_relative(folder).generic_string()) != std::string::npos;
    }
    EXPECT_TRUE(listed) << source.path << " is in no CMakeLists.txt";
  }
}

}  // namespace
