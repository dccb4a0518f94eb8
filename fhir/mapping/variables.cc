// One pass over an expression's text; strings and comments are passed over.
#include "fhir/mapping/variables.h"

#include <algorithm>
#include <array>

namespace fhir::mapping {
namespace {

bool IsNameStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsNamePart(char c) { return IsNameStart(c) || (c >= '0' && c <= '9'); }

// Their arguments are evaluated on each item, where a plain name is the item's element (or a type).
constexpr std::array<std::string_view, 9> kItemwise = {"where", "select", "all", "exists", "repeat", "aggregate", "is", "as", "ofType"};

class Rewriter {
 public:
  Rewriter(std::string_view text, const std::vector<std::string_view>& scope) : text_(text), scope_(scope) {}

  ExpressionText Run() {
    while (at_ < text_.size()) Step();
    return std::move(result_);
  }

 private:
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void Step() {
    const char c = Peek();
    if (c == '\'' || c == '`' || c == '"') return Quoted(c);
    if (c == '/' && Peek(1) == '/') return Skip(text_.find('\n', at_));
    if (c == '/' && Peek(1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      return Skip(end == std::string_view::npos ? end : end + 2);
    }
    if (c == '@' || (c >= '0' && c <= '9')) return Literal();
    if (IsNameStart(c)) return Name();
    if (c == '(') itemwise_.push_back(last_name_itemwise_ || (!itemwise_.empty() && itemwise_.back()));
    if (c == ')' && !itemwise_.empty()) itemwise_.pop_back();
    last_name_itemwise_ = false;
    if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      before_ = c;
      type_follows_ = false;
    }
    result_.text += c;
    ++at_;
  }

  void Skip(std::size_t end) {
    at_ = std::min(end, text_.size());
    result_.text += ' ';
  }

  // A date or number; its letters are no names.
  void Literal() {
    const bool is_date = Peek() == '@';
    do {
      result_.text += text_[at_++];
    } while (IsNamePart(Peek()) || (is_date && (Peek() == ':' || (Peek() == '-' && Peek(1) >= '0' && Peek(1) <= '9'))) || (Peek() == '.' && Peek(1) >= '0' && Peek(1) <= '9'));
    before_ = '0';
  }

  void Quoted(char quote) {
    const char written = quote == '"' ? '\'' : quote;
    const std::size_t start = at_ + 1;
    result_.text += written;
    ++at_;
    while (at_ < text_.size() && Peek() != quote) {
      if (Peek() == '\\') {
        result_.text += text_[at_++];
        if (at_ >= text_.size()) break;
      } else if (Peek() == '\'' && quote == '"') {
        result_.text += '\\';
      }
      result_.text += text_[at_++];
    }
    if (quote == '`' && before_ == '%') Uses(text_.substr(start, at_ - start));
    if (at_ < text_.size()) ++at_;
    result_.text += written;
    before_ = written;
  }

  void Name() {
    const std::size_t start = at_;
    while (IsNamePart(Peek())) ++at_;
    const std::string_view name = text_.substr(start, at_ - start);
    std::size_t next = at_;
    while (next < text_.size() && (text_[next] == ' ' || text_[next] == '\t')) ++next;
    const bool is_call = next < text_.size() && text_[next] == '(';
    const bool is_path_start = before_ != '.' && before_ != '%' && before_ != '$';
    const bool in_item = !itemwise_.empty() && itemwise_.back();
    if (before_ == '%') Uses(name);
    if (is_path_start && !is_call && !in_item && !type_follows_ && Uses(name)) result_.text += '%';
    result_.text += name;
    last_name_itemwise_ = is_call && std::find(kItemwise.begin(), kItemwise.end(), name) != kItemwise.end();
    type_follows_ = is_path_start && !is_call && (name == "is" || name == "as") && before_ != '\0';
    before_ = 'a';
    if (last_name_itemwise_) {   // the blanks before '(' do not change what it is
      at_ = next;
    }
  }

  bool Uses(std::string_view name) {
    if (std::find(scope_.begin(), scope_.end(), name) == scope_.end()) return false;
    auto& used = result_.variables;
    if (std::find(used.begin(), used.end(), name) == used.end()) used.emplace_back(name);
    return true;
  }

  std::string_view text_;
  const std::vector<std::string_view>& scope_;
  std::size_t at_ = 0;
  char before_ = '\0';                 // last character that is no blank
  bool last_name_itemwise_ = false, type_follows_ = false;
  std::vector<bool> itemwise_;         // for every open parenthesis
  ExpressionText result_;
};

}  // namespace

ExpressionText WithVariables(std::string_view text, const std::vector<std::string_view>& scope) { return Rewriter(text, scope).Run(); }

}  // namespace fhir::mapping
