// Functions on texts (https://hl7.org/fhirpath/N1/#string-manipulation). Places and lengths count
// characters, not bytes.
#include <utility>

#include "fhir/base/text.h"
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

using Text = std::optional<std::string_view>;

// The only text of the input; nothing for none. Other kinds of value are an error.
Result<Text> Input(const Call& call) {
  if (call.input.empty()) return Text();
  const std::optional<Scalar> scalar = call.input.size() == 1 ? ToScalar(call.input[0]) : std::nullopt;
  const Element* const* element = std::get_if<const Element*>(&call.input[0]);
  if (call.input.size() == 1 && element && (*element)->kind == ValueKind::kNull) return Text();
  if (!scalar || scalar->type == SystemType::kQuantity) {
    return Evaluator::Fail(call.node, call.node.text + "() takes one text.");
  }
  return Text(scalar->text);
}

// The text argument, held in `held`.
Result<std::optional<std::string>> TextArgument(Evaluator& evaluator, const Call& call, std::size_t index) {
  TRY_ASSIGN(std::optional<SystemValue> value, evaluator.ScalarArgument(call, index));
  if (!value) return std::optional<std::string>();
  if (value->type != SystemType::kString) return Evaluator::Fail(call.argument(index), call.node.text + "() takes a text here.");
  return std::optional<std::string>(std::move(value->text));
}

// A function of the input and one text argument; nothing when either is missing.
template <typename F>
Result<Values> WithText(Evaluator& evaluator, const Call& call, F function) {
  TRY_ASSIGN(const Text input, Input(call));
  TRY_ASSIGN(const std::optional<std::string> argument, TextArgument(evaluator, call, 0));
  if (!input || !argument) return Values();
  TRY(evaluator.Spend(input->size() / 64, call.node));
  return One(function(*input, std::string_view(*argument)));
}

template <typename F>
Result<Values> OfText(Evaluator& evaluator, const Call& call, F function) {
  TRY_ASSIGN(const Text input, Input(call));
  if (!input) return Values();
  TRY(evaluator.Spend(input->size() / 64, call.node));
  return One(function(*input));
}

Value Place(std::string_view text, std::size_t at) {
  return Integer(at == std::string_view::npos ? -1 : static_cast<std::int64_t>(CountCharacters(text.substr(0, at))));
}

std::size_t ByteOf(std::string_view text, std::int64_t characters) {
  std::size_t at = 0;
  for (; characters > 0 && at < text.size(); --characters) at += Utf8Length(text, at);
  return at;
}

Result<std::optional<std::int64_t>> WholeArgument(Evaluator& evaluator, const Call& call, std::size_t index) {
  TRY_ASSIGN(const std::optional<SystemValue> value, evaluator.ScalarArgument(call, index));
  if (!value) return std::optional<std::int64_t>();
  const std::optional<Decimal> number = value->type == SystemType::kInteger ? Decimal::Parse(value->text) : std::nullopt;
  if (!number) return Evaluator::Fail(call.argument(index), call.node.text + "() takes a whole number here.");
  return number->ToInt64();
}

Values SplitText(std::string_view text, std::string_view separator) {
  Values out;
  for (std::size_t from = 0;;) {
    const std::size_t at = text.find(separator, from);
    out.push_back(String(std::string(text.substr(from, at == std::string_view::npos ? at : at - from))));
    if (at == std::string_view::npos) return out;
    from = at + separator.size();
  }
}

Values Characters(std::string_view text) {
  Values out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = Utf8Length(text, at);
    out.push_back(String(std::string(text.substr(at, length))));
    at += length;
  }
  return out;
}

// An empty pattern stands before, between and after all characters.
std::string ReplaceAll(std::string_view text, std::string_view pattern, std::string_view with) {
  std::string out;
  if (pattern.empty()) {
    out += with;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t length = Utf8Length(text, at);
      out += text.substr(at, length);
      out += with;
      at += length;
    }
    return out;
  }
  for (std::size_t from = 0;;) {
    const std::size_t at = text.find(pattern, from);
    if (at == std::string_view::npos) {
      out += text.substr(from);
      return out;
    }
    out += text.substr(from, at - from);
    out += with;
    from = at + pattern.size();
  }
}

Value Cased(std::string_view text, char from, char to, int shift) {
  std::string out(text);
  for (char& c : out) {
    if (c >= from && c <= to) c = static_cast<char>(c + shift);
  }
  return String(std::move(out));
}

}  // namespace

Result<Values> IndexOf(Evaluator& evaluator, const Call& call) {
  return WithText(evaluator, call, [](std::string_view text, std::string_view what) { return Place(text, text.find(what)); });
}

Result<Values> LastIndexOf(Evaluator& evaluator, const Call& call) {
  return WithText(evaluator, call, [](std::string_view text, std::string_view what) { return Place(text, text.rfind(what)); });
}

Result<Values> StartsWith(Evaluator& evaluator, const Call& call) {
  return WithText(evaluator, call, [](std::string_view text, std::string_view what) { return Boolean(text.starts_with(what)); });
}

Result<Values> EndsWith(Evaluator& evaluator, const Call& call) {
  return WithText(evaluator, call, [](std::string_view text, std::string_view what) { return Boolean(text.ends_with(what)); });
}

Result<Values> Contains(Evaluator& evaluator, const Call& call) {
  return WithText(evaluator, call, [](std::string_view text, std::string_view what) { return Boolean(text.find(what) != std::string_view::npos); });
}

Result<Values> Upper(Evaluator& evaluator, const Call& call) {
  return OfText(evaluator, call, [](std::string_view text) { return Cased(text, 'a', 'z', 'A' - 'a'); });
}

Result<Values> Lower(Evaluator& evaluator, const Call& call) {
  return OfText(evaluator, call, [](std::string_view text) { return Cased(text, 'A', 'Z', 'a' - 'A'); });
}

Result<Values> Trim(Evaluator& evaluator, const Call& call) {
  return OfText(evaluator, call, [](std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\f\v";
    const std::size_t from = text.find_first_not_of(kSpace);
    if (from == std::string_view::npos) return String({});
    return String(std::string(text.substr(from, text.find_last_not_of(kSpace) + 1 - from)));
  });
}

Result<Values> Length(Evaluator& evaluator, const Call& call) {
  return OfText(evaluator, call, [](std::string_view text) { return Integer(static_cast<std::int64_t>(CountCharacters(text))); });
}

Result<Values> Substring(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Text input, Input(call));
  TRY_ASSIGN(const std::optional<std::int64_t> start, WholeArgument(evaluator, call, 0));
  if (!input || !start || *start < 0) return Values();
  TRY(evaluator.Spend(input->size() / 64, call.node));
  const std::size_t from = ByteOf(*input, *start);
  if (from >= input->size()) return Values();
  std::string_view rest = input->substr(from);
  if (call.argument_count() > 1) {
    TRY_ASSIGN(const std::optional<std::int64_t> length, WholeArgument(evaluator, call, 1));
    if (length) rest = rest.substr(0, ByteOf(rest, *length));
  }
  return One(String(std::string(rest)));
}

Result<Values> Replace(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Text input, Input(call));
  TRY_ASSIGN(const std::optional<std::string> pattern, TextArgument(evaluator, call, 0));
  TRY_ASSIGN(const std::optional<std::string> with, TextArgument(evaluator, call, 1));
  if (!input || !pattern || !with) return Values();
  // What comes out may be as long as both multiplied.
  TRY(evaluator.Spend(input->size() * (1 + with->size()) / 8, call.node));
  return One(String(ReplaceAll(*input, *pattern, *with)));
}

Result<Values> ToChars(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Text input, Input(call));
  if (!input) return Values();
  TRY(evaluator.Spend(input->size(), call.node));
  return Characters(*input);
}

Result<Values> Split(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const Text input, Input(call));
  TRY_ASSIGN(const std::optional<std::string> separator, TextArgument(evaluator, call, 0));
  if (!input || !separator) return Values();
  TRY(evaluator.Spend(input->size(), call.node));
  return separator->empty() ? Characters(*input) : SplitText(*input, *separator);
}

Result<Values> Join(Evaluator& evaluator, const Call& call) {
  std::optional<std::string> separator = std::string();
  if (call.argument_count() > 0) {
    TRY_ASSIGN(separator, TextArgument(evaluator, call, 0));
  }
  if (call.input.empty()) return Values();
  std::string out;
  bool first = true;
  for (const Value& value : call.input) {
    const std::optional<Scalar> scalar = ToScalar(value);
    if (!scalar || scalar->type != SystemType::kString) return Evaluator::Fail(call.node, "join() takes texts only.");
    if (!first && separator) out += *separator;
    first = false;
    TRY(evaluator.Spend((scalar->text.size() + (separator ? separator->size() : 0)) / 8, call.node));
    out += scalar->text;
  }
  return One(String(std::move(out)));
}

}  // namespace fhir::path::functions
