// See parse.h.
#include "server/search/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "server/search/match.h"
#include "server/search/parse_value.h"
#include "server/search/url.h"

namespace server::search {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::schema::SearchParameter;

// R4's that are known and not done, so that their refusal says so.
constexpr std::array<std::string_view, 11> kNotDone = {"_has",    "_list", "_text",    "_content",  "_filter",       "_query",
                                                       "_type",   "_elements", "_contained", "_containedType", "_score"};
constexpr std::array<std::string_view, 6> kResultParameters = {"_count", "_include", "_revinclude", "_sort", "_summary", "_total"};

Error Invalid(std::string text) { return Error(ErrorKind::kInvalid, std::move(text)).WithIssueType("value"); }
Error Unsupported(std::string text) { return Error(ErrorKind::kUnsupported, std::move(text)); }
// What the caller sent, cut so that an error stays an error.
std::string Quote(std::string_view text) { return "\"" + std::string(text.substr(0, 100)) + "\""; }

bool IsSearchable(const SearchParameter& parameter) {
  return parameter.type != "composite" && parameter.type != "special" && !parameter.expression.empty();
}

class Parser {
 public:
  Parser(std::string_view type, const fhir::schema::Registry& registry, const fhir::search::Extractor& extractor, const ParseOptions& options)
      : registry_(registry), extractor_(extractor), options_(options) {
    query_.type = std::string(type);
    query_.count = options.default_count;
  }

  Result<Query> Parse(std::string_view raw) {
    if (!registry_.IsResourceType(query_.type)) return Invalid("There is no resource type " + Quote(query_.type) + " in FHIR R4.");
    const std::vector<RawPair> pairs = SplitPairs(raw);
    if (pairs.size() > options_.max_parameters) {
      return Error(ErrorKind::kTooLarge, "The search has " + std::to_string(pairs.size()) + " parameters; " + std::to_string(options_.max_parameters) + " are allowed.");
    }
    for (const RawPair& pair : pairs) {
      TRY_ASSIGN(const std::string name, DecodePercent(pair.name, true));
      TRY(ParsePair(name, pair.value));
    }
    if (query_.count == 0) query_.sum_up = SumUp::kCount;
    return std::move(query_);
  }

 private:
  Result<void> ParsePair(const std::string& name, std::string_view raw_value) {
    if (name == "_format" || name == "_pretty") return {};
    const std::string head = name.substr(0, name.find_first_of(":."));
    if (name == "_cursor") {
      TRY_ASSIGN(query_.cursor, DecodePercent(raw_value, false));
      return {};
    }
    TRY_ASSIGN(const std::string value, DecodePercent(raw_value, TypeOf(head) != "date"));
    if (std::find(kResultParameters.begin(), kResultParameters.end(), head) != kResultParameters.end()) {
      if (options_.criteria_only) return Invalid("The parameter " + Quote(name) + " has no meaning in a conditional interaction, which takes criteria only.");
      TRY(ParseResultParameter(name, head, value));
    } else {
      TRY_ASSIGN(Criterion criterion, ParseCriterion(query_.type, name, value, true));
      query_.criteria.push_back(std::move(criterion));
    }
    if (!query_.self.empty()) query_.self += '&';
    query_.self += EncodePercent(name) + "=" + EncodePercent(value);
    return {};
  }

  std::string_view TypeOf(const std::string& code) const {
    if (code == "_lastUpdated") return "date";
    const SearchParameter* parameter = extractor_.Find(query_.type, code);
    return parameter ? parameter->type : std::string_view();
  }

  Result<void> ParseResultParameter(const std::string& name, const std::string& head, const std::string& value) {
    if (head == "_count") return ParseCount(value);
    if (head == "_sort") return ParseSort(value);
    if (head == "_include" || head == "_revinclude") return ParseInclude(name, head, value);
    if (head == "_total") {
      if (value == "none") query_.total = Total::kNone;
      else if (value == "estimate") query_.total = Total::kEstimate;
      else if (value == "accurate") query_.total = Total::kAccurate;
      else return Invalid("_total is none, estimate or accurate, not " + Quote(value) + ".");
      return {};
    }
    if (value == "count") query_.sum_up = SumUp::kCount;
    else if (value == "true" || value == "text" || value == "data") return Unsupported("_summary=" + value + " is not supported; _summary=count and _summary=false are.");
    else if (value != "false") return Invalid("_summary is count or false, not " + Quote(value) + ".");
    return {};
  }

  Result<void> ParseCount(const std::string& value) {
    int count = 0;
    const auto read = std::from_chars(value.data(), value.data() + value.size(), count);
    const bool too_many = read.ec == std::errc::result_out_of_range;
    if ((read.ec != std::errc() && !too_many) || read.ptr != value.data() + value.size() || value.front() == '-') {
      return Invalid("_count is a whole number from 0 up, not " + Quote(value) + ".");
    }
    query_.count = too_many ? options_.max_count : std::min(count, options_.max_count);
    return {};
  }

  Result<void> ParseSort(const std::string& value) {
    for (std::string_view part : SplitUnescaped(value, ',')) {
      SortKey key;
      key.descending = part.starts_with('-');
      if (key.descending) part.remove_prefix(1);
      key.name = std::string(part);
      if (key.name != "_id" && key.name != "_lastUpdated") {
        TRY_ASSIGN(key.parameter, FindParameter(query_.type, key.name));
      }
      query_.sort.push_back(std::move(key));
    }
    if (query_.sort.size() > 8) return Error(ErrorKind::kTooLarge, "_sort takes at most 8 keys.");
    return {};
  }

  // [source]:[parameter](:[target]) or "*".
  Result<void> ParseInclude(const std::string& name, const std::string& head, const std::string& value) {
    if (name != head) return Unsupported(Quote(name) + " is not supported; " + head + " without a modifier is.");
    Include include;
    include.reverse = head == "_revinclude";
    const std::vector<std::string_view> parts = SplitUnescaped(value, ':');
    if (value == "*") {
      include.source_type = include.reverse ? "*" : query_.type;
      include.parameter = "*";
    } else if (parts.size() < 2 || parts.size() > 3) {
      return Invalid(head + " is Type:parameter or Type:parameter:Target, such as Observation:subject, not " + Quote(value) + ".");
    } else {
      include.source_type = std::string(parts[0]);
      include.parameter = std::string(parts[1]);
      if (parts.size() > 2) include.target_type = std::string(parts[2]);
      if (!registry_.IsResourceType(include.source_type)) return Invalid(head + " names no resource type: " + Quote(include.source_type) + ".");
      if (!include.target_type.empty() && !registry_.IsResourceType(include.target_type)) return Invalid(head + " names no resource type: " + Quote(include.target_type) + ".");
      if (include.parameter != "*") {
        TRY_ASSIGN(const SearchParameter* parameter, FindParameter(include.source_type, include.parameter));
        if (parameter->type != "reference") return Invalid(head + " needs a reference parameter; " + include.source_type + "." + include.parameter + " is a " + std::string(parameter->type) + ".");
      }
    }
    query_.includes.push_back(std::move(include));
    if (query_.includes.size() > options_.max_includes) return Error(ErrorKind::kTooLarge, "At most " + std::to_string(options_.max_includes) + " _include and _revinclude are allowed.");
    return {};
  }

  // The parameter, or an error that lists the known ones.
  Result<const SearchParameter*> FindParameter(std::string_view type, const std::string& code) const {
    const SearchParameter* parameter = extractor_.Find(type, code);
    if (parameter && IsSearchable(*parameter)) return parameter;
    if (parameter && parameter->type == "composite") return Unsupported("The search parameter " + Quote(code) + " is a composite one, which is not supported.");
    if (parameter || std::find(kNotDone.begin(), kNotDone.end(), code) != kNotDone.end()) return Unsupported("The search parameter " + Quote(code) + " is not supported.");
    std::string known = "_id, _lastUpdated";
    for (const SearchParameter* other : extractor_.ParametersOf(type)) {
      if (IsSearchable(*other)) known += ", " + std::string(other->code);
    }
    return Error(ErrorKind::kInvalid, "There is no search parameter " + Quote(code) + " for " + std::string(type) + ". Known are: " + known + ".").WithIssueType("not-supported");
  }

  // name[:modifier][.rest] of the given type.
  Result<Criterion> ParseCriterion(std::string_view type, const std::string& written, const std::string& value, bool may_chain) {
    const std::size_t dot = written.find('.');
    const std::string head = written.substr(0, dot);
    const std::size_t colon = head.find(':');
    Criterion criterion;
    criterion.name = head.substr(0, colon);
    const std::string modifier = colon == std::string::npos ? std::string() : head.substr(colon + 1);
    if (criterion.name != "_id" && criterion.name != "_lastUpdated") {
      TRY_ASSIGN(criterion.parameter, FindParameter(type, criterion.name));
    }
    if (dot != std::string::npos) {
      TRY(ParseChain(criterion, modifier, written.substr(dot + 1), value, may_chain));
    } else {
      TRY(ParseValues(criterion, modifier, value));
    }
    return criterion;
  }

  Result<void> ParseChain(Criterion& criterion, const std::string& type, const std::string& rest, const std::string& value, bool may_chain) {
    if (!may_chain) return Unsupported("A chain over more than one reference is not supported: " + Quote(criterion.name + "." + rest) + ".");
    if (!criterion.parameter || criterion.parameter->type != "reference") return Invalid("Only a reference parameter can be chained; " + Quote(criterion.name) + " is none.");
    std::vector<std::string_view> targets;
    if (!type.empty()) {
      if (!registry_.IsResourceType(type)) return Invalid("The chain names no resource type: " + Quote(type) + ".");
      targets.push_back(type);
    } else {
      targets = criterion.parameter->targets.empty() ? registry_.ResourceTypes() : criterion.parameter->targets;
    }
    const std::string code = rest.substr(0, rest.find_first_of(":."));
    for (const std::string_view target : targets) {
      const bool knows = code == "_id" || code == "_lastUpdated" || extractor_.Find(target, code);
      if (!knows && targets.size() > 1) continue;
      TRY_ASSIGN(Criterion inner, ParseCriterion(target, rest, value, false));
      criterion.chains.push_back({std::string(target), std::make_shared<const Criterion>(std::move(inner))});
    }
    if (criterion.chains.empty()) return Invalid("None of the types that " + Quote(criterion.name) + " refers to has a search parameter " + Quote(code) + ".");
    return {};
  }

  Result<void> ParseValues(Criterion& criterion, const std::string& modifier, const std::string& value) {
    const std::string_view type = criterion.parameter ? criterion.parameter->type : criterion.name == "_lastUpdated" ? "date" : "token";
    const bool is_type = type == "reference" && registry_.IsResourceType(modifier);
    if (!is_type) {
      TRY(CheckModifier(criterion, type, modifier));
      criterion.modifier = modifier;
    }
    const std::vector<std::string_view> parts = SplitUnescaped(value, ',');
    if (parts.size() > options_.max_values) {
      return Error(ErrorKind::kTooLarge, Quote(criterion.name) + " has " + std::to_string(parts.size()) + " alternatives; " + std::to_string(options_.max_values) + " are allowed.");
    }
    for (const std::string_view part : parts) {
      if (part.empty()) return Invalid("The search parameter " + Quote(criterion.name) + " has an empty value.");
      criterion.values.push_back(ParseValue(part, modifier == "missing" ? "uri" : type, is_type ? std::string_view(modifier) : std::string_view(), modifier == "identifier"));
    }
    TRY(Matcher::Create(criterion));
    return {};
  }

  static Result<void> CheckModifier(const Criterion& criterion, std::string_view type, const std::string& modifier) {
    const bool is_own = modifier == "missing" ? criterion.parameter != nullptr
                        : modifier == "exact" || modifier == "contains" ? type == "string"
                        : modifier == "not" ? type == "token" && criterion.parameter != nullptr
                        : modifier == "identifier" ? type == "reference"
                                                   : modifier.empty();
    if (is_own) return {};
    static constexpr std::array<std::string_view, 12> kKnown = {"missing", "exact", "contains", "not", "identifier", "text", "in", "not-in", "below", "above", "of-type", "type"};
    const std::string text = "The modifier " + Quote(":" + modifier) + " of the search parameter " + Quote(criterion.name) + ", a " + std::string(type) + ", is not ";
    if (std::find(kKnown.begin(), kKnown.end(), modifier) != kKnown.end()) return Unsupported(text + "supported.");
    return Invalid(text + "known. Known are :missing; :exact and :contains for strings; :not for tokens; :identifier and a resource type for references.");
  }

  const fhir::schema::Registry& registry_;
  const fhir::search::Extractor& extractor_;
  const ParseOptions& options_;
  Query query_;
};

}  // namespace

Result<Query> ParseQuery(std::string_view type, std::string_view raw, const fhir::schema::Registry& registry,
                         const fhir::search::Extractor& extractor, const ParseOptions& options) {
  return Parser(type, registry, extractor, options).Parse(raw);
}

}  // namespace server::search
