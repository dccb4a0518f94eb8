// FHIRPath text to tokens (https://hl7.org/fhirpath/N1/#expressions, grammar in appendix B).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace fhir::path {

enum class TokenKind : std::uint8_t {
  kIdentifier,     // also keywords; the parser knows where they are keywords
  kDelimited,      // `name`, unescaped
  kString,         // 'text', unescaped
  kInteger,
  kDecimal,
  kDate,           // without '@'
  kDateTime,       // without '@', a bare 'T' at the end dropped
  kTime,           // without '@T'
  kSpecial,        // this, index, total
  kVariable,       // the name after %
  kSymbol,         // one of the operators and brackets
  kEnd,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;
  std::size_t column = 0;   // from 1, in bytes of the whole text

  bool Is(std::string_view symbol) const { return kind == TokenKind::kSymbol && text == symbol; }
  bool IsWord(std::string_view word) const { return kind == TokenKind::kIdentifier && text == word; }
};

// All tokens, kEnd last. Fails with kInvalid at "column N".
Result<std::vector<Token>> Tokenise(std::string_view text);

// An error about the expression's text, with its place.
Error SyntaxError(std::size_t column, std::string text);

}  // namespace fhir::path
