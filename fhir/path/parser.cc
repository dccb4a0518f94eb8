// Recursive descent with one loop for all binary operators.
#include "fhir/path/parser.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "fhir/base/decimal.h"
#include "fhir/path/functions/catalogue.h"
#include "fhir/path/lexer.h"

namespace fhir::path {
namespace {

struct Operator {
  std::string_view text;
  int precedence;         // higher binds closer; https://hl7.org/fhirpath/N1/#operator-precedence
  BinaryOp op;
};

constexpr int kTypePrecedence = 8;
constexpr std::array<Operator, 22> kOperators = {{
    {"*", 10, BinaryOp::kMultiply}, {"/", 10, BinaryOp::kDivide}, {"div", 10, BinaryOp::kDiv}, {"mod", 10, BinaryOp::kMod},
    {"+", 9, BinaryOp::kAdd}, {"-", 9, BinaryOp::kSubtract}, {"&", 9, BinaryOp::kConcatenate},
    {"|", 7, BinaryOp::kUnion},
    {"<=", 6, BinaryOp::kLessOrEqual}, {">=", 6, BinaryOp::kGreaterOrEqual}, {"<", 6, BinaryOp::kLess}, {">", 6, BinaryOp::kGreater},
    {"=", 5, BinaryOp::kEqual}, {"~", 5, BinaryOp::kEquivalent}, {"!=", 5, BinaryOp::kNotEqual}, {"!~", 5, BinaryOp::kNotEquivalent},
    {"in", 4, BinaryOp::kIn}, {"contains", 4, BinaryOp::kContains},
    {"and", 3, BinaryOp::kAnd}, {"or", 2, BinaryOp::kOr}, {"xor", 2, BinaryOp::kXor}, {"implies", 1, BinaryOp::kImplies},
}};

constexpr std::array<std::string_view, 16> kCalendarWords = {
    "year", "years", "month", "months", "week", "weeks", "day", "days",
    "hour", "hours", "minute", "minutes", "second", "seconds", "millisecond", "milliseconds"};

using Draft = std::unique_ptr<Node>;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<NodePtr> Run() {
    TRY_ASSIGN(Draft root, Expression(1));
    if (Next().kind != TokenKind::kEnd) return Unexpected("an operator or the end");
    return NodePtr(std::move(root));
  }

 private:
  const Token& Next(std::size_t ahead = 0) const { return tokens_[std::min(at_ + ahead, tokens_.size() - 1)]; }
  Token Take() { return tokens_[at_ + 1 < tokens_.size() ? at_++ : at_]; }

  Error Unexpected(std::string_view wanted) const {
    const Token& token = Next();
    const std::string found = token.kind == TokenKind::kEnd ? "the end" : "'" + token.text + "'";
    return SyntaxError(token.column, "Found " + found + " where " + std::string(wanted) + " belongs.");
  }

  Result<void> Expect(std::string_view symbol) {
    if (!Next().Is(symbol)) return Unexpected("'" + std::string(symbol) + "'");
    Take();
    return {};
  }

  static Error TooDeep(std::size_t column) {
    return SyntaxError(column, "The expression is nested deeper than " + std::to_string(kMaxNesting) + " levels; split it.");
  }

  static Draft Make(NodeKind kind, std::size_t column) {
    Draft node = std::make_unique<Node>();
    node->kind = kind;
    node->column = column;
    return node;
  }

  // Adds an operand or argument (which may be null) and keeps the depth.
  Result<void> Put(Node& node, Draft part) {
    if (part) node.depth = std::max<std::uint16_t>(node.depth, static_cast<std::uint16_t>(part->depth + 1));
    node.parts.push_back(std::move(part));
    if (node.depth > kMaxNesting) return TooDeep(node.column);
    return {};
  }

  const Operator* PeekOperator() const {
    const Token& token = Next();
    if (token.kind != TokenKind::kSymbol && token.kind != TokenKind::kIdentifier) return nullptr;
    const auto found = std::find_if(kOperators.begin(), kOperators.end(), [&](const Operator& o) { return o.text == token.text; });
    return found == kOperators.end() ? nullptr : &*found;
  }

  Result<Draft> Expression(int precedence) {
    if (++nesting_ > kMaxNesting) return TooDeep(Next().column);
    TRY_ASSIGN(Draft left, Signed());
    for (;;) {
      if ((Next().IsWord("is") || Next().IsWord("as")) && kTypePrecedence >= precedence) {
        const Token word = Take();
        Draft node = Make(word.text == "is" ? NodeKind::kIs : NodeKind::kAs, word.column);
        TRY_ASSIGN(node->type, QualifiedName());
        TRY(Put(*node, std::move(left)));
        left = std::move(node);
        continue;
      }
      const Operator* op = PeekOperator();
      if (!op || op->precedence < precedence) break;
      Draft node = Make(NodeKind::kBinary, Take().column);
      node->op = op->op;
      TRY_ASSIGN(Draft right, Expression(op->precedence + 1));
      TRY(Put(*node, std::move(left)));
      TRY(Put(*node, std::move(right)));
      left = std::move(node);
    }
    --nesting_;
    return left;
  }

  Result<Draft> Signed() {
    if (!Next().Is("-") && !Next().Is("+")) return Term();
    const Token sign = Take();
    if (++nesting_ > kMaxNesting) return TooDeep(sign.column);
    Draft node = Make(sign.text == "-" ? NodeKind::kNegate : NodeKind::kPlusSign, sign.column);
    TRY_ASSIGN(Draft operand, Signed());
    TRY(Put(*node, std::move(operand)));
    --nesting_;
    return node;
  }

  // A first part and everything that hangs on it by '.' and '[ ]'.
  Result<Draft> Term() {
    TRY_ASSIGN(Draft left, First());
    for (;;) {
      if (Next().Is(".")) {
        Take();
        TRY_ASSIGN(left, Invocation(std::move(left)));
      } else if (Next().Is("[")) {
        Draft node = Make(NodeKind::kIndexer, Take().column);
        TRY(Put(*node, std::move(left)));
        TRY_ASSIGN(Draft index, Expression(1));
        TRY(Put(*node, std::move(index)));
        TRY(Expect("]"));
        left = std::move(node);
      } else {
        return left;
      }
    }
  }

  Result<Draft> First() {
    const Token& token = Next();
    switch (token.kind) {
      case TokenKind::kString: return Literal(SystemType::kString);
      case TokenKind::kDate: return Literal(SystemType::kDate);
      case TokenKind::kDateTime: return Literal(SystemType::kDateTime);
      case TokenKind::kTime: return Literal(SystemType::kTime);
      case TokenKind::kInteger:
      case TokenKind::kDecimal: return Number();
      case TokenKind::kVariable: {
        const Token taken = Take();
        Draft node = Make(NodeKind::kVariable, taken.column);
        node->text = taken.text;
        return node;
      }
      case TokenKind::kSymbol: return Bracketed();
      case TokenKind::kIdentifier:
        if (token.text == "true" || token.text == "false") return Literal(SystemType::kBoolean);
        return Invocation(nullptr);
      case TokenKind::kDelimited:
      case TokenKind::kSpecial: return Invocation(nullptr);
      case TokenKind::kEnd: break;
    }
    return Unexpected("an expression");
  }

  Result<Draft> Bracketed() {
    if (Next().Is("(")) {
      Take();
      TRY_ASSIGN(Draft inner, Expression(1));
      TRY(Expect(")"));
      return inner;
    }
    if (Next().Is("{")) {
      Draft node = Make(NodeKind::kEmpty, Take().column);
      TRY(Expect("}"));
      return node;
    }
    return Unexpected("an expression");
  }

  Result<Draft> Literal(SystemType type) {
    const Token token = Take();
    Draft node = Make(NodeKind::kLiteral, token.column);
    node->literal = {type, token.text, {}};
    return node;
  }

  // A number, or a quantity when a unit follows.
  Result<Draft> Number() {
    TRY_ASSIGN(Draft node, Literal(Next().kind == TokenKind::kInteger ? SystemType::kInteger : SystemType::kDecimal));
    if (node->literal.text.size() > 100) return SyntaxError(node->column, "A number literal has at most 100 digits.");
    node->literal.text = Decimal::Parse(node->literal.text)->ToString();  // without needless zeros before it
    const Token& unit = Next();
    const bool is_word = unit.kind == TokenKind::kIdentifier &&
                         std::find(kCalendarWords.begin(), kCalendarWords.end(), unit.text) != kCalendarWords.end();
    if (unit.kind == TokenKind::kString || is_word) {
      node->literal.type = SystemType::kQuantity;
      node->literal.unit = Take().text;
    }
    return node;
  }

  Result<Draft> Invocation(Draft operand) {
    if (Next().kind != TokenKind::kIdentifier && Next().kind != TokenKind::kDelimited && Next().kind != TokenKind::kSpecial) {
      return Unexpected("a name");
    }
    const Token token = Take();
    if (token.kind == TokenKind::kSpecial) {
      if (operand) return SyntaxError(token.column, "'$" + token.text + "' stands at the start of a path only.");
      return Make(token.text == "this" ? NodeKind::kThis : token.text == "index" ? NodeKind::kIndex : NodeKind::kTotal, token.column);
    }
    if (token.kind == TokenKind::kIdentifier && Next().Is("(")) return Call(token, std::move(operand));
    Draft node = Make(NodeKind::kMember, token.column);
    node->text = token.text;
    if (operand) {
      TRY(Put(*node, std::move(operand)));
    }
    return node;
  }

  Result<Draft> Call(const Token& name, Draft operand) {
    const Function* function = FindFunction(name.text);
    if (!function) return SyntaxError(name.column, "There is no function " + name.text + "().");
    if (!function->call) {
      return Error(ErrorKind::kUnsupported, "The function " + name.text + "() is not supported.").At("column " + std::to_string(name.column));
    }
    Draft node = Make(NodeKind::kFunction, name.column);
    node->text = name.text;
    node->function = function;
    TRY(Put(*node, std::move(operand)));
    TRY(Expect("("));
    if (function->takes == Takes::kType) {
      TRY_ASSIGN(node->type, QualifiedName());
    } else {
      TRY(Arguments(*node));
    }
    TRY(Expect(")"));
    const std::size_t count = function->takes == Takes::kType ? 1 : node->parts.size() - 1;
    if (count < function->min_arguments || count > function->max_arguments) {
      return SyntaxError(name.column, name.text + "() takes " + ArityText(*function) + ", found " + std::to_string(count) + ".");
    }
    if (function->prepare) node->prepared = function->prepare(*node);
    return node;
  }

  Result<void> Arguments(Node& node) {
    if (Next().Is(")")) return {};
    for (;;) {
      TRY_ASSIGN(Draft argument, Expression(1));
      TRY(Put(node, std::move(argument)));
      if (!Next().Is(",")) return {};
      Take();
    }
  }

  static std::string ArityText(const Function& function) {
    if (function.max_arguments == 0) return "no arguments";
    const std::string most = std::to_string(function.max_arguments);
    if (function.min_arguments == function.max_arguments) return most + (most == "1" ? " argument" : " arguments");
    return std::to_string(function.min_arguments) + " to " + most + " arguments";
  }

  Result<TypeName> QualifiedName() {
    TypeName type;
    if (Next().kind != TokenKind::kIdentifier && Next().kind != TokenKind::kDelimited) return Unexpected("a type name");
    type.name = Take().text;
    if (Next().Is(".") && (type.name == "FHIR" || type.name == "System") &&
        (Next(1).kind == TokenKind::kIdentifier || Next(1).kind == TokenKind::kDelimited)) {
      Take();
      type.space = std::move(type.name);
      type.name = Take().text;
    }
    return type;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::uint16_t nesting_ = 0;
};

}  // namespace

Result<NodePtr> Parse(std::string_view text) {
  if (text.size() > kMaxExpressionBytes) {
    return SyntaxError(1, "The expression is longer than " + std::to_string(kMaxExpressionBytes) + " bytes.");
  }
  TRY_ASSIGN(std::vector<Token> tokens, Tokenise(text));
  return Parser(std::move(tokens)).Run();
}

}  // namespace fhir::path
