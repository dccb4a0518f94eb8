// Date parameters: every date is a range of time (https://hl7.org/fhir/R4/search.html#date).
#include <algorithm>
#include <cstdint>
#include <optional>

#include "fhir/base/date_time.h"
#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {
namespace {

struct Span {
  std::int64_t low = INT64_MIN, high = INT64_MAX;
};

std::optional<Span> OfText(std::string_view text) {
  const std::optional<DateTime> at = DateTime::Parse(text);
  if (!at) return std::nullopt;
  return Span{at->FirstMicrosecond(), at->EndMicrosecond()};
}

// An end that is not written, or not readable, is open; with neither there is nothing.
std::optional<Span> OfPeriod(const Element& period) {
  const std::optional<Span> start = OfText(period.ValueOf("start")), end = OfText(period.ValueOf("end"));
  if (!start && !end) return std::nullopt;
  Span span;
  if (start) span.low = start->low;
  if (end) span.high = end->high;
  return span;
}

// From the first to the last of its events and bounds; how it repeats between does not matter.
std::optional<Span> OfTiming(const Element& timing) {
  std::optional<Span> whole;
  const auto widen = [&whole](const std::optional<Span>& span) {
    if (!span) return;
    if (!whole) {
      whole = *span;
    } else {
      whole = Span{std::min(whole->low, span->low), std::max(whole->high, span->high)};
    }
  };
  for (const Element& event : Repeats(timing, "event")) widen(OfText(event.value()));
  if (const Element* bounds = timing.Walk("repeat", "boundsPeriod")) widen(OfPeriod(*bounds));
  return whole;
}

}  // namespace

void Date(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  std::optional<Span> span;
  const std::string_view type = TypeOf(found);
  if (type == "Period") {
    span = OfPeriod(*ElementOf(found));
  } else if (type == "Timing") {
    span = OfTiming(*ElementOf(found));
  } else {
    span = OfText(TextOf(found));
  }
  if (!span) return;
  IndexValue& value = Add(out, parameter, ValueType::kDate);
  value.low_us = span->low;
  value.high_us = span->high;
}

}  // namespace fhir::search::types
