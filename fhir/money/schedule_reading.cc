// A planned line from its ChargeItem.
#include <algorithm>
#include <charconv>
#include <utility>

#include "fhir/money/ledger.h"
#include "fhir/model/lookup.h"
#include "fhir/money/schedule.h"

namespace fhir::money {
namespace {

constexpr std::int64_t kMaxUnits = 1'000'000;
constexpr std::int32_t kMaxCount = 10'000;

Error Refuse(const Element& at, std::string text, std::string_view issue = "value") {
  return Error(ErrorKind::kUnprocessable, std::move(text)).WithIssueType(std::string(issue)).At(PathOf(at));
}

std::string Shown(const Element& element) { return "'" + std::string(element.value().substr(0, 40)) + "'"; }

Result<std::optional<Pence>> ReadUnitPrice(const Element& charge_item) {
  const Element* extension = FindExtension(charge_item, extension::kUnitPrice);
  const Element* money = extension ? extension->Find("valueMoney") : nullptr;
  if (!money) return std::optional<Pence>();
  TRY_ASSIGN(const Amount amount, ReadAmount(*money));
  return std::optional(amount.pence);
}

Result<std::optional<Fraction>> ReadQuantity(const Element& charge_item) {
  const Element* value = charge_item.Walk("quantity", "value");
  if (!value || !value->has_value()) return std::optional<Fraction>();
  const auto quantity = Fraction::Parse(value->value());
  if (quantity && !quantity->is_negative() && quantity->Compare(Fraction(kMaxUnits)) <= 0) return quantity;
  return Refuse(*value, "The quantity is " + Shown(*value) + "; allowed are 0 to " + std::to_string(kMaxUnits) + " with at most six places");
}

// `frequency` and `period` are counts; absent they are 1.
Result<std::int32_t> ReadCount(const Element& repeat, std::string_view name) {
  const Element* element = repeat.Find(name);
  if (!element || !element->has_value()) return 1;
  std::string_view text = element->value();
  // A period is a decimal: "4.0" is four.
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos && text.find_first_not_of('0', point + 1) == std::string_view::npos) text = text.substr(0, point);
  std::int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc() && end == text.data() + text.size() && count > 0 && count <= kMaxCount) return count;
  return Refuse(*element, "The " + std::string(name) + " is " + Shown(*element) + "; allowed are whole numbers from 1 to " + std::to_string(kMaxCount));
}

// What `repeat` says; nothing when it has no periodUnit.
Result<std::optional<Frequency>> ReadRepeat(const Element& repeat) {
  const Element* unit = repeat.Find("periodUnit");
  if (!unit || !unit->has_value()) return std::optional<Frequency>();
  Frequency frequency;
  if (unit->value() == "d") {
    frequency.unit = Frequency::Unit::kDay;
  } else if (unit->value() == "wk") {
    frequency.unit = Frequency::Unit::kWeek;
  } else if (unit->value() == "mo") {
    frequency.unit = Frequency::Unit::kMonth;
  } else if (unit->value() == "a") {
    frequency.unit = Frequency::Unit::kYear;
  } else {
    return Refuse(*unit, "The unit of the period is " + Shown(*unit) + "; allowed are d, wk, mo and a");
  }
  TRY_ASSIGN(frequency.times, ReadCount(repeat, "frequency"));
  TRY_ASSIGN(frequency.count, ReadCount(repeat, "period"));
  return std::optional(frequency);
}

struct Occurrence {
  Days days;
  std::optional<Frequency> frequency;   // none: `quantity` units a week
  std::string_view word;                // as it was given, for messages
  bool by_council = false;              // in the words of Client Level Data, whose quantity is always units a week
};

Result<Days> ReadDay(const Element& element) {
  const auto day = ParseDay(element.value());
  if (!day) return Refuse(element, "A whole day is needed, such as 2026-04-01; found is " + Shown(element));
  return Days{*day, *day};
}

Result<Occurrence> ReadOccurrence(const Element& charge_item) {
  Occurrence occurrence;
  occurrence.frequency = Frequency{1, 1, Frequency::Unit::kOnce};
  if (const Element* moment = charge_item.Find("occurrenceDateTime")) {
    TRY_ASSIGN(occurrence.days, ReadDay(*moment));
    return occurrence;
  }
  if (const Element* period = charge_item.Find("occurrencePeriod"); period && !period->ValueOf("start").empty()) {
    TRY_ASSIGN(occurrence.days, ReadDays(*period));
    return occurrence;
  }
  const Element* timing = charge_item.Find("occurrenceTiming");
  const Element* repeat = timing ? timing->Find("repeat") : nullptr;
  const Element* bounds = repeat ? repeat->Find("boundsPeriod") : nullptr;
  if (!bounds || bounds->ValueOf("start").empty()) {
    return Refuse(timing ? *timing : charge_item,
                  "A planned line needs its first day: occurrenceTiming.repeat.boundsPeriod.start, or occurrenceDateTime of what is paid once", "required");
  }
  TRY_ASSIGN(occurrence.days, ReadDays(*bounds));
  TRY_ASSIGN(const auto said, ReadRepeat(*repeat));
  const Element* code = timing->Find("code");
  const Element* coding = code ? code->Find("coding") : nullptr;
  occurrence.word = coding ? coding->ValueOf("code") : code ? code->ValueOf("text") : std::string_view();
  occurrence.by_council = coding && coding->ValueOf("system") == code_system::kCldCostFrequency;
  if (said) {
    occurrence.frequency = said;
  } else if (!occurrence.word.empty()) {
    occurrence.frequency = ParseFrequency(occurrence.word);
  }
  return occurrence;
}

}  // namespace

Result<PlanLine> ReadPlanLine(const Element& charge_item, std::string* lacks) {
  const auto needs = [&](std::string text) {
    if (lacks && lacks->empty()) *lacks = std::move(text);
  };
  PlanLine line;
  TRY_ASSIGN(const auto unit_price, ReadUnitPrice(charge_item));
  if (!unit_price) needs("its unit price: an extension " + std::string(extension::kUnitPrice) + " with valueMoney");
  line.unit_price = unit_price.value_or(0);
  TRY_ASSIGN(const auto quantity, ReadQuantity(charge_item));
  TRY_ASSIGN(const Occurrence occurrence, ReadOccurrence(charge_item));
  line.first = occurrence.days.first;
  line.last = occurrence.days.last;
  const Fraction units = quantity && !(occurrence.by_council && occurrence.frequency) ? *quantity : Fraction(1);
  if (!occurrence.frequency) {
    if (!quantity) needs("quantity: the units a week of what is paid '" + std::string(occurrence.word.substr(0, 40)) + "'");
    line.units_a_week = quantity.value_or(Fraction());
  } else if (occurrence.frequency->unit == Frequency::Unit::kOnce) {
    line.once = units;
  } else {
    // Both are bounded, so that it fits.
    line.units_a_week = *TimesAWeek(*occurrence.frequency)->Times(units);
  }
  return line;
}

}  // namespace fhir::money
