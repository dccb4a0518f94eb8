// Reading mappings/council/lists and release_1: one file for each column that holds a list, named by its code.
#include "adapters/council/cld/lists.h"

#include <algorithm>
#include <charconv>

#include "adapters/base/embedded.h"
#include "adapters/base/mapping_files.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::uint32_t kNoCode = 0xFFFFFFFF;
constexpr int kLastRank = 1'000;
constexpr std::string_view kSystem = "https://careloom.example/fhir/CodeSystem/cld-";

std::string FileName(std::string_view folder, std::string_view code) {
  std::string name = "council/" + std::string(folder) + "/" + std::string(code) + ".json";
  std::ranges::replace(name, '-', '_');
  return name;
}

int RankIn(const Element& code) {
  int rank = 0;
  for (const Element& property : fhir::Repeats(code, "property")) {
    if (property.ValueOf("code") != "rank") continue;
    const std::string_view text = property.ValueOf("valueInteger");
    std::from_chars(text.data(), text.data() + text.size(), rank);
  }
  return rank;
}

}  // namespace

Result<std::shared_ptr<const Lists>> Lists::Load(const AdapterContext& context) {
  const std::vector<MappingFile> files = MappingsOf(context, "council/");
  auto lists = std::make_shared<Lists>();
  for (const ColumnFacts& column : Columns()) {
    if (column.holds != Holds::kList) continue;
    List& list = lists->lists_[static_cast<std::size_t>(column.column)];
    const std::string name = FileName("lists", column.code);
    TRY(DemandMapping(files, name));
    TRY_ASSIGN(const fhir::Document codes, ReadMapping(*FindMapping(files, name)));
    TRY(lists->ReadList(name, *codes.root, list));
    const std::string old_name = FileName("release_1", column.code);
    if (const MappingFile* file = FindMapping(files, old_name)) {
      TRY_ASSIGN(const fhir::Document old, ReadMapping(*file));
      TRY(lists->ReadReleaseOne(old_name, *old.root, list));
    }
  }
  return std::shared_ptr<const Lists>(std::move(lists));
}

Result<void> Lists::ReadList(const std::string& file, const Element& code_system, List& list) const {
  if (code_system.resource_type() != "CodeSystem") return Error(ErrorKind::kInvalid, file + " is not a CodeSystem.");
  const std::string_view content = code_system.ValueOf("content");
  if (content != "complete" && content != "fragment") {
    return Error(ErrorKind::kInvalid, file + ": content is '" + std::string(content) + "'; it must be complete (no other value may stand in the column) " +
                                          "or fragment (others are kept as given).");
  }
  list.closed = content == "complete";
  for (const Element& row : fhir::Repeats(code_system, "concept")) {
    const std::string code(row.ValueOf("code"));
    if (code.empty() || !list.words.try_emplace(code, Word{static_cast<std::uint32_t>(list.codes.size()), Release::kTwo}).second) {
      return Error(ErrorKind::kInvalid, file + ": the code '" + code + "' is empty or stands there twice.");
    }
    list.codes.push_back(code);
    list.ranks.push_back(RankIn(row));
  }
  list.release_1.resize(list.codes.size());
  return {};
}

Result<void> Lists::ReadReleaseOne(const std::string& file, const Element& concept_map, List& list) const {
  if (concept_map.resource_type() != "ConceptMap") return Error(ErrorKind::kInvalid, file + " is not a ConceptMap.");
  for (const Element& group : fhir::Repeats(concept_map, "group")) {
    for (const Element& row : fhir::Repeats(group, "element")) {
      const std::string given(row.ValueOf("code"));
      const Element* target = row.Find("target");
      const std::string_view code = target ? target->ValueOf("code") : std::string_view();
      Word word{kNoCode, Release::kOne};
      if (!code.empty()) {
        const auto at = std::ranges::find(list.codes, code);
        if (at == list.codes.end()) {
          return Error(ErrorKind::kInvalid, file + ": '" + given + "' becomes '" + std::string(code) + "', which is not in the list of that column.");
        }
        word.code = static_cast<std::uint32_t>(at - list.codes.begin());
        list.release_1[word.code].push_back(given);
      }
      if (given.empty() || !list.words.try_emplace(given, word).second) {
        return Error(ErrorKind::kInvalid, file + ": the value '" + given + "' is empty, stands there twice or is a code of Release 2.");
      }
    }
  }
  return {};
}

ListValue Lists::Find(Column column, std::string_view given) const {
  const List& list = Of(column);
  const auto at = list.words.find(given);
  if (at == list.words.end()) return {};
  const std::string_view code = at->second.code == kNoCode ? std::string_view() : std::string_view(list.codes[at->second.code]);
  return {code, at->second.release};
}

std::vector<std::string_view> Lists::ReleaseOneOf(Column column, std::string_view code) const {
  const List& list = Of(column);
  const auto at = list.words.find(code);
  if (at == list.words.end() || at->second.code == kNoCode) return {};
  const std::vector<std::string>& words = list.release_1[at->second.code];
  return {words.begin(), words.end()};
}

std::string_view Lists::ReleaseTwoOf(Column column, std::string_view given) const {
  const ListValue value = Find(column, given);
  return value.code.empty() ? given : value.code;
}

std::string Lists::SystemOf(Column column) const { return std::string(kSystem) + std::string(FactsOf(column).code); }

int Lists::RankOfOutcome(std::string_view given) const {
  const List& list = Of(Column::kEventOutcome);
  const auto at = list.words.find(given);
  if (at == list.words.end() || at->second.code == kNoCode) return kLastRank;
  const int rank = list.ranks[at->second.code];
  return rank > 0 ? rank : kLastRank;
}

}  // namespace adapters::council::cld
