// The scanner of the Mapping Language.
#include "fhir/mapping/lexer.h"

#include <array>

namespace fhir::mapping {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Longest first.
constexpr std::array<std::string_view, 33> kSymbols = {"->", "<<", ">>", "..", "<=", ">=", "!=", "!~", "==", "(",  ")",
                                                       "{",  "}",  "[",  "]",  ",",  ";",  ":",  ".",  "=",  "+",  "-",
                                                       "*",  "/",  "<",  ">",  "~",  "|",  "&",  "%",  "$",  "@",  "!"};

void AppendUtf8(unsigned code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

class Scanner {
 public:
  Scanner(std::string_view file, std::string_view text) : file_(file), text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = line_start_ = 3;
  }

  Result<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    while (true) {
      TRY(SkipSpace());
      TRY_ASSIGN(Token token, Next());
      tokens.push_back(std::move(token));
      if (tokens.back().kind == TokenKind::kEnd) return tokens;
    }
  }

 private:
  char Peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool Starts(std::string_view with) const { return text_.substr(at_, with.size()) == with; }
  Place Here() const { return {line_, static_cast<std::uint32_t>(at_ - line_start_ + 1)}; }
  Error Fail(Place place, std::string text) const {
    return Error(ErrorKind::kInvalid, std::move(text)).At(PlaceText(file_, place));
  }
  void Advance() {
    if (text_[at_++] != '\n') return;
    ++line_;
    line_start_ = at_;
  }

  Result<void> SkipSpace() {
    while (at_ < text_.size()) {
      const char c = Peek();
      if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
        Advance();
      } else if (Starts("//") && !(Starts("///") && !Starts("////"))) {
        while (at_ < text_.size() && Peek() != '\n') Advance();
      } else if (Starts("/*")) {
        const Place start = Here();
        while (at_ < text_.size() && !Starts("*/")) Advance();
        if (at_ >= text_.size()) return Fail(start, "this comment is not closed; end it with */");
        at_ += 2;
      } else {
        break;
      }
    }
    return {};
  }

  Token Make(TokenKind kind, std::size_t start, Place place) const {
    Token token;
    token.kind = kind;
    token.raw = text_.substr(start, at_ - start);
    token.value = std::string(token.raw);
    token.offset = start;
    token.place = place;
    return token;
  }

  Result<Token> Next() {
    const std::size_t start = at_;
    const Place place = Here();
    if (at_ >= text_.size()) return Make(TokenKind::kEnd, start, place);
    const char c = Peek();
    if (Starts("///")) {
      while (at_ < text_.size() && Peek() != '\n') Advance();
      return Make(TokenKind::kMetadata, start, place);
    }
    if (IsLetter(c)) {
      while (IsLetter(Peek()) || IsDigit(Peek())) ++at_;
      return Make(TokenKind::kName, start, place);
    }
    if (IsDigit(c)) return Number(start, place);
    if (c == '@' && (IsDigit(Peek(1)) || Peek(1) == 'T')) return Date(start, place);
    if (c == '"' || c == '\'' || c == '`') return Quoted(start, place, c);
    for (std::string_view symbol : kSymbols) {
      if (!Starts(symbol)) continue;
      at_ += symbol.size();
      return Make(TokenKind::kSymbol, start, place);
    }
    return Fail(place, static_cast<unsigned char>(c) < 0x80 ? std::string("found '") + c + "', which the mapping language does not use"
                                                            : std::string("found a character outside of ASCII; it can only stand in quotes"));
  }

  Token Number(std::size_t start, Place place) {
    while (IsDigit(Peek())) ++at_;
    if (Peek() == '.' && IsDigit(Peek(1))) {
      ++at_;
      while (IsDigit(Peek())) ++at_;
    }
    return Make(TokenKind::kNumber, start, place);
  }

  Token Date(std::size_t start, Place place) {
    ++at_;
    while (IsDigit(Peek()) || Peek() == '-' || Peek() == ':' || Peek() == 'T' || Peek() == 'Z' || Peek() == '+' ||
           (Peek() == '.' && IsDigit(Peek(1)))) {
      if (Peek() == '-' && !IsDigit(Peek(1))) break;
      ++at_;
    }
    return Make(TokenKind::kDate, start, place);
  }

  Result<Token> Quoted(std::size_t start, Place place, char quote) {
    std::string value;
    ++at_;
    while (Peek() != quote) {
      if (at_ >= text_.size()) return Fail(place, std::string("this text is not closed; end it with ") + quote);
      if (Peek() == '\\') {
        TRY(Escape(value));
      } else {
        value += Peek();
        Advance();
      }
    }
    ++at_;
    Token token = Make(quote == '`' ? TokenKind::kQuotedName : TokenKind::kString, start, place);
    token.value = std::move(value);
    return token;
  }

  Result<void> Escape(std::string& value) {
    const Place place = Here();
    const char c = Peek(1);
    at_ += 2;
    switch (c) {
      case 'n': value += '\n'; return {};
      case 'r': value += '\r'; return {};
      case 't': value += '\t'; return {};
      case 'f': value += '\f'; return {};
      case '\\': case '/': case '"': case '\'': case '`': value += c; return {};
      case 'u': break;
      default: return Fail(place, "found an unknown escape; known are \\n \\r \\t \\f \\\\ \\/ \\' \\\" \\` \\uXXXX");
    }
    unsigned code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char h = Peek();
      const int digit = IsDigit(h) ? h - '0' : h >= 'a' && h <= 'f' ? h - 'a' + 10 : h >= 'A' && h <= 'F' ? h - 'A' + 10 : -1;
      if (digit < 0) return Fail(place, "\\u takes four hexadecimal digits");
      code = code * 16 + static_cast<unsigned>(digit);
    }
    if (code == 0 || (code >= 0xD800 && code < 0xE000)) return Fail(place, "\\u names no character; write the character itself");
    AppendUtf8(code, value);
    return {};
  }

  std::string_view file_, text_;
  std::size_t at_ = 0, line_start_ = 0;
  std::uint32_t line_ = 1;
};

}  // namespace

std::string PlaceText(std::string_view file, Place place) {
  return std::string(file) + ':' + std::to_string(place.line) + ':' + std::to_string(place.column);
}

Result<std::vector<Token>> Tokenize(std::string_view file, std::string_view text) { return Scanner(file, text).Run(); }

}  // namespace fhir::mapping
