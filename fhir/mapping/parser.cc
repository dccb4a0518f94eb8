// The parser of the Mapping Language: recursive descent, one function for each thing of the grammar.
#include "fhir/mapping/parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "fhir/mapping/token_stream.h"

namespace fhir::mapping {
namespace {

template <typename Mode>
struct ModeName { std::string_view name; Mode mode; };

constexpr ModeName<UsesMode> kUsesModes[] = {{"source", UsesMode::kSource}, {"queried", UsesMode::kQueried},
                                             {"target", UsesMode::kTarget}, {"produced", UsesMode::kProduced}};
constexpr ModeName<SourceListMode> kSourceModes[] = {{"first", SourceListMode::kFirst}, {"not_first", SourceListMode::kNotFirst},
                                                     {"last", SourceListMode::kLast}, {"not_last", SourceListMode::kNotLast},
                                                     {"only_one", SourceListMode::kOnlyOne}};
constexpr ModeName<TargetListMode> kTargetModes[] = {{"first", TargetListMode::kFirst}, {"share", TargetListMode::kShare},
                                                     {"last", TargetListMode::kLast}, {"collate", TargetListMode::kCollate},
                                                     {"single", TargetListMode::kSingle}};
// Operators of a conceptmap row and the ConceptMap equivalence that each means.
constexpr std::pair<std::string_view, std::string_view> kEquivalences[] = {
    {"-", "relatedto"}, {"=", "equivalent"}, {"==", "equal"}, {"!=", "disjoint"}, {"<=", "wider"}, {">=", "narrower"}, {"~", "inexact"}};

constexpr int kDeepestRules = 60;

class Parser {
 public:
  explicit Parser(TokenStream stream) : in_(std::move(stream)) {}

  Result<std::unique_ptr<Map>> Run() {
    map_->file = std::string(in_.file());
    TRY(Head());
    while (in_.Peek().Is("conceptmap")) {
      TRY(ConceptMapBlock());
    }
    while (true) {
      if (in_.Peek().Is("uses")) {
        TRY(UsesLine());
      } else if (in_.Peek().Is("imports")) {
        TRY(ImportLine());
      } else if (in_.Peek().Is("let")) {
        TRY(ConstantLine());
      } else if (in_.Peek().Is("conceptmap")) {
        TRY(ConceptMapBlock());
      } else {
        break;
      }
    }
    while (in_.Peek().Is("group")) {
      TRY(GroupBlock());
    }
    if (!in_.AtEnd() || map_->groups.empty()) return in_.Unexpected(map_->groups.empty() ? "'uses', 'imports', 'let', 'conceptmap' or 'group'" : "'group' or the end of the file");
    return std::move(map_);
  }

 private:
  Result<void> Head() {
    for (const auto& [name, value] : in_.metadata()) {
      if (name == "url") map_->url = value;
      if (name == "name") map_->name = value;
    }
    if (in_.Peek().Is("map")) {
      in_.Next();
      TRY_ASSIGN(map_->url, in_.String("the map's url in quotes"));
      TRY(in_.Expect("=", "after the map's url"));
      if (in_.Peek().kind == TokenKind::kString) {
        map_->name = in_.Next().value;
      } else {
        TRY_ASSIGN(map_->name, in_.Name("the map's name"));
      }
    }
    if (map_->url.empty()) return in_.Unexpected("'map \"url\" = \"name\"' or a line '/// url = \"…\"'");
    return {};
  }

  Result<void> UsesLine() {
    Uses uses;
    uses.place = in_.Next().place;
    TRY_ASSIGN(uses.url, in_.String("the url of a structure in quotes"));
    if (in_.Accept("alias")) {
      TRY_ASSIGN(uses.alias, in_.Name("the alias"));
    }
    TRY(in_.Expect("as", "and source, queried, target or produced"));
    TRY(ModeOf(kUsesModes, uses.mode, "source, queried, target or produced"));
    map_->uses.push_back(std::move(uses));
    in_.Accept(";");
    return {};
  }

  Result<void> ImportLine() {
    Import import;
    import.place = in_.Next().place;
    TRY_ASSIGN(import.url, in_.String("the url of a map in quotes"));
    map_->imports.push_back(std::move(import));
    in_.Accept(";");
    return {};
  }

  Result<void> ConstantLine() {
    Constant constant;
    in_.Next();
    TRY_ASSIGN(constant.name, in_.Name("the constant's name"));
    TRY(in_.Expect("=", "after the constant's name"));
    TRY_ASSIGN(constant.value, in_.Until({";"}, "the constant's value"));
    TRY(in_.Expect(";", "after the constant"));
    map_->constants.push_back(std::move(constant));
    return {};
  }

  Result<void> ConceptMapBlock() {
    EmbeddedConceptMap block;
    block.place = in_.Next().place;
    TRY_ASSIGN(block.id, in_.String("the concept map's id in quotes, such as \"#genders\""));
    TRY(in_.Expect("{", "after the concept map's id"));
    while (in_.Peek().Is("prefix") && !in_.Peek(1).Is(":")) {
      in_.Next();
      EmbeddedConceptMap::Prefix prefix;
      TRY_ASSIGN(prefix.name, in_.Name("a prefix"));
      TRY(in_.Expect("=", "after the prefix"));
      TRY_ASSIGN(prefix.system, in_.String("the code system's url in quotes"));
      block.prefixes.push_back(std::move(prefix));
      in_.Accept(";");
    }
    while (in_.Peek().Is("unmapped") && !in_.Peek(1).Is(":")) {
      TRY(UnmappedLine(block));
    }
    while (!in_.Accept("}")) {
      TRY(ConceptMapRow(block));
    }
    map_->concept_maps.push_back(std::move(block));
    return {};
  }

  Result<void> UnmappedLine(EmbeddedConceptMap& block) {
    in_.Next();
    EmbeddedConceptMap::Unmapped unmapped;
    TRY(in_.Expect("for", "after unmapped"));
    TRY_ASSIGN(unmapped.prefix, in_.Name("a prefix"));
    TRY(in_.Expect("=", "after the prefix"));
    if (in_.Peek().kind == TokenKind::kString) {
      unmapped.mode = "other-map";
      unmapped.value = in_.Next().value;
    } else if (in_.Accept("provided")) {
      unmapped.mode = "provided";
    } else {
      return in_.Unexpected("'provided' or the url of another concept map in quotes");
    }
    block.unmapped.push_back(std::move(unmapped));
    in_.Accept(";");
    return {};
  }

  Result<void> ConceptMapRow(EmbeddedConceptMap& block) {
    EmbeddedConceptMap::Row row;
    TRY(PrefixedCode(row.source_prefix, row.source_code));
    const auto* found = std::find_if(std::begin(kEquivalences), std::end(kEquivalences),
                                     [&](const auto& entry) { return in_.Peek().Is(entry.first); });
    if (found == std::end(kEquivalences)) return in_.Unexpected("'-', '=', '==', '!=', '<=', '>=' or '~' between the two codes");
    in_.Next();
    row.equivalence = std::string(found->second);
    TRY(PrefixedCode(row.target_prefix, row.target_code));
    block.rows.push_back(std::move(row));
    in_.Accept(";");
    return {};
  }

  // prefix:code, the code in quotes when it is not a plain word or number (words may be joined by '-').
  Result<void> PrefixedCode(std::string& prefix, std::string& code) {
    TRY_ASSIGN(prefix, in_.Name("a prefix of this concept map, ':' and a code"));
    TRY(in_.Expect(":", "between prefix and code"));
    const auto is_word = [](const Token& token) {
      return token.kind == TokenKind::kName || token.kind == TokenKind::kNumber || token.kind == TokenKind::kString ||
             token.kind == TokenKind::kQuotedName;
    };
    if (!is_word(in_.Peek())) return in_.Unexpected("a code");
    std::size_t end = in_.Peek().offset + in_.Peek().raw.size();
    code = in_.Next().value;
    while (in_.Peek().offset == end && (in_.Peek().Is("-") || is_word(in_.Peek())) && in_.Peek().kind != TokenKind::kString) {
      end = in_.Peek().offset + in_.Peek().raw.size();
      code += in_.Next().value;
    }
    return {};
  }

  Result<void> GroupBlock() {
    Group& group = map_->groups.emplace_back();
    group.place = in_.Next().place;
    TRY_ASSIGN(group.name, in_.Name("the group's name"));
    TRY(in_.Expect("(", "and the group's parameters"));
    do {
      Parameter parameter;
      parameter.place = in_.Peek().place;
      if (in_.Accept("source")) {
        parameter.is_source = true;
      } else if (in_.Accept("target")) {
        parameter.is_source = false;
      } else {
        return in_.Unexpected("'source' or 'target' before a parameter's name");
      }
      TRY_ASSIGN(parameter.name, in_.Name("the parameter's name"));
      if (in_.Accept(":")) {
        TRY_ASSIGN(parameter.type, TypeName());
      }
      group.parameters.push_back(std::move(parameter));
    } while (in_.Accept(","));
    TRY(in_.Expect(")", "or ',' after a parameter"));
    if (in_.Accept("extends")) {
      TRY_ASSIGN(group.extends, in_.Name("the name of the group that this one extends"));
    }
    if (in_.Accept("<<")) {
      TRY(TypeMode(group));
    }
    TRY_ASSIGN(group.rules, RuleBlock());
    return {};
  }

  Result<void> TypeMode(Group& group) {
    if (in_.Accept("types")) {
      group.type_mode = GroupTypeMode::kTypes;
    } else if (in_.Accept("type")) {
      TRY(in_.Expect("+", "in <<type+>>"));
      group.type_mode = GroupTypeMode::kTypeAndTypes;
    } else {
      return in_.Unexpected("'types' or 'type+' between << and >>");
    }
    return in_.Expect(">>", "after the group's type mode");
  }

  Result<std::string> TypeName() {
    if (in_.Peek().kind == TokenKind::kString) return in_.Next().value;
    TRY_ASSIGN(std::string name, in_.Name("a type: an alias of a 'uses' line or a FHIR type"));
    while (in_.Peek().Is(".") && in_.Peek(1).kind == TokenKind::kName) {
      in_.Next();
      name += '.' + in_.Next().value;
    }
    return name;
  }

  Result<std::vector<Rule>> RuleBlock() {
    if (++depth_ > kDeepestRules) return in_.Fail(in_.Peek().place, "rules are nested more than 60 deep");
    TRY(in_.Expect("{", "and rules"));
    std::vector<Rule> rules;
    while (!in_.Accept("}")) {
      if (in_.AtEnd()) return in_.Unexpected("a rule or '}'");
      TRY_ASSIGN(Rule rule, RuleLine());
      rules.push_back(std::move(rule));
    }
    --depth_;
    return rules;
  }

  Result<Rule> RuleLine() {
    Rule rule;
    rule.place = PlaceText(map_->file, in_.Peek().place);
    do {
      TRY_ASSIGN(Source source, SourceClause());
      rule.sources.push_back(std::move(source));
    } while (in_.Accept(","));
    if (in_.Accept("->")) {
      do {
        TRY_ASSIGN(Target target, TargetClause());
        rule.targets.push_back(std::move(target));
      } while (in_.Accept(","));
    }
    const bool has_then = in_.Accept("then");
    if (has_then) {
      TRY(Dependents(rule));
    }
    if (in_.Peek().kind == TokenKind::kString || in_.Peek().kind == TokenKind::kName) rule.name = in_.Next().value;
    if (!in_.Accept(";")) return in_.Unexpected(rule.targets.empty() && !has_then ? "'->', 'then' or ';'" : "';' after the rule");
    rule.is_simple = IsSimple(rule) && !has_then;
    return rule;
  }

  static bool IsSimple(const Rule& rule) {
    if (rule.sources.size() != 1 || rule.targets.size() != 1) return false;
    const Source& source = rule.sources[0];
    const Target& target = rule.targets[0];
    return !source.path.empty() && source.variable.empty() && !target.path.empty() && !target.transform && target.variable.empty();
  }

  Result<void> Dependents(Rule& rule) {
    if (!in_.Peek().Is("{")) {
      do {
        GroupCall call;
        call.place = in_.Peek().place;
        TRY_ASSIGN(call.name, in_.Name("a group's name or '{' after then"));
        TRY_ASSIGN(call.arguments, Arguments());
        rule.calls.push_back(std::move(call));
      } while (in_.Accept(","));
    }
    if (in_.Peek().Is("{")) {
      TRY_ASSIGN(rule.rules, RuleBlock());
    }
    return {};
  }

  Result<Source> SourceClause() {
    Source source;
    source.place = in_.Peek().place;
    TRY_ASSIGN(source.context, in_.Name("a rule: the name of a source variable"));
    TRY_ASSIGN(source.path, PathAfter());
    if (in_.Accept(":")) {
      TRY_ASSIGN(source.type, TypeName());
    }
    if (in_.Peek().kind == TokenKind::kNumber && in_.Peek(1).Is("..")) {
      TRY(Cardinality(source));
    }
    if (in_.Accept("default")) {
      if (in_.Peek().Is("(")) {
        Argument value;
        value.kind = Argument::Kind::kFormula;
        value.place = in_.Peek().place;
        TRY_ASSIGN(value.formula, in_.Parenthesised("the default"));
        source.default_value = std::move(value);
      } else {
        TRY_ASSIGN(source.default_value, SimpleArgument("the default: a literal or an expression in parentheses"));
      }
    }
    for (const auto& entry : kSourceModes) {
      if (!in_.Peek().Is(entry.name)) continue;
      source.list_mode = entry.mode;
      in_.Next();
      break;
    }
    if (in_.Accept("as")) {
      TRY_ASSIGN(source.variable, in_.Name("a variable's name after as"));
    }
    if (in_.Accept("where")) {
      TRY_ASSIGN(source.where, Condition("a condition after where"));
    }
    if (in_.Accept("check")) {
      TRY_ASSIGN(source.check, Condition("a condition after check"));
    }
    if (in_.Accept("log")) {
      TRY_ASSIGN(source.log, Condition("an expression after log"));
    }
    return source;
  }

  // In parentheses by the grammar; many published maps leave them out.
  Result<Formula> Condition(std::string_view what) { return in_.Until({"->", ";", ",", "check", "log", "then"}, what); }

  Result<void> Cardinality(Source& source) {
    TRY_ASSIGN(source.min, Count(in_.Next()));
    in_.Next();
    if (in_.Accept("*")) return {};
    if (in_.Peek().kind != TokenKind::kNumber) return in_.Unexpected("a number or '*' after '..'");
    TRY_ASSIGN(source.max, Count(in_.Next()));
    return {};
  }

  Result<std::uint32_t> Count(const Token& token) const {
    std::uint32_t count = 0;
    const char* end = token.raw.data() + token.raw.size();
    const auto [stop, error] = std::from_chars(token.raw.data(), end, count);
    if (error != std::errc() || stop != end) return in_.Fail(token.place, "expected a whole number, found '" + std::string(token.raw) + "'");
    return count;
  }

  // .a.b, with "[x]" of a choice passed over.
  Result<std::vector<std::string>> PathAfter() {
    std::vector<std::string> path;
    while (in_.Accept(".")) {
      TRY_ASSIGN(std::string step, in_.Name("an element's name after '.'"));
      path.push_back(std::move(step));
    }
    if (in_.Peek().Is("[") && in_.Peek(1).Is("x") && in_.Peek(2).Is("]")) {
      for (int i = 0; i < 3; ++i) in_.Next();
    }
    return path;
  }

  Result<Target> TargetClause() {
    Target target;
    target.place = in_.Peek().place;
    if (in_.Peek().Is("(")) {
      TRY_ASSIGN(target.transform, TransformClause());
    } else if (in_.Peek(1).Is("(")) {
      TRY_ASSIGN(target.transform, TransformClause());
    } else {
      TRY_ASSIGN(target.context, in_.Name("a target: a target variable or a transform"));
      TRY_ASSIGN(target.path, PathAfter());
      if (in_.Accept("=")) {
        TRY_ASSIGN(target.transform, TransformClause());
      }
    }
    if (in_.Accept("as")) {
      TRY_ASSIGN(target.variable, in_.Name("a variable's name after as"));
    }
    for (const auto& entry : kTargetModes) {
      if (!in_.Peek().Is(entry.name)) continue;
      target.list_mode = entry.mode;
      in_.Next();
      if (entry.mode == TargetListMode::kShare) {
        TRY_ASSIGN(target.share, in_.Name("the name of what is shared"));
      }
      break;
    }
    return target;
  }

  Result<TransformUse> TransformClause() {
    TransformUse use;
    use.place = in_.Peek().place;
    if (in_.Peek().Is("(")) {
      use.name = "evaluate";
      TRY_ASSIGN(Argument argument, SimpleArgument("an expression"));
      use.arguments.push_back(std::move(argument));
      return use;
    }
    if (in_.Peek().kind == TokenKind::kName && in_.Peek(1).Is("(")) {
      use.name = in_.Next().value;
      if (use.name == "evaluate") {
        TRY_ASSIGN(use.arguments, EvaluateArguments());
      } else {
        TRY_ASSIGN(use.arguments, Arguments());
      }
      return use;
    }
    use.name = "copy";
    TRY_ASSIGN(Argument argument, SimpleArgument("a value: a variable, a literal, a transform or an expression in parentheses"));
    use.arguments.push_back(std::move(argument));
    return use;
  }

  // evaluate(focus, FHIRPath) or evaluate(FHIRPath); older maps write the expression as a string.
  Result<std::vector<Argument>> EvaluateArguments() {
    std::vector<Argument> arguments;
    in_.Next();
    if (in_.Peek().kind == TokenKind::kName && in_.Peek(1).Is(",")) {
      TRY_ASSIGN(Argument focus, SimpleArgument("a variable"));
      arguments.push_back(std::move(focus));
      in_.Next();
    }
    Argument expression;
    expression.kind = Argument::Kind::kFormula;
    expression.place = in_.Peek().place;
    if (in_.Peek().kind == TokenKind::kString && in_.Peek(1).Is(")")) {
      expression.formula.place = in_.Peek().place;
      expression.formula.text = in_.Next().value;
    } else {
      TRY_ASSIGN(expression.formula, in_.Until({")", ";"}, "an expression"));
    }
    arguments.push_back(std::move(expression));
    TRY(in_.Expect(")", "after evaluate's expression"));
    return arguments;
  }

  Result<std::vector<Argument>> Arguments() {
    std::vector<Argument> arguments;
    TRY(in_.Expect("(", "and arguments"));
    if (in_.Accept(")")) return arguments;
    do {
      TRY_ASSIGN(Argument argument, SimpleArgument("an argument: a variable, a literal or an expression in parentheses"));
      arguments.push_back(std::move(argument));
    } while (in_.Accept(","));
    TRY(in_.Expect(")", "or ',' after an argument"));
    return arguments;
  }

  Result<Argument> SimpleArgument(std::string_view what) {
    Argument argument;
    const Token& token = in_.Peek();
    argument.place = token.place;
    argument.text = token.value;
    if (token.kind == TokenKind::kString) {
      argument.kind = Argument::Kind::kString;
    } else if (token.kind == TokenKind::kNumber) {
      argument.kind = Argument::Kind::kNumber;
    } else if (token.kind == TokenKind::kDate) {
      argument.kind = Argument::Kind::kDate;
      argument.text.erase(0, 1);
    } else if ((token.Is("-") || token.Is("+")) && in_.Peek(1).kind == TokenKind::kNumber) {
      argument.kind = Argument::Kind::kNumber;
      argument.text = (token.Is("-") ? "-" : "") + in_.Peek(1).value;
      in_.Next();
    } else if (token.Is("true") || token.Is("false")) {
      argument.kind = Argument::Kind::kBoolean;
    } else if (token.Is("(")) {
      argument.kind = Argument::Kind::kFormula;
      TRY_ASSIGN(argument.formula, in_.Parenthesised("an expression"));
      return argument;
    } else if (token.kind == TokenKind::kName || token.kind == TokenKind::kQuotedName || token.Is("%")) {
      return VariableArgument(std::move(argument), what);
    } else {
      return in_.Unexpected(what);
    }
    in_.Next();
    return argument;
  }

  // A variable, or variable.path, which is a short expression.
  Result<Argument> VariableArgument(Argument argument, std::string_view what) {
    in_.Accept("%");
    TRY_ASSIGN(argument.text, in_.Name(what));
    if (!in_.Peek().Is(".")) return argument;
    TRY_ASSIGN(const std::vector<std::string> path, PathAfter());
    argument.kind = Argument::Kind::kFormula;
    argument.formula.place = argument.place;
    argument.formula.text = "%`" + argument.text + '`';
    for (const std::string& step : path) argument.formula.text += ".`" + step + '`';
    return argument;
  }

  template <typename Modes, typename Mode>
  Result<void> ModeOf(const Modes& modes, Mode& mode, std::string_view what) {
    for (const auto& entry : modes) {
      if (!in_.Accept(entry.name)) continue;
      mode = entry.mode;
      return {};
    }
    return in_.Unexpected(what);
  }

  TokenStream in_;
  std::unique_ptr<Map> map_ = std::make_unique<Map>();
  int depth_ = 0;
};

}  // namespace

Result<std::unique_ptr<Map>> ParseMap(std::string_view file, std::string_view text) {
  TRY_ASSIGN(std::vector<Token> tokens, Tokenize(file, text));
  return Parser(TokenStream(file, text, std::move(tokens))).Run();
}

}  // namespace fhir::mapping
