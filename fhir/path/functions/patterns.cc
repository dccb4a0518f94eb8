// Regular expressions, by RE2: linear in the text, whatever the pattern. Look-around and back references
// do not exist in it.
#include <re2/re2.h>

#include <utility>

#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

// Compiling costs some hundreds of microseconds, as much as this many steps.
constexpr std::size_t kCompileSteps = 2000;

using Regex = std::shared_ptr<const re2::RE2>;

struct Subject {
  std::string_view text;
  Regex regex;
};

re2::RE2::Options Options() {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_dot_nl(true);   // https://hl7.org/fhirpath/N1/#matchesregex--string--boolean: single-line mode
  options.set_max_mem(4 << 20);
  return options;
}

// The pattern, as prepared when it is a literal.
Result<Regex> Compiled(Evaluator& evaluator, const Call& call, const std::string& pattern) {
  Regex regex = std::static_pointer_cast<const re2::RE2>(call.node.prepared);
  if (!regex) {
    TRY(evaluator.Spend(kCompileSteps, call.node));
    regex = std::make_shared<const re2::RE2>(pattern, Options());
  }
  if (regex->ok()) return regex;
  return Evaluator::Fail(call.argument(0), "The regular expression '" + pattern + "' cannot be used: " + regex->error() + ".");
}

// Input and pattern; nothing when either is missing.
Result<std::optional<Subject>> Get(Evaluator& evaluator, const Call& call) {
  std::optional<Scalar> input;
  if (!call.input.empty()) {
    input = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
    if (!input) return Evaluator::Fail(call.node, call.node.text + "() takes one text.");
  }
  TRY_ASSIGN(std::optional<SystemValue> pattern, evaluator.ScalarArgument(call, 0));
  if (!input || !pattern) return std::optional<Subject>();
  TRY(evaluator.Spend(8 + input->text.size() / 8, call.node));
  TRY_ASSIGN(Regex regex, Compiled(evaluator, call, pattern->text));
  return std::optional<Subject>(Subject{input->text, std::move(regex)});
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

Result<Values> Match(Evaluator& evaluator, const Call& call, re2::RE2::Anchor anchor) {
  TRY_ASSIGN(const std::optional<Subject> subject, Get(evaluator, call));
  if (!subject) return Values();
  return One(Boolean(subject->regex->Match(Piece(subject->text), 0, subject->text.size(), anchor, nullptr, 0)));
}

// "$1" and "${name}" as RE2 writes them ("\1"); its own backslashes escaped.
std::string Rewrite(std::string_view with, const re2::RE2& regex) {
  std::string out;
  for (std::size_t at = 0; at < with.size(); ++at) {
    if (with[at] == '\\') {
      out += "\\\\";
    } else if (with[at] == '$' && at + 1 < with.size() && with[at + 1] >= '0' && with[at + 1] <= '9') {
      out += '\\';
      out += with[++at];
    } else if (const std::size_t end = with.find('}', at); with.substr(at, 2) == "${" && end != std::string_view::npos) {
      const auto& groups = regex.NamedCapturingGroups();
      const auto group = groups.find(std::string(with.substr(at + 2, end - at - 2)));
      if (group != groups.end() && group->second < 10) out += "\\" + std::to_string(group->second);
      at = end;
    } else {
      out += with[at];
    }
  }
  return out;
}

}  // namespace

std::shared_ptr<const void> PreparePattern(const Node& call) {
  const Node& pattern = *call.parts[1];
  if (pattern.kind != NodeKind::kLiteral || pattern.literal.type != SystemType::kString) return nullptr;
  return std::make_shared<const re2::RE2>(pattern.literal.text, Options());
}

Result<Values> Matches(Evaluator& evaluator, const Call& call) { return Match(evaluator, call, re2::RE2::UNANCHORED); }
Result<Values> MatchesFull(Evaluator& evaluator, const Call& call) { return Match(evaluator, call, re2::RE2::ANCHOR_BOTH); }

Result<Values> ReplaceMatches(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const std::optional<Subject> subject, Get(evaluator, call));
  TRY_ASSIGN(const std::optional<SystemValue> with, evaluator.ScalarArgument(call, 1));
  if (!subject || !with) return Values();
  std::string text(subject->text);
  const re2::RE2& regex = *subject->regex;
  if (regex.pattern().empty()) return One(String(std::move(text)));
  TRY(evaluator.Spend(text.size() * (1 + with->text.size()) / 8, call.node));
  const std::string rewrite = Rewrite(with->text, regex);
  std::string problem;
  if (!regex.CheckRewriteString(rewrite, &problem)) return Evaluator::Fail(call.argument(1), "The replacement names a group that is not there: " + problem + ".");
  re2::RE2::GlobalReplace(&text, regex, rewrite);
  return One(String(std::move(text)));
}

}  // namespace fhir::path::functions
