// htmlChecks(): a narrative holds the elements and attributes of basic formatting and nothing that acts
// (https://hl7.org/fhir/R4/narrative.html#rules). A scanner of tags, not a parser of XML.
#include <algorithm>
#include <array>

#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

constexpr std::array<std::string_view, 52> kElements = {
    "a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code", "col", "colgroup", "dd", "dfn", "div", "dl", "dt", "em",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "q", "samp", "small", "span", "strong", "sub", "sup",
    "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "ul", "var", "kbd", "del", "ins", "u"};

constexpr std::array<std::string_view, 44> kAttributes = {
    "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing", "cellvalign", "char", "charoff",
    "charset", "cite", "class", "colspan", "compact", "coords", "dir", "frame", "headers", "height", "href", "hreflang", "hspace", "id", "lang",
    "longdesc", "name", "nowrap", "rel", "rev", "rowspan", "rules", "scope", "shape", "span", "src", "start", "style", "summary", "tabindex", "title"};

constexpr std::array<std::string_view, 7> kMoreAttributes = {"type", "valign", "value", "vspace", "width", "xmlns", "xml:lang"};

template <std::size_t N>
bool IsIn(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::string_view kSpace = " \t\r\n";

void SkipSpace(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of(kSpace), text.size())); }

// One attribute off the front of a tag's inside.
bool TakeAttribute(std::string_view& tag) {
  const std::size_t equals = tag.find('=');
  if (equals == std::string_view::npos) return false;
  std::string_view name = tag.substr(0, equals);
  if (const std::size_t end = name.find_last_not_of(kSpace); end != std::string_view::npos) name = name.substr(0, end + 1);
  tag.remove_prefix(equals + 1);
  SkipSpace(tag);
  if (tag.empty() || (tag[0] != '"' && tag[0] != '\'')) return false;
  const std::size_t close = tag.find(tag[0], 1);
  if (close == std::string_view::npos) return false;
  const std::string_view value = tag.substr(1, close - 1);
  tag.remove_prefix(close + 1);
  if ((name == "href" || name == "src") && value.starts_with("javascript:")) return false;
  return IsIn(kAttributes, name) || IsIn(kMoreAttributes, name);
}

bool IsAllowedTag(std::string_view tag) {
  if (!tag.empty() && tag[0] == '/') return IsIn(kElements, tag.substr(1, tag.find_first_of(kSpace) - 1));
  if (!tag.empty() && tag.back() == '/') tag.remove_suffix(1);
  const std::size_t end = std::min(tag.find_first_of(kSpace), tag.size());
  if (!IsIn(kElements, tag.substr(0, end))) return false;
  tag.remove_prefix(end);
  for (SkipSpace(tag); !tag.empty(); SkipSpace(tag)) {
    if (!TakeAttribute(tag)) return false;
  }
  return true;
}

// End of the tag that starts at `at`, past quoted attribute values.
std::size_t TagEnd(std::string_view text, std::size_t at) {
  char quote = '\0';
  for (; at < text.size(); ++at) {
    if (quote != '\0') {
      if (text[at] == quote) quote = '\0';
    } else if (text[at] == '"' || text[at] == '\'') {
      quote = text[at];
    } else if (text[at] == '>') {
      return at;
    }
  }
  return std::string_view::npos;
}

bool IsNarrative(std::string_view text) {
  SkipSpace(text);
  if (!text.starts_with("<div")) return false;
  bool has_content = false;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '<') {
      has_content = has_content || kSpace.find(text[at]) == std::string_view::npos;
      ++at;
      continue;
    }
    if (text.substr(at, 4) == "<!--") {
      const std::size_t end = text.find("-->", at);
      if (end == std::string_view::npos) return false;
      at = end + 3;
      continue;
    }
    const std::size_t end = TagEnd(text, at);
    if (end == std::string_view::npos) return false;
    const std::string_view tag = text.substr(at + 1, end - at - 1);
    if (!IsAllowedTag(tag)) return false;
    has_content = has_content || tag.starts_with("img");
    at = end + 1;
  }
  return has_content;
}

}  // namespace

Result<Values> HtmlChecks(Evaluator& evaluator, const Call& call) {
  if (call.input.empty()) return Values();
  for (const Value& value : call.input) {
    const std::optional<Scalar> scalar = ToScalar(value);
    if (!scalar) return One(Boolean(false));
    TRY(evaluator.Spend(scalar->text.size() / 16, call.node));
    if (!IsNarrative(scalar->text)) return One(Boolean(false));
  }
  return One(Boolean(true));
}

}  // namespace fhir::path::functions
