// The parser of the Mapping Language: recursive descent, one function for each thing of the grammar.
#include "fhir/mapping/parser.h"

#include <algorithm>
#include <utility>

#include "fhir/mapping/clauses.h"

namespace fhir::mapping {
namespace {

constexpr std::pair<std::string_view, UsesMode> kUsesModes[] = {{"source", UsesMode::kSource}, {"queried", UsesMode::kQueried},
                                             {"target", UsesMode::kTarget}, {"produced", UsesMode::kProduced}};

constexpr int kDeepestRules = 60;

class Parser {
 public:
  explicit Parser(TokenStream stream) : in_(std::move(stream)) {}

  Result<std::unique_ptr<Map>> Run() {
    map_->file = std::string(in_.file());
    TRY(Head());
    while (true) {
      if (in_.Peek().Is("uses")) {
        TRY(UsesLine());
      } else if (in_.Peek().Is("imports")) {
        TRY(ImportLine());
      } else if (in_.Peek().Is("let")) {
        TRY(ConstantLine());
      } else if (in_.Peek().Is("conceptmap")) {
        TRY_ASSIGN(EmbeddedConceptMap block, ParseConceptMap(in_));
        map_->concept_maps.push_back(std::move(block));
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
    const auto* mode = std::find_if(std::begin(kUsesModes), std::end(kUsesModes), [&](const auto& entry) { return in_.Accept(entry.first); });
    if (mode == std::end(kUsesModes)) return in_.Unexpected("source, queried, target or produced");
    uses.mode = mode->second;
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
        TRY_ASSIGN(parameter.type, ParseTypeName(in_));
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
      TRY_ASSIGN(Source source, ParseSource(in_));
      rule.sources.push_back(std::move(source));
    } while (in_.Accept(","));
    if (in_.Accept("->")) {
      do {
        TRY_ASSIGN(Target target, ParseTarget(in_));
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
        TRY_ASSIGN(call.arguments, ParseArguments(in_));
        rule.calls.push_back(std::move(call));
      } while (in_.Accept(","));
    }
    if (in_.Peek().Is("{")) {
      TRY_ASSIGN(rule.rules, RuleBlock());
    }
    return {};
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
