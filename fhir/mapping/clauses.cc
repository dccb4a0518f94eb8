// Sources, targets, transforms and their arguments.
#include "fhir/mapping/clauses.h"

#include <charconv>

namespace fhir::mapping {
namespace {

template <typename Mode>
struct ModeName { std::string_view name; Mode mode; };

constexpr ModeName<SourceListMode> kSourceModes[] = {{"first", SourceListMode::kFirst}, {"not_first", SourceListMode::kNotFirst},
                                                     {"last", SourceListMode::kLast}, {"not_last", SourceListMode::kNotLast},
                                                     {"only_one", SourceListMode::kOnlyOne}};
constexpr ModeName<TargetListMode> kTargetModes[] = {{"first", TargetListMode::kFirst}, {"share", TargetListMode::kShare},
                                                     {"last", TargetListMode::kLast}, {"collate", TargetListMode::kCollate},
                                                     {"single", TargetListMode::kSingle}};

Result<std::uint32_t> Count(TokenStream& in, const Token& token) {
  std::uint32_t count = 0;
  const char* end = token.raw.data() + token.raw.size();
  const auto [stop, error] = std::from_chars(token.raw.data(), end, count);
  if (error != std::errc() || stop != end) return in.Fail(token.place, "expected a whole number, found '" + std::string(token.raw) + "'");
  return count;
}

Result<void> Cardinality(TokenStream& in, Source& source) {
  TRY_ASSIGN(source.min, Count(in, in.Next()));
  in.Next();
  if (in.Accept("*")) return {};
  if (in.Peek().kind != TokenKind::kNumber) return in.Unexpected("a number or '*' after '..'");
  TRY_ASSIGN(source.max, Count(in, in.Next()));
  return {};
}

// In parentheses by the grammar; many published maps leave them out.
Result<Formula> Condition(TokenStream& in, std::string_view what) { return in.Until({"->", ";", ",", "check", "log", "then"}, what); }

// .a.b, with "[x]" of a choice passed over.
Result<std::vector<std::string>> PathAfter(TokenStream& in) {
  std::vector<std::string> path;
  while (in.Accept(".")) {
    TRY_ASSIGN(std::string step, in.Name("an element's name after '.'"));
    path.push_back(std::move(step));
  }
  if (in.Peek().Is("[") && in.Peek(1).Is("x") && in.Peek(2).Is("]")) {
    for (int i = 0; i < 3; ++i) in.Next();
  }
  return path;
}

// A variable, or variable.path, which is a short expression.
Result<Argument> VariableArgument(TokenStream& in, Argument argument, std::string_view what) {
  in.Accept("%");
  TRY_ASSIGN(argument.text, in.Name(what));
  if (!in.Peek().Is(".")) return argument;
  TRY_ASSIGN(const std::vector<std::string> path, PathAfter(in));
  argument.kind = Argument::Kind::kFormula;
  argument.formula.place = argument.place;
  argument.formula.text = "%`" + argument.text + '`';
  for (const std::string& step : path) argument.formula.text += ".`" + step + '`';
  return argument;
}

Result<Argument> SimpleArgument(TokenStream& in, std::string_view what) {
  Argument argument;
  const Token& token = in.Peek();
  argument.place = token.place;
  argument.text = token.value;
  if (token.kind == TokenKind::kString) {
    argument.kind = Argument::Kind::kString;
  } else if (token.kind == TokenKind::kNumber) {
    argument.kind = Argument::Kind::kNumber;
  } else if (token.kind == TokenKind::kDate) {
    argument.kind = Argument::Kind::kDate;
    argument.text.erase(0, 1);
  } else if ((token.Is("-") || token.Is("+")) && in.Peek(1).kind == TokenKind::kNumber) {
    argument.kind = Argument::Kind::kNumber;
    argument.text = (token.Is("-") ? "-" : "") + in.Peek(1).value;
    in.Next();
  } else if (token.Is("true") || token.Is("false")) {
    argument.kind = Argument::Kind::kBoolean;
  } else if (token.Is("(")) {
    argument.kind = Argument::Kind::kFormula;
    TRY_ASSIGN(argument.formula, in.Parenthesised("an expression"));
    return argument;
  } else if (token.kind == TokenKind::kName || token.kind == TokenKind::kQuotedName || token.Is("%")) {
    return VariableArgument(in, std::move(argument), what);
  } else {
    return in.Unexpected(what);
  }
  in.Next();
  return argument;
}

// evaluate(focus, FHIRPath) or evaluate(FHIRPath); older maps write the expression as a string.
Result<std::vector<Argument>> EvaluateArguments(TokenStream& in) {
  std::vector<Argument> arguments;
  in.Next();
  if (in.Peek().kind == TokenKind::kName && in.Peek(1).Is(",")) {
    TRY_ASSIGN(Argument focus, SimpleArgument(in, "a variable"));
    arguments.push_back(std::move(focus));
    in.Next();
  }
  Argument expression;
  expression.kind = Argument::Kind::kFormula;
  expression.place = in.Peek().place;
  if (in.Peek().kind == TokenKind::kString && in.Peek(1).Is(")")) {
    expression.formula.place = in.Peek().place;
    expression.formula.text = in.Next().value;
  } else {
    TRY_ASSIGN(expression.formula, in.Until({")", ";"}, "an expression"));
  }
  arguments.push_back(std::move(expression));
  TRY(in.Expect(")", "after evaluate's expression"));
  return arguments;
}

Result<TransformUse> TransformClause(TokenStream& in) {
  TransformUse use;
  use.place = in.Peek().place;
  if (in.Peek().Is("(")) {
    use.name = "evaluate";
    TRY_ASSIGN(Argument argument, SimpleArgument(in, "an expression"));
    use.arguments.push_back(std::move(argument));
    return use;
  }
  if (in.Peek().kind == TokenKind::kName && in.Peek(1).Is("(")) {
    use.name = in.Next().value;
    if (use.name == "evaluate") {
      TRY_ASSIGN(use.arguments, EvaluateArguments(in));
    } else {
      TRY_ASSIGN(use.arguments, ParseArguments(in));
    }
    return use;
  }
  use.name = "copy";
  TRY_ASSIGN(Argument argument, SimpleArgument(in, "a value: a variable, a literal, a transform or an expression in parentheses"));
  use.arguments.push_back(std::move(argument));
  return use;
}

}  // namespace

Result<std::string> ParseTypeName(TokenStream& in) {
  if (in.Peek().kind == TokenKind::kString) return in.Next().value;
  TRY_ASSIGN(std::string name, in.Name("a type: an alias of a 'uses' line or a FHIR type"));
  while (in.Peek().Is(".") && in.Peek(1).kind == TokenKind::kName) {
    in.Next();
    name += '.' + in.Next().value;
  }
  return name;
}

Result<std::vector<Argument>> ParseArguments(TokenStream& in) {
  std::vector<Argument> arguments;
  TRY(in.Expect("(", "and arguments"));
  if (in.Accept(")")) return arguments;
  do {
    TRY_ASSIGN(Argument argument, SimpleArgument(in, "an argument: a variable, a literal or an expression in parentheses"));
    arguments.push_back(std::move(argument));
  } while (in.Accept(","));
  TRY(in.Expect(")", "or ',' after an argument"));
  return arguments;
}

Result<Source> ParseSource(TokenStream& in) {
  Source source;
  source.place = in.Peek().place;
  TRY_ASSIGN(source.context, in.Name("a rule: the name of a source variable"));
  TRY_ASSIGN(source.path, PathAfter(in));
  if (in.Accept(":")) {
    TRY_ASSIGN(source.type, ParseTypeName(in));
  }
  if (in.Peek().kind == TokenKind::kNumber && in.Peek(1).Is("..")) {
    TRY(Cardinality(in, source));
  }
  if (in.Accept("default")) {
    if (in.Peek().Is("(")) {
      Argument value;
      value.kind = Argument::Kind::kFormula;
      value.place = in.Peek().place;
      TRY_ASSIGN(value.formula, in.Parenthesised("the default"));
      source.default_value = std::move(value);
    } else {
      TRY_ASSIGN(source.default_value, SimpleArgument(in, "the default: a literal or an expression in parentheses"));
    }
  }
  for (const auto& entry : kSourceModes) {
    if (!in.Peek().Is(entry.name)) continue;
    source.list_mode = entry.mode;
    in.Next();
    break;
  }
  if (in.Accept("as")) {
    TRY_ASSIGN(source.variable, in.Name("a variable's name after as"));
  }
  if (in.Accept("where")) {
    TRY_ASSIGN(source.where, Condition(in, "a condition after where"));
  }
  if (in.Accept("check")) {
    TRY_ASSIGN(source.check, Condition(in, "a condition after check"));
  }
  if (in.Accept("log")) {
    TRY_ASSIGN(source.log, Condition(in, "an expression after log"));
  }
  return source;
}

Result<Target> ParseTarget(TokenStream& in) {
  Target target;
  target.place = in.Peek().place;
  if (in.Peek().Is("(")) {
    TRY_ASSIGN(target.transform, TransformClause(in));
  } else if (in.Peek(1).Is("(")) {
    TRY_ASSIGN(target.transform, TransformClause(in));
  } else {
    TRY_ASSIGN(target.context, in.Name("a target: a target variable or a transform"));
    TRY_ASSIGN(target.path, PathAfter(in));
    if (in.Accept("=")) {
      TRY_ASSIGN(target.transform, TransformClause(in));
    }
  }
  if (in.Accept("as")) {
    TRY_ASSIGN(target.variable, in.Name("a variable's name after as"));
  }
  for (const auto& entry : kTargetModes) {
    if (!in.Peek().Is(entry.name)) continue;
    target.list_mode = entry.mode;
    in.Next();
    if (entry.mode == TargetListMode::kShare) {
      TRY_ASSIGN(target.share, in.Name("the name of what is shared"));
    }
    break;
  }
  return target;
}

}  // namespace fhir::mapping
