// What a cell may hold, by what its field holds.
#include "adapters/council/ledger/cells.h"

#include <algorithm>
#include <optional>

#include "fhir/base/date_time.h"

namespace adapters::council::ledger {

using fhir::Result;

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The pattern's parts: 'y', 'M', 'd' with how many letters, or a separator.
struct DatePart {
  char letter = 0;         // 0: a separator
  std::size_t count = 0;
  char separator = 0;
};

std::vector<DatePart> PartsOf(std::string_view pattern) {
  std::vector<DatePart> parts;
  for (std::size_t at = 0; at < pattern.size();) {
    const char c = pattern[at];
    if (c != 'y' && c != 'M' && c != 'd') {
      parts.push_back({0, 0, c});
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < pattern.size() && pattern[end] == c) ++end;
    parts.push_back({c, end - at, 0});
    at = end;
  }
  return parts;
}

std::string Padded(int number, std::size_t width) {
  std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// Exactly as the pattern says; a midnight may stand behind it, as exports of spreadsheets have it.
std::string ReadDay(std::string_view pattern, std::string_view text) {
  int year = 0, month = 0, day = 0;
  for (const DatePart& part : PartsOf(pattern)) {
    if (part.letter == 0) {
      if (text.empty() || text[0] != part.separator) return {};
      text.remove_prefix(1);
      continue;
    }
    const std::size_t most = part.letter == 'y' ? 4 : 2;
    std::size_t count = 0;
    int number = 0;
    while (count < text.size() && count < most && IsDigit(text[count])) number = number * 10 + (text[count++] - '0');
    if (count < part.count) return {};
    text.remove_prefix(count);
    (part.letter == 'y' ? year : part.letter == 'M' ? month : day) = number;
  }
  if (!text.empty() && text != " 00:00" && text != " 00:00:00" && text != "T00:00:00") return {};
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > fhir::DaysInMonth(year, month)) return {};
  return Padded(year, 4) + "-" + Padded(month, 2) + "-" + Padded(day, 2);
}

// In JSON's form; nothing for what is no number of the layout's. Thousands must stand by threes.
std::optional<std::string> Decimal(const Layout& layout, std::string_view text) {
  const std::size_t point = std::min(text.find(layout.decimal), text.size());
  std::string_view whole = text.substr(0, point);
  const std::string_view places = point < text.size() ? text.substr(point + 1) : std::string_view();
  std::string digits;
  if (layout.thousands != 0 && whole.find(layout.thousands) != std::string_view::npos) {
    std::size_t first = whole.find(layout.thousands);
    if (first == 0 || first > 3) return std::nullopt;
    digits = whole.substr(0, first);
    for (whole.remove_prefix(first); !whole.empty(); whole.remove_prefix(4)) {
      if (whole.size() < 4 || whole[0] != layout.thousands) return std::nullopt;
      digits += whole.substr(1, 3);
    }
  } else {
    digits = whole;
  }
  if (digits.empty() || digits.size() > 15 || !std::ranges::all_of(digits, IsDigit) || !std::ranges::all_of(places, IsDigit)) return std::nullopt;
  if (point < text.size() && places.empty()) return std::nullopt;
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  return places.empty() ? digits : digits + "." + std::string(places);
}

constexpr std::string_view kMoneyAllowed = "Allowed: pounds with at most two places, without a currency sign, such as ";

void ReadMoney(const Layout& layout, std::string_view text, CellAnswer& answer) {
  answer.negative = text[0] == '-';
  if (answer.negative) text.remove_prefix(1);
  const auto number = Decimal(layout, text);
  const std::size_t point = number ? number->find('.') : std::string::npos;
  const std::size_t places = point == std::string::npos ? 0 : number->size() - point - 1;
  if (!number || places > 2) {
    answer.fault = std::string(!number ? "The value is not an amount of money" : "The amount has " + std::to_string(places) + " decimal places") + ". " +
                   std::string(kMoneyAllowed) + "123" + layout.decimal + "45.";
    return;
  }
  answer.text = *number + (places == 0 ? ".00" : places == 1 ? "0" : "");
  if (answer.text.size() > 13 || (answer.text.size() == 13 && answer.text > "1000000000.00")) answer.fault = "The amount is above a thousand million pounds, which no personal budget is.";
}

void ReadWord(const ColumnUse& use, const Codes& codes, bool open, std::string_view text, CellAnswer& answer) {
  const Word* word = use.FindGiven(text);
  const auto known = codes.find(*use.field);
  if (word) {
    answer.text = word->code;
    if (use.FindCode(word->code)->given != text) answer.word = text;
    return;
  }
  const bool is_code = known != codes.end() && std::ranges::find(known->second, text) != known->second.end();
  if (is_code && (use.words.empty() || open)) {
    answer.text = text;
    return;
  }
  if (open) {
    answer.word = text;
    return;
  }
  std::string allowed;
  for (const Word& other : use.words) (allowed += allowed.empty() ? "" : "; ") += other.given;
  if (use.words.empty() && known != codes.end()) {
    for (const std::string& code : known->second) (allowed += allowed.empty() ? "" : "; ") += code;
  }
  answer.fault = QuotedCell(text) + " is not one of its words. Allowed: " + allowed + ".";
}

}  // namespace

CellAnswer ReadCell(const Layout& layout, const ColumnUse& use, const Codes& codes, std::string_view cell) {
  CellAnswer answer;
  const std::string_view text = TrimCell(cell);
  if (text.empty()) return answer;
  if (HasControl(text)) {
    answer.fault = "The cell holds a control character, which is not text.";
    return answer;
  }
  switch (FactsOf(*use.field).holds) {
    case Holds::kText:
      answer.text = text;
      break;
    case Holds::kDay:
      answer.text = ReadDay(layout.date, text);
      if (answer.text.empty()) answer.fault = QuotedCell(text) + " is not a day there is, written as " + layout.date + ".";
      break;
    case Holds::kMoney:
      ReadMoney(layout, text, answer);
      break;
    case Holds::kNumber:
      if (auto number = Decimal(layout, text); number && number->size() - std::min(number->find('.'), number->size()) <= 5 && number->size() <= 18) {
        answer.text = *std::move(number);
      } else {
        answer.fault = "The value is not a number from 0 on with at most four decimal places.";
      }
      break;
    case Holds::kWord:
      ReadWord(use, codes, false, text, answer);
      break;
    case Holds::kOpenWord:
      ReadWord(use, codes, true, text, answer);
      break;
  }
  return answer;
}

std::string WriteDay(const Layout& layout, std::string_view day) {
  if (day.size() != 10) return std::string(day);
  std::string text;
  for (const DatePart& part : PartsOf(layout.date)) {
    if (part.letter == 0) {
      text += part.separator;
      continue;
    }
    std::string_view digits = part.letter == 'y' ? day.substr(0, 4) : part.letter == 'M' ? day.substr(5, 2) : day.substr(8, 2);
    if (part.count == 1 && digits[0] == '0') digits.remove_prefix(1);
    text += digits;
  }
  return text;
}

std::string WriteMoney(const Layout& layout, std::string_view amount) {
  std::string text(amount);
  std::ranges::replace(text, '.', layout.decimal);
  return text;
}

std::string WriteCell(const Layout& layout, const ColumnUse& use, std::string_view value, std::string_view word) {
  switch (use.field ? FactsOf(*use.field).holds : Holds::kText) {
    case Holds::kDay:
      return WriteDay(layout, value);
    case Holds::kMoney:
    case Holds::kNumber:
      return WriteMoney(layout, value);
    case Holds::kWord:
    case Holds::kOpenWord: {
      if (value.empty()) return std::string(word);
      const Word* given = word.empty() ? nullptr : use.FindGiven(word);
      if (given && given->code == value) return std::string(word);
      const Word* own = use.FindCode(value);
      return own ? own->given : std::string(value);
    }
    case Holds::kText:
      break;
  }
  return std::string(value);
}

bool IsDatePattern(std::string_view pattern) {
  const std::vector<DatePart> parts = PartsOf(pattern);
  const auto count = [&](char letter, std::size_t least, std::size_t most) {
    return std::ranges::count_if(parts, [&](const DatePart& part) { return part.letter == letter && part.count >= least && part.count <= most; }) == 1;
  };
  const bool letters = count('y', 4, 4) && count('M', 1, 2) && count('d', 1, 2);
  const bool separators = std::ranges::all_of(parts, [](const DatePart& part) { return part.letter != 0 ||
      std::string_view("/-. ").find(part.separator) != std::string_view::npos; });
  // Without separators, the letters must say how many digits there are.
  const bool told_apart = parts.size() == 5 || std::ranges::all_of(parts, [](const DatePart& part) { return part.letter != 0 && part.count >= 2; });
  return letters && separators && told_apart && (parts.size() == 5 || parts.size() == 3);
}

Result<std::vector<std::string>> SplitLine(std::string_view line, char delimiter, Encoding encoding) {
  std::vector<std::string> cells;
  CsvReader reader(encoding, delimiter);
  const CsvReader::Sink sink = [&](const CsvRow& row) -> Result<void> {
    for (const std::string_view cell : row.cells) cells.emplace_back(TrimCell(cell));
    return {};
  };
  TRY(reader.Read(line, sink));
  TRY(reader.Finish(sink));
  return cells;
}

}  // namespace adapters::council::ledger
