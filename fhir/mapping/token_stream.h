// What the parser reads from: tokens one after another, the words for what was expected, and FHIRPath cut out
// of the text as it stands.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/mapping/lexer.h"
#include "fhir/mapping/model.h"

namespace fhir::mapping {

class TokenStream {
 public:
  // Metadata lines are left out of the stream.
  TokenStream(std::string_view file, std::string_view text, std::vector<Token> tokens);

  const Token& Peek(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  const Token& Next() { return at_ + 1 < tokens_.size() ? tokens_[at_++] : tokens_[at_]; }
  bool AtEnd() const { return Peek().kind == TokenKind::kEnd; }
  bool Accept(std::string_view symbol_or_word);
  Result<void> Expect(std::string_view symbol_or_word, std::string_view where);
  // An identifier, plain or in back quotes.
  Result<std::string> Name(std::string_view what);
  Result<std::string> String(std::string_view what);
  // "expected WHAT, found …" at the token that is next.
  Error Unexpected(std::string_view what) const;
  Error Fail(Place place, std::string text) const;

  // A FHIRPath expression in parentheses, without them; the opening one is next.
  Result<Formula> Parenthesised(std::string_view what);
  // FHIRPath up to one of the words or symbols that may follow it, outside of any brackets.
  Result<Formula> Until(std::initializer_list<std::string_view> enders, std::string_view what);

  const std::vector<std::pair<std::string, std::string>>& metadata() const { return metadata_; }
  std::string_view file() const { return file_; }

 private:
  Result<void> SkipBrackets();
  Result<Formula> Cut(std::size_t first, std::size_t past, std::string_view what) const;

  std::string_view file_, text_;
  std::vector<Token> tokens_;
  std::vector<std::pair<std::string, std::string>> metadata_;   // of "/// name = value" lines
  std::size_t at_ = 0;
};

}  // namespace fhir::mapping
