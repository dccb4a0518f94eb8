// The code lists of the specification (mappings/council/lists) and how Release 1 worded them
// (mappings/council/release_1). A code is the Release 2 wording. Case counts.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/council/cld/columns.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters::council::cld {

enum class Release : std::uint8_t { kNeither, kOne, kTwo };

// What a wording means.
struct ListValue {
  std::string_view code;                  // empty: it has no Release 2 code. A view into the lists
  Release release = Release::kNeither;    // whose wording it is; kNeither: nobody's that is known
  bool known() const { return release != Release::kNeither; }
};

class Lists {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid naming file and value for what is wrong in one.
  static fhir::Result<std::shared_ptr<const Lists>> Load(const AdapterContext& context);

  // `column` holds a list in all that follows; other columns have no values.
  ListValue Find(Column column, std::string_view given) const;
  // Another value than the known ones is a bad row.
  bool IsClosed(Column column) const { return Of(column).closed; }
  // The codes, in the specification's order.
  const std::vector<std::string>& CodesOf(Column column) const { return Of(column).codes; }
  // What Release 1 called the code, the first the one to write; empty when its wording is the same or not known.
  std::vector<std::string_view> ReleaseOneOf(Column column, std::string_view code) const;
  // How Release 2 words what is given: the code where it has one, otherwise what is given.
  std::string_view ReleaseTwoOf(Column column, std::string_view given) const;
  // The code's system.
  std::string SystemOf(Column column) const;
  // Of rows that say the same event differently the lowest rank is kept; of an outcome that is none: after all others.
  int RankOfOutcome(std::string_view given) const;

 private:
  struct Word {
    std::uint32_t code = 0;               // index into codes; kNoCode: none
    Release release = Release::kTwo;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct List {
    bool closed = false;
    std::vector<std::string> codes;
    std::vector<int> ranks;               // by code; 0: none
    std::unordered_map<std::string, Word, Hash, std::equal_to<>> words;
    std::vector<std::vector<std::string>> release_1;   // by code
  };
  const List& Of(Column column) const { return lists_[static_cast<std::size_t>(column)]; }
  fhir::Result<void> ReadList(const std::string& file, const fhir::Element& code_system, List& list) const;
  fhir::Result<void> ReadReleaseOne(const std::string& file, const fhir::Element& concept_map, List& list) const;

  std::array<List, kColumnCount> lists_;
};

}  // namespace adapters::council::cld
