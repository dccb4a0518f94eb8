// Reading and writing of amounts.
#include "fhir/money/amount.h"

#include <algorithm>
#include <utility>

namespace fhir::money {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

Error Refuse(std::string_view text, std::string_view why) {
  // What is shown is bounded: it comes from outside.
  std::string shown(text.substr(0, 40));
  if (text.size() > shown.size()) shown += "…";
  return Error(ErrorKind::kUnprocessable, "The amount is '" + shown + "': " + std::string(why)).WithIssueType("value");
}

}  // namespace

Result<Pence> ParsePence(std::string_view text) {
  if (text.starts_with('-')) return Refuse(text, "it must not be negative; what takes money back is a kind of entry (reclaim, reversal), not a sign");
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view pounds = text.substr(0, point), rest = point == text.size() ? std::string_view() : text.substr(point + 1);
  const bool digits = !pounds.empty() && std::ranges::all_of(pounds, IsDigit) && std::ranges::all_of(rest, IsDigit);
  if (!digits || (point != text.size() && rest.empty())) return Refuse(text, "allowed are digits with at most two places after a point, such as 12.50");
  if (rest.size() > 2) return Refuse(text, "at most two places are allowed after the point");
  Pence pence = 0;
  for (const char digit : pounds) {
    pence = pence * 10 + (digit - '0');
    if (pence > kMaxWritten / 100) return Refuse(text, "at most " + FormatPence(kMaxWritten) + " is allowed");
  }
  pence *= 100;
  if (!rest.empty()) pence += (rest[0] - '0') * 10;
  if (rest.size() > 1) pence += rest[1] - '0';
  if (pence > kMaxWritten) return Refuse(text, "at most " + FormatPence(kMaxWritten) + " is allowed");
  return pence;
}

std::string FormatPence(Pence pence) {
  // The smallest value has no opposite, so the digits are taken one by one.
  const Pence pounds = pence / 100, places = pence % 100;
  std::string text = pence < 0 && pounds == 0 ? "-" : "";
  text += std::to_string(pounds);
  text += '.';
  text += static_cast<char>('0' + (places < 0 ? -places : places) / 10);
  text += static_cast<char>('0' + (places < 0 ? -places : places) % 10);
  return text;
}

Result<Amount> ReadAmount(const Element& money) {
  const Element* value = money.Find("value");
  if (!value || !value->has_value()) {
    return Error(ErrorKind::kUnprocessable, "An amount of money is needed, such as {\"value\": 12.50, \"currency\": \"GBP\"}")
        .WithIssueType("required").At(PathOf(money));
  }
  auto pence = ParsePence(value->value());
  if (!pence) return std::move(pence).error().At(PathOf(*value));
  Amount amount{*pence};
  if (const Element* currency = money.Find("currency"); currency && currency->has_value()) {
    const std::string_view code = currency->value();
    if (code.size() != 3 || !std::ranges::all_of(code, [](char c) { return c >= 'A' && c <= 'Z'; })) {
      return Error(ErrorKind::kUnprocessable, "The currency is '" + std::string(code.substr(0, 40)) + "'; allowed is a code of ISO 4217, such as GBP")
          .WithIssueType("value").At(PathOf(*currency));
    }
    amount.currency = code;
  }
  return amount;
}

void WriteAmount(Document& document, Element* money, const Amount& amount) {
  document.AddNumber(money, "value", FormatPence(amount.pence));
  document.AddString(money, "currency", amount.currency);
}

}  // namespace fhir::money
