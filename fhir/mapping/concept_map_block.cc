// The conceptmap block of a map.
#include <algorithm>
#include <utility>

#include "fhir/mapping/clauses.h"

namespace fhir::mapping {
namespace {

// Operators of a row and the ConceptMap equivalence that each means.
constexpr std::pair<std::string_view, std::string_view> kEquivalences[] = {
    {"-", "relatedto"}, {"=", "equivalent"}, {"==", "equal"}, {"!=", "disjoint"}, {"<=", "wider"}, {">=", "narrower"}, {"~", "inexact"}};

// prefix:code, the code in quotes when it is not a plain word or number (words may be joined by '-').
Result<void> PrefixedCode(TokenStream& in, std::string& prefix, std::string& code) {
  TRY_ASSIGN(prefix, in.Name("a prefix of this concept map, ':' and a code"));
  TRY(in.Expect(":", "between prefix and code"));
  const auto is_word = [](const Token& token) {
    return token.kind == TokenKind::kName || token.kind == TokenKind::kNumber || token.kind == TokenKind::kString ||
           token.kind == TokenKind::kQuotedName;
  };
  if (!is_word(in.Peek())) return in.Unexpected("a code");
  std::size_t end = in.Peek().offset + in.Peek().raw.size();
  code = in.Next().value;
  while (in.Peek().offset == end && (in.Peek().Is("-") || is_word(in.Peek())) && in.Peek().kind != TokenKind::kString) {
    end = in.Peek().offset + in.Peek().raw.size();
    code += in.Next().value;
  }
  return {};
}

Result<void> UnmappedLine(TokenStream& in, EmbeddedConceptMap& block) {
  in.Next();
  EmbeddedConceptMap::Unmapped unmapped;
  TRY(in.Expect("for", "after unmapped"));
  TRY_ASSIGN(unmapped.prefix, in.Name("a prefix"));
  TRY(in.Expect("=", "after the prefix"));
  if (in.Peek().kind == TokenKind::kString) {
    unmapped.mode = "other-map";
    unmapped.value = in.Next().value;
  } else if (in.Accept("provided")) {
    unmapped.mode = "provided";
  } else {
    return in.Unexpected("'provided' or the url of another concept map in quotes");
  }
  block.unmapped.push_back(std::move(unmapped));
  in.Accept(";");
  return {};
}

Result<void> ConceptMapRow(TokenStream& in, EmbeddedConceptMap& block) {
  EmbeddedConceptMap::Row row;
  TRY(PrefixedCode(in, row.source_prefix, row.source_code));
  const auto* found = std::find_if(std::begin(kEquivalences), std::end(kEquivalences),
                                   [&](const auto& entry) { return in.Peek().Is(entry.first); });
  if (found == std::end(kEquivalences)) return in.Unexpected("'-', '=', '==', '!=', '<=', '>=' or '~' between the two codes");
  in.Next();
  row.equivalence = std::string(found->second);
  TRY(PrefixedCode(in, row.target_prefix, row.target_code));
  block.rows.push_back(std::move(row));
  in.Accept(";");
  return {};
}

}  // namespace

Result<EmbeddedConceptMap> ParseConceptMap(TokenStream& in) {
  EmbeddedConceptMap block;
  block.place = in.Next().place;
  TRY_ASSIGN(block.id, in.String("the concept map's id in quotes, such as \"#genders\""));
  TRY(in.Expect("{", "after the concept map's id"));
  while (in.Peek().Is("prefix") && !in.Peek(1).Is(":")) {
    in.Next();
    EmbeddedConceptMap::Prefix prefix;
    TRY_ASSIGN(prefix.name, in.Name("a prefix"));
    TRY(in.Expect("=", "after the prefix"));
    TRY_ASSIGN(prefix.system, in.String("the code system's url in quotes"));
    block.prefixes.push_back(std::move(prefix));
    in.Accept(";");
  }
  while (in.Peek().Is("unmapped") && !in.Peek(1).Is(":")) {
    TRY(UnmappedLine(in, block));
  }
  while (!in.Accept("}")) {
    TRY(ConceptMapRow(in, block));
  }
  return block;
}

}  // namespace fhir::mapping
