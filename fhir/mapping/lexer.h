// Splits a Mapping Language text into tokens (https://build.fhir.org/mapping-language.html). FHIRPath inside
// a map goes through the same tokens and is cut out of the text again by their offsets.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/mapping/model.h"

namespace fhir::mapping {

enum class TokenKind : std::uint8_t {
  kEnd,
  kName,        // letters, digits, '_'
  kQuotedName,  // `…`
  kString,      // "…" or '…'
  kNumber,
  kDate,        // @2020-01-01
  kSymbol,      // "->", "<<", "..", "{" …
  kMetadata,    // a whole line "/// url = …"
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string_view raw;      // as written, in the text
  std::string value;         // of a string or quoted name: unescaped; else as written
  std::size_t offset = 0;
  Place place;
  bool Is(std::string_view symbol_or_word) const {
    return (kind == TokenKind::kSymbol || kind == TokenKind::kName) && raw == symbol_or_word;
  }
};

std::string PlaceText(std::string_view file, Place place);   // "file:line:column"

// The tokens, an kEnd last. Views point into `text`. Fails with kInvalid at "file:line:column".
Result<std::vector<Token>> Tokenize(std::string_view file, std::string_view text);

}  // namespace fhir::mapping
