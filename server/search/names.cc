// Names that are known.
#include "server/search/names.h"

#include <algorithm>
#include <array>
#include <vector>

#include "server/search/url.h"

namespace server::search {
namespace {

using fhir::schema::SearchParameter;

constexpr std::size_t kMostNames = 12;
constexpr std::array<std::string_view, 20> kCommon = {"_id",      "_lastUpdated", "_count",   "_cursor",   "_sort",  "_include", "_revinclude",  "_summary", "_elements", "_total",
                                                      "_format",  "_pretty",      "_tag",     "_profile",  "_has",   "_text",    "_content",     "_list",    "_security", "_contained"};
constexpr std::array<std::string_view, 12> kModifiers = {"exact", "contains", "missing", "not", "identifier", "text", "above", "below", "in", "not-in", "of-type", "iterate"};

bool Has(const auto& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

// "subject:Patient.birthdate" through the types that each piece may lead to.
class Names {
 public:
  Names(const fhir::schema::Registry& registry, const fhir::search::Extractor& extractor) : registry_(registry), extractor_(extractor) {}

  std::string Of(std::string_view type, std::string_view written) const {
    std::string out;
    std::vector<std::string_view> types = {type};
    for (std::size_t at = 0; at <= written.size();) {
      const std::size_t end = std::min(written.find('.', at), written.size());
      const std::string_view piece = written.substr(at, end - at);
      const std::size_t colon = std::min(piece.find(':'), piece.size());
      const std::string_view modifier = piece.substr(std::min(colon + 1, piece.size()));
      if (at > 0) out += '.';
      if (!AddCode(piece.substr(0, colon), types, out)) return out + '?';
      if (colon < piece.size()) {
        out += ':';
        const bool is_type = registry_.IsResourceType(modifier);
        if (!is_type && !Has(kModifiers, modifier)) return out + '?';
        out += modifier;
        if (is_type) types = {modifier};
      }
      at = end + 1;
    }
    return out;
  }

 private:
  // The code when one of the types has it; `types` become what it refers to.
  bool AddCode(std::string_view code, std::vector<std::string_view>& types, std::string& out) const {
    std::vector<std::string_view> targets;
    bool is_known = Has(kCommon, code);
    for (const std::string_view type : types) {
      const SearchParameter* parameter = extractor_.Find(type, code);
      if (!parameter) continue;
      is_known = true;
      targets.insert(targets.end(), parameter->targets.begin(), parameter->targets.end());
    }
    types = std::move(targets);
    if (is_known) out += code;
    return is_known;
  }

  const fhir::schema::Registry& registry_;
  const fhir::search::Extractor& extractor_;
};

}  // namespace

std::string ParameterNames(std::string_view type, std::string_view raw, const fhir::schema::Registry& registry, const fhir::search::Extractor& extractor) {
  const Names names(registry, extractor);
  std::string out;
  std::size_t count = 0;
  for (const RawPair& pair : SplitPairs(raw)) {
    if (count > 0) out += ',';
    if (count++ == kMostNames) return out + "…";
    const auto name = DecodePercent(pair.name, false);
    out += name ? names.Of(type, *name) : "?";
  }
  return out;
}

}  // namespace server::search
