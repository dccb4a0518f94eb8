// Rule: a narrative is one XHTML div whose tags match, with content (txt-2), of basic formatting only: no
// active content, forms or frames (txt-1; https://hl7.org/fhir/R4/narrative.html#rules).
#include <algorithm>
#include <string_view>
#include <vector>

#include "fhir/validate/rules.h"

namespace fhir::validate {
namespace {

constexpr std::string_view kElements[] = {
    "a",  "abbr", "acronym", "b",  "big", "blockquote", "br",   "caption", "cite", "code", "col",   "colgroup", "dd",    "del", "dfn",   "div",   "dl",
    "dt", "em",   "h1",      "h2", "h3",  "h4",         "h5",   "h6",      "hr",   "i",    "img",   "ins",      "kbd",   "li",  "ol",    "p",     "pre",
    "q",  "samp", "small",   "span", "strike", "strong", "sub", "sup",     "table", "tbody", "td",  "tfoot",    "th",    "thead", "tr",  "tt",    "u", "ul", "var"};
constexpr std::size_t kDeepest = 256;

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool IsNameChar(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_' || c == '.'; }

// Reads markup from the front; a complaint, once there is one, stays.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  std::string_view Check() {
    SkipSpace();
    if (!rest_.starts_with("<div") || rest_.size() < 5 || IsNameChar(rest_[4])) return "it must start with <div";
    do {
      if (!Step()) return complaint_;
    } while (!open_.empty());
    SkipSpace();
    if (!rest_.empty()) return "nothing may follow the closing </div>";
    return has_content_ ? std::string_view() : "it has no content (txt-2)";
  }

 private:
  bool Fail(std::string_view why) {
    complaint_ = why;
    return false;
  }
  void SkipSpace() {
    while (!rest_.empty() && IsSpace(rest_[0])) rest_.remove_prefix(1);
  }
  std::string_view Name() {
    std::size_t size = 0;
    while (size < rest_.size() && IsNameChar(rest_[size])) ++size;
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }
  bool SkipPast(std::string_view end) {
    const std::size_t at = rest_.find(end);
    if (at == std::string_view::npos) return Fail("a comment is not closed");
    rest_.remove_prefix(at + end.size());
    return true;
  }

  // One run of text, comment or tag.
  bool Step() {
    const std::size_t tag = rest_.find('<');
    if (tag == std::string_view::npos) return Fail("a tag is not closed");
    has_content_ = has_content_ || !std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(tag), IsSpace);
    rest_.remove_prefix(tag);
    if (rest_.starts_with("<!--")) return SkipPast("-->");
    if (rest_.starts_with("<!") || rest_.starts_with("<?")) return Fail("declarations and processing instructions are not allowed");
    rest_.remove_prefix(1);
    if (rest_.starts_with('/')) {
      rest_.remove_prefix(1);
      return Closing();
    }
    return Opening();
  }

  bool Closing() {
    const std::string_view name = Name();
    SkipSpace();
    if (!rest_.starts_with('>')) return Fail("a closing tag is not closed by >");
    rest_.remove_prefix(1);
    if (open_.empty() || open_.back() != name) return Fail("the tags do not match");
    open_.pop_back();
    return true;
  }

  bool Opening() {
    const std::string_view name = Name();
    if (name.empty()) return Fail("a tag has no name; write &lt; for <");
    if (std::find(std::begin(kElements), std::end(kElements), name) == std::end(kElements)) {
      return Fail("only basic formatting elements are allowed, no active content, forms or frames (txt-1)");
    }
    has_content_ = has_content_ || name == "img";
    for (;;) {
      SkipSpace();
      if (rest_.starts_with("/>")) {
        rest_.remove_prefix(2);
        return true;
      }
      if (rest_.starts_with('>')) {
        rest_.remove_prefix(1);
        open_.push_back(name);
        return open_.size() <= kDeepest || Fail("the tags are nested too deep");
      }
      if (!Attribute()) return false;
    }
  }

  bool Attribute() {
    const std::string_view name = Name();
    if (name.empty()) return Fail("a tag is not closed");
    if (name.size() > 2 && (name[0] == 'o' || name[0] == 'O') && (name[1] == 'n' || name[1] == 'N')) return Fail("event attributes (on…) are not allowed (txt-1)");
    SkipSpace();
    if (!rest_.starts_with('=')) return Fail("an attribute has no value");
    rest_.remove_prefix(1);
    SkipSpace();
    if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\'')) return Fail("an attribute's value is not in quotes");
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) return Fail("an attribute's value is not closed");
    const std::string_view value = rest_.substr(1, end - 1);
    if ((name == "href" || name == "src") && value.starts_with("javascript:")) return Fail("a script in a link is not allowed");
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_, complaint_;
  bool has_content_ = false;
  std::vector<std::string_view> open_;
};

void Run(const Visit& visit) {
  if (visit.type.primitive != schema::Primitive::kXhtml) return;
  const std::string_view complaint = Scanner(visit.element.text).Check();
  if (!complaint.empty()) visit.Error("value", "the narrative is not one XHTML div: " + std::string(complaint));
}

}  // namespace

Rule Narrative() {
  return {.name = "narrative", .resource = nullptr, .shape = nullptr, .object = nullptr, .value = Run, .bound = nullptr};
}

}  // namespace fhir::validate
