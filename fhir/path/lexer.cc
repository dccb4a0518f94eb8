// The lexer: one pass by hand over the bytes.
#include "fhir/path/lexer.h"

#include <utility>

#include "fhir/base/date_time.h"
#include "fhir/base/text.h"

namespace fhir::path {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Run() {
    for (;;) {
      TRY(SkipSpace());
      start_ = at_;
      if (at_ == text_.size()) {
        Push(TokenKind::kEnd, {});
        return std::move(tokens_);
      }
      TRY(One());
    }
  }

 private:
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void Push(TokenKind kind, std::string text) { tokens_.push_back({kind, std::move(text), start_ + 1}); }

  Result<void> SkipSpace() {
    while (at_ < text_.size()) {
      if (IsSpace(Peek())) {
        ++at_;
      } else if (Peek() == '/' && Peek(1) == '/') {
        const std::size_t end = text_.find('\n', at_);
        at_ = end == std::string_view::npos ? text_.size() : end;
      } else if (Peek() == '/' && Peek(1) == '*') {
        const std::size_t end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return SyntaxError(at_ + 1, "The comment that starts here has no end; close it with */.");
        at_ = end + 2;
      } else {
        break;
      }
    }
    return {};
  }

  Result<void> One() {
    const char c = Peek();
    if (IsLetter(c)) {
      Push(TokenKind::kIdentifier, Word());
      return {};
    }
    if (IsDigit(c)) {
      Number();
      return {};
    }
    switch (c) {
      case '\'': return Quoted(TokenKind::kString);
      case '`': return Quoted(TokenKind::kDelimited);
      case '@': return Date();
      case '$': return Special();
      case '%': return Variable();
      default: return Symbol();
    }
  }

  std::string Word() {
    const std::size_t from = at_;
    while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  void Number() {
    const std::size_t from = at_;
    while (IsDigit(Peek())) ++at_;
    TokenKind kind = TokenKind::kInteger;
    if (Peek() == '.' && IsDigit(Peek(1))) {
      kind = TokenKind::kDecimal;
      ++at_;
      while (IsDigit(Peek())) ++at_;
    }
    Push(kind, std::string(text_.substr(from, at_ - from)));
  }

  Result<void> Quoted(TokenKind kind) {
    TRY_ASSIGN(std::string text, QuotedText());
    Push(kind, std::move(text));
    return {};
  }

  Result<std::string> QuotedText() {
    const char quote = text_[at_++];
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] != '\\') {
        out += text_[at_++];
        continue;
      }
      ++at_;
      TRY(Escape(out));
    }
    if (at_ == text_.size()) return SyntaxError(start_ + 1, "The text that starts here has no closing quote.");
    ++at_;
    return out;
  }

  Result<void> Escape(std::string& out) {
    const char c = Peek();
    ++at_;
    switch (c) {
      case 'n': out += '\n'; return {};
      case 'r': out += '\r'; return {};
      case 't': out += '\t'; return {};
      case 'f': out += '\f'; return {};
      case '\'': case '"': case '`': case '\\': case '/': out += c; return {};
      case 'u': return Unicode(out);
      default: break;
    }
    // Expressions of the standard escape regular-expression characters once more ('\.'); the character stays as it is, with its backslash.
    if (c == '\0') return SyntaxError(at_, "The text ends in the middle of an escape.");
    out += '\\';
    out += c;
    return {};
  }

  bool Hex4(std::uint32_t& code) {
    code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int digit = HexDigit(Peek());
      if (digit < 0) return false;
      code = code * 16 + static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  Result<void> Unicode(std::string& out) {
    std::uint32_t code = 0;
    if (!Hex4(code)) return SyntaxError(at_ + 1, "\\u is followed by four hexadecimal digits.");
    if (code >= 0xD800 && code < 0xDC00 && Peek() == '\\' && Peek(1) == 'u') {
      at_ += 2;
      std::uint32_t low = 0;
      if (!Hex4(low) || low < 0xDC00 || low > 0xDFFF) return SyntaxError(at_ + 1, "The second half of a surrogate pair is missing.");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000)) return SyntaxError(at_, "This \\u escape is no character.");
    AppendUtf8(out, code);
    return {};
  }

  Result<void> Date() {
    ++at_;
    const std::size_t from = at_;
    const bool is_time = Peek() == 'T';
    while (IsDigit(Peek()) || Peek() == '-' || Peek() == ':' || Peek() == 'T' || Peek() == 'Z' || Peek() == '+' ||
           (Peek() == '.' && IsDigit(Peek(1)) && at_ > from && text_.substr(from, at_ - from).find(':') != std::string_view::npos)) {
      ++at_;
    }
    const std::string_view text = text_.substr(from, at_ - from);
    const std::optional<DateTime> value = is_time ? DateTime::ParseTime(text) : DateTime::Parse(text);
    if (!value) {
      return SyntaxError(start_ + 1, "'@" + std::string(text) + "' is no date or time; write @2020-02-29, @2020-02-29T10:30:00+01:00 or @T10:30.");
    }
    const bool is_date_time = text.find('T') != std::string_view::npos;
    Push(is_time ? TokenKind::kTime : is_date_time ? TokenKind::kDateTime : TokenKind::kDate, value->ToString());
    return {};
  }

  Result<void> Special() {
    ++at_;
    std::string word = Word();
    if (word != "this" && word != "index" && word != "total") {
      return SyntaxError(start_ + 1, "'$" + word + "' is not known; there are $this, $index and $total.");
    }
    Push(TokenKind::kSpecial, std::move(word));
    return {};
  }

  Result<void> Variable() {
    ++at_;
    std::string name;
    if (Peek() == '`' || Peek() == '\'') {
      TRY_ASSIGN(name, QuotedText());
    } else {
      const std::size_t from = at_;
      while (IsLetter(Peek()) || IsDigit(Peek()) || (Peek() == '-' && IsLetter(Peek(1)))) ++at_;
      name = std::string(text_.substr(from, at_ - from));
    }
    if (name.empty()) return SyntaxError(start_ + 1, "A name is missing after %.");
    Push(TokenKind::kVariable, std::move(name));
    return {};
  }

  Result<void> Symbol() {
    for (std::string_view two : {"<=", ">=", "!=", "!~"}) {
      if (text_.substr(at_, 2) == two) {
        at_ += 2;
        Push(TokenKind::kSymbol, std::string(two));
        return {};
      }
    }
    const char c = Peek();
    if (std::string_view(".,()[]{}+-*/&|<>=~").find(c) == std::string_view::npos) {
      return SyntaxError(at_ + 1, "This character has no meaning in FHIRPath.");
    }
    ++at_;
    Push(TokenKind::kSymbol, std::string(1, c));
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0, start_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Error SyntaxError(std::size_t column, std::string text) {
  return Error(ErrorKind::kInvalid, std::move(text)).At("column " + std::to_string(column));
}

Result<std::vector<Token>> Tokenise(std::string_view text) { return Lexer(text).Run(); }

}  // namespace fhir::path
