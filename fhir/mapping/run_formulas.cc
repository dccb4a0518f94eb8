// FHIRPath in a run, and which source scalars a computed value depends on.
#include <algorithm>

#include "fhir/mapping/primitive_text.h"
#include "fhir/mapping/run.h"

namespace fhir::mapping {
namespace {

// Trials for one computed value: so many times the elements it reaches. What is beyond counts as not carried.
constexpr std::size_t kTrialBudget = 50'000;

// A scalar, or the parts of a small data type (a Quantity is read as one value).
void AddLeaves(const Element& element, std::vector<const Element*>& out) {
  if (element.leaf != 0 && element.has_value()) out.push_back(&element);
  if (!element.Find("value")) return;
  for (const Element& child : Children(element)) {
    if (child.leaf != 0 && child.has_value()) out.push_back(&child);
  }
}

// Changes one character of a source value and puts it back at the end of the scope. The characters are a copy,
// since the value may share its text with others.
class Changed {
 public:
  Changed(const Element& element, std::size_t at) : element_(const_cast<Element&>(element)), before_(element.text), text_(element.text) {
    if (element.kind == ValueKind::kBoolean) {
      text_ = before_ == "true" ? "false" : "true";
    } else if (!text_.empty()) {
      char& c = text_[at];
      const bool is_digit = c >= '0' && c <= '9';
      c = is_digit ? (c == '9' ? '1' : static_cast<char>(c + 1)) : (c == 'q' ? 'z' : 'q');
    }
    element_.text = text_;
  }
  ~Changed() { element_.text = before_; }
  Changed(const Changed&) = delete;
  Changed& operator=(const Changed&) = delete;

 private:
  Element& element_;
  std::string_view before_;
  std::string text_;
};

// The first and the last letter or digit: a value counts as used when both changes show.
std::vector<std::size_t> PlacesToChange(std::string_view text) {
  const auto counts = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (static_cast<unsigned char>(c) & 0x80) != 0; };
  const auto first = std::find_if(text.begin(), text.end(), counts);
  if (first == text.end()) return {0};
  const auto last = std::find_if(text.rbegin(), text.rend(), counts);
  const std::size_t a = static_cast<std::size_t>(first - text.begin());
  const std::size_t b = static_cast<std::size_t>(text.rend() - last) - 1;
  return a == b ? std::vector<std::size_t>{a} : std::vector<std::size_t>{a, b};
}

struct Written {
  std::string text, unit;
  const Element* element;
  bool operator==(const Written&) const = default;
};

// Elements by identity (copying them carries their own leaves), computed values by what they say.
std::vector<Written> Write(const path::Collection& values) {
  std::vector<Written> written;
  for (const path::Value& value : values) {
    if (const auto* computed = std::get_if<path::SystemValue>(&value)) {
      written.push_back({computed->text, computed->unit, nullptr});
    } else {
      written.push_back({{}, {}, *std::get_if<const Element*>(&value)});
    }
  }
  return written;
}

}  // namespace

path::Context Run::ContextOf(const Formula& formula, const Scope& scope) const {
  path::Context context;
  context.registry = &registry_;
  context.resolve = context_.resolve;
  context.now = context_.now;
  if (formula.text.find('%') != std::string::npos) {
    for (const auto& [name, values] : context_.variables) context.variables.emplace_back(name, values);
  }
  for (const auto& [name, values] : constants_) {
    if (std::find(formula.variables.begin(), formula.variables.end(), name) != formula.variables.end()) context.variables.emplace_back(name, values);
  }
  for (const std::string& name : formula.variables) {
    const Variable* variable = Find(scope, name);
    if (!variable) continue;
    path::Collection values;
    if (variable->element()) values.push_back(path::Value(variable->element()));
    context.variables.emplace_back(name, std::move(values));
  }
  return context;
}

std::optional<path::Collection> Run::Evaluate(const Formula& formula, const Element* focus, const Scope& scope) {
  path::Collection foci;
  if (focus) foci.push_back(path::Value(focus));
  auto values = formula.compiled->Evaluate(foci, ContextOf(formula, scope));
  if (values) return *std::move(values);
  Report(Severity::kError, "processing", "'" + formula.text + "' cannot be evaluated: " + values.error().text(), focus);
  return std::nullopt;
}

bool Run::Holds(const Formula& formula, const Element& focus, const Scope& scope) {
  auto answer = formula.compiled->EvaluateBoolean(focus, ContextOf(formula, scope));
  if (answer) return *answer;
  Report(Severity::kError, "processing", "'" + formula.text + "' cannot be evaluated: " + answer.error().text(), &focus);
  return false;
}

std::vector<Datum> Run::EvaluateToData(const Formula& formula, const Element* focus, const Scope& scope) {
  const std::optional<path::Collection> values = Evaluate(formula, focus, scope);
  std::vector<Datum> data;
  if (!values) return data;
  bool any_computed = false;
  for (const path::Value& value : *values) {
    Datum& datum = data.emplace_back();
    if (const Element* const* element = std::get_if<const Element*>(&value)) {
      datum.element = *element;
      datum.kind = (*element)->has_value() ? (*element)->kind : ValueKind::kNone;
      datum.text = std::string((*element)->value());
      datum.type = std::string(TypeNameOf(**element, registry_));
      continue;
    }
    const path::SystemValue& computed = *std::get_if<path::SystemValue>(&value);
    any_computed = true;
    datum.text = computed.text;
    datum.type = std::string(TypeOf(computed.type));
    datum.kind = KindOf(datum.type);
    if (computed.type == path::SystemType::kTime && datum.text.starts_with('T')) datum.text.erase(0, 1);
    if (computed.type == path::SystemType::kQuantity && !computed.unit.empty()) datum.text += ' ' + computed.unit;
  }
  // Elements that the evaluation made live as long as its answer does.
  const auto elsewhere = [&](const Datum& datum) { return datum.element && (!focus || datum.element->Root() != focus->Root()); };
  if (std::any_of(data.begin(), data.end(), elsewhere)) kept_.push_back(*values);
  if (!any_computed || !context_.coverage) return data;
  const std::vector<std::uint32_t> leaves = LeavesBehind(formula, focus, scope, *values);
  for (Datum& datum : data) {
    if (!datum.element) datum.leaves = leaves;
  }
  return data;
}

// Found by trial: a scalar stands behind the result when changing it changes the result, wherever in the
// text. So a comparison that was false and stays false, or a part that is cut off, does not count as carried.
std::vector<std::uint32_t> Run::LeavesBehind(const Formula& formula, const Element* focus, const Scope& scope, const path::Collection& result) {
  std::vector<const Element*> candidates;
  std::size_t reached = 1;
  path::Context context = ContextOf(formula, scope);
  context.reached = [&](const Element& element) {
    ++reached;
    AddLeaves(element, candidates);
  };
  path::Collection foci;
  if (focus) {
    foci.push_back(path::Value(focus));
    AddLeaves(*focus, candidates);
  }
  for (const std::string& name : formula.variables) {
    const Variable* variable = Find(scope, name);
    if (variable && variable->source) AddLeaves(*variable->source, candidates);
  }
  if (!formula.compiled->Evaluate(foci, context)) return {};
  context.reached = nullptr;
  std::sort(candidates.begin(), candidates.end(), [](const Element* a, const Element* b) { return a->leaf < b->leaf; });
  candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
  candidates.resize(std::min(candidates.size(), std::max<std::size_t>(4, kTrialBudget / reached)));
  const std::vector<Written> before = Write(result);
  std::vector<std::uint32_t> leaves;
  for (const Element* candidate : candidates) {
    bool always = true;
    for (const std::size_t at : PlacesToChange(candidate->text)) {
      const Changed changed(*candidate, at);
      const auto after = formula.compiled->Evaluate(foci, context);
      always = always && (!after || Write(*after) != before);
    }
    if (always) leaves.push_back(candidate->leaf);
  }
  return leaves;
}

void Run::EvaluateConstants(const Map& map, const Element* focus) {
  for (const Constant& constant : map.constants) {
    Scope none;
    if (auto values = Evaluate(constant.value, focus, none)) constants_.emplace_back(constant.name, *std::move(values));
  }
}

}  // namespace fhir::mapping
