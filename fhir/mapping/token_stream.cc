// Reading tokens, and the words of a syntax error.
#include "fhir/mapping/token_stream.h"

#include <algorithm>

namespace fhir::mapping {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::pair<std::string, std::string> ReadMetadata(std::string_view line) {
  line.remove_prefix(3);
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) return {};
  std::string_view value = Trim(line.substr(equals + 1));
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return {std::string(Trim(line.substr(0, equals))), std::string(value)};
}

std::string Describe(const Token& token) {
  if (token.kind == TokenKind::kEnd) return "the end of the file";
  constexpr std::size_t kLongest = 40;
  std::string shown(token.raw.substr(0, kLongest));
  if (token.raw.size() > kLongest) shown += "…";
  return token.kind == TokenKind::kString ? shown : "'" + shown + "'";
}

// Can an operand stand right before this token, so that a following string is something else?
bool EndsOperand(const Token& token) {
  static constexpr std::string_view kOperators[] = {"and", "or", "xor", "implies", "in", "contains", "is", "as", "div", "mod"};
  if (token.kind == TokenKind::kSymbol) return token.raw == ")" || token.raw == "]" || token.raw == "}";
  return std::find(std::begin(kOperators), std::end(kOperators), token.raw) == std::end(kOperators);
}

}  // namespace

TokenStream::TokenStream(std::string_view file, std::string_view text, std::vector<Token> tokens) : file_(file), text_(text) {
  for (Token& token : tokens) {
    if (token.kind == TokenKind::kMetadata) {
      if (auto entry = ReadMetadata(token.raw); !entry.first.empty()) metadata_.push_back(std::move(entry));
    } else {
      tokens_.push_back(std::move(token));
    }
  }
}

bool TokenStream::Accept(std::string_view symbol_or_word) {
  if (!Peek().Is(symbol_or_word)) return false;
  Next();
  return true;
}

Error TokenStream::Fail(Place place, std::string text) const {
  return Error(ErrorKind::kInvalid, std::move(text)).At(PlaceText(file_, place));
}

Error TokenStream::Unexpected(std::string_view what) const {
  return Fail(Peek().place, "expected " + std::string(what) + ", found " + Describe(Peek()));
}

Result<void> TokenStream::Expect(std::string_view symbol_or_word, std::string_view where) {
  if (Accept(symbol_or_word)) return {};
  return Unexpected("'" + std::string(symbol_or_word) + "' " + std::string(where));
}

Result<std::string> TokenStream::Name(std::string_view what) {
  if (Peek().kind != TokenKind::kName && Peek().kind != TokenKind::kQuotedName) return Unexpected(what);
  return Next().value;
}

Result<std::string> TokenStream::String(std::string_view what) {
  if (Peek().kind != TokenKind::kString) return Unexpected(what);
  return Next().value;
}

Result<void> TokenStream::SkipBrackets() {
  const Token& opening = Peek();
  std::string closers;
  do {
    const Token& token = Next();
    if (token.kind == TokenKind::kEnd) return Fail(opening.place, "this '" + std::string(opening.raw) + "' is not closed");
    if (token.Is("(")) closers += ')';
    if (token.Is("[")) closers += ']';
    if (token.Is("{")) closers += '}';
    if (token.kind == TokenKind::kSymbol && (token.raw == ")" || token.raw == "]" || token.raw == "}")) {
      if (closers.back() != token.raw[0]) {
        return Fail(token.place, std::string("expected '") + closers.back() + "' here, found '" + std::string(token.raw) + "'");
      }
      closers.pop_back();
    }
    if (closers.size() > 200) return Fail(token.place, "brackets within brackets more than 200 deep");
  } while (!closers.empty());
  return {};
}

Result<Formula> TokenStream::Cut(std::size_t first, std::size_t past, std::string_view what) const {
  if (first >= past) {
    return Fail(tokens_[first].place, "expected " + std::string(what) + " (FHIRPath), found " + Describe(tokens_[first]));
  }
  const Token& last = tokens_[past - 1];
  Formula formula;
  formula.place = tokens_[first].place;
  formula.text = std::string(text_.substr(tokens_[first].offset, last.offset + last.raw.size() - tokens_[first].offset));
  return formula;
}

Result<Formula> TokenStream::Parenthesised(std::string_view what) {
  if (!Peek().Is("(")) return Unexpected("'(' and " + std::string(what));
  const std::size_t open = at_;
  TRY(SkipBrackets());
  return Cut(open + 1, at_ - 1, what);
}

Result<Formula> TokenStream::Until(std::initializer_list<std::string_view> enders, std::string_view what) {
  const auto ends = [&](const Token& token) {
    return token.kind == TokenKind::kEnd || std::any_of(enders.begin(), enders.end(), [&](std::string_view e) { return token.Is(e); });
  };
  const std::size_t first = at_;
  while (!ends(Peek())) {
    const bool after_operand = at_ > first && EndsOperand(tokens_[at_ - 1]);
    if (Peek().kind == TokenKind::kString && after_operand) break;   // the rule's name
    if (Peek().Is("(") || Peek().Is("[")) {
      TRY(SkipBrackets());
    } else if (Peek().Is("{") && !Peek(1).Is("}")) {
      break;
    } else {
      Next();
    }
  }
  return Cut(first, at_, what);
}

}  // namespace fhir::mapping
