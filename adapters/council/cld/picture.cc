// Events are weighed from the least to the latest, so that the last word stays.
#include "adapters/council/cld/picture.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "adapters/council/cld/keys.h"

namespace adapters::council::cld {
namespace {

using enum Column;

bool IsService(const Event& event) { return event[kEventType] == "Service"; }

class Painter {
 public:
  Painter(std::span<const Said> events, const Lists& lists) : lists_(lists), all_(events) {
    for (const Said& said : events) {
      if (!said.event.withdrawn) weighed_.push_back(&said);
    }
    if (weighed_.empty()) {
      for (const Said& said : events) weighed_.push_back(&said);
    }
    std::ranges::sort(weighed_, [](const Said* a, const Said* b) { return Weight(a->event) < Weight(b->event); });
  }

  Picture Paint() {
    PaintPerson();
    for (const ColumnFacts& column : Columns()) {
      if (column.of == Of::kFact) PaintFact(column.column);
    }
    for (const Said& said : all_) PaintShared(said);
    for (const Said& said : all_) Place(said);
    return std::move(picture_);
  }

 private:
  static std::tuple<std::string_view, std::int64_t, std::string_view, std::string_view> Weight(const Event& event) {
    return {event.said_by.to, event.said_by.received_us, event[kEventStart], event.key};
  }

  void PaintPerson() {
    if (weighed_.empty()) return;
    const Submission& last = weighed_.back()->event.said_by;
    for (const ColumnFacts& column : Columns()) {
      if (column.of != Of::kPatient) continue;
      for (const Said* said : weighed_) {
        const std::string& text = said->event[column.column];
        const bool of_last = said->event.said_by.to == last.to && said->event.said_by.received_us == last.received_us;
        if (text.empty() || (column.column == kDateOfDeath && !of_last)) continue;
        Value& value = picture_.person[static_cast<std::size_t>(column.column)];
        if (value.text != text || value.line == 0) value = {text, said->line};
      }
    }
  }

  void PaintFact(Column column) {
    std::map<std::string_view, const Said*> days;
    for (const Said* said : weighed_) {
      if (!said->event[column].empty()) days[said->event[kEventStart]] = said;
    }
    const Run* open = nullptr;
    for (const auto& [day, said] : days) {
      const std::string& text = said->event[column];
      if (open && CodeOf(column, open->value.text) == CodeOf(column, text)) {
        picture_.runs.back().last = day;
      } else {
        picture_.runs.push_back({column, std::string(day), std::string(day), {text, said->line}});
      }
      open = &picture_.runs.back();
    }
  }

  std::string_view CodeOf(Column column, std::string_view text) const {
    return FactsOf(column).holds == Holds::kList ? lists_.ReleaseTwoOf(column, text) : text;
  }

  static void Share(std::vector<Shared>& shared, std::string key, const std::string& text, std::uint32_t line) {
    const auto at = std::ranges::find(shared, key, &Shared::key);
    if (at == shared.end()) {
      shared.push_back({std::move(key), {text, line}});
    } else if (text < at->value.text) {   // one wording for all, whatever the order
      at->value = {text, line};
    } else if (text == at->value.text && at->value.line == 0) {
      at->value.line = line;
    }
  }

  void PaintShared(const Said& said) {
    const Event& event = said.event;
    if (!event[kPrimarySupportReason].empty()) {
      Share(picture_.needs, NeedKey(lists_, event[kPersonId], event[kPrimarySupportReason]), event[kPrimarySupportReason], said.line);
    }
    if (IsService(event) && (!event[kDeliveryMechanism].empty() || IsCharged(event))) {
      Share(picture_.budgets, BudgetKey(lists_, event[kPersonId], event[kDeliveryMechanism]), event[kDeliveryMechanism], said.line);
    }
    if (event.withdrawn) return;
    for (const Column column : {kAdult1, kAdult2, kAdult3}) {
      if (!event[column].empty() && event[column] != event[kPersonId]) Share(picture_.cared_for, event[column], event[column], said.line);
    }
  }

  // What the record says of the event in a column that is not its own.
  std::string_view Shown(const Event& event, const Placed& placed, const ColumnFacts& column) const {
    switch (column.of) {
      case Of::kPatient:
        return picture_.person[static_cast<std::size_t>(column.column)].text;
      case Of::kFact:
        for (const Run& run : picture_.runs) {
          if (run.column == column.column && run.first <= event[kEventStart] && event[kEventStart] <= run.last) return run.value.text;
        }
        return {};
      case Of::kNeed:
        return Wording(picture_.needs, placed.need);
      case Of::kAccount:
        return Wording(picture_.budgets, placed.budget);
      case Of::kEvent:
        if (column.column == kEventEnd) return placed.end;
        return HasPlace(event[kEventType], column.column) ? std::string_view(event[column.column]) : std::string_view();
      case Of::kFile:
        break;
    }
    return event[column.column];
  }

  static std::string_view Wording(const std::vector<Shared>& shared, std::string_view key) {
    const auto at = std::ranges::find(shared, key, &Shared::key);
    return at == shared.end() ? std::string_view() : std::string_view(at->value.text);
  }

  void Place(const Said& said) {
    const Event& event = said.event;
    Placed placed{.said = &said, .end = event[kEventEnd], .need = {}, .budget = {}, .as_given = {}};
    const std::string& death = picture_.person[static_cast<std::size_t>(kDateOfDeath)].text;
    const bool outlives = placed.end.empty() || placed.end > death;
    if (!death.empty() && IsService(event) && outlives && event[kEventStart] <= death) placed.end = death;
    if (!event[kPrimarySupportReason].empty()) placed.need = NeedKey(lists_, event[kPersonId], event[kPrimarySupportReason]);
    if (IsService(event) && (!event[kDeliveryMechanism].empty() || IsCharged(event))) {
      placed.budget = BudgetKey(lists_, event[kPersonId], event[kDeliveryMechanism]);
    }
    for (const ColumnFacts& column : Columns()) {
      const std::string& cell = event[column.column];
      if (column.column != kPersonId && Shown(event, placed, column) != cell) placed.as_given.push_back({column.column, cell});
    }
    picture_.events.push_back(std::move(placed));
  }

  const Lists& lists_;
  std::span<const Said> all_;
  std::vector<const Said*> weighed_;
  Picture picture_;
};

}  // namespace

bool HasPlace(std::string_view event_type, Column column) {
  switch (column) {
    case kRouteOfAccess:
      return event_type == "Request";
    case kAssessmentType:
    case kEligibleNeeds:
    case kMethodOfAssessment:
      return event_type == "Assessment";
    case kReviewReason:
    case kReviewOutcomes:
    case kMethodOfReview:
      return event_type == "Review";
    case kServiceType:
    case kServiceComponent:
    case kProviderName:
    case kProviderId:
    case kUnitCost:
    case kCostFrequency:
    case kPlannedUnits:
      return event_type == "Service";
    default:
      return true;
  }
}

bool IsCharged(const Event& event) {
  return IsService(event) && !(event[kUnitCost].empty() && event[kCostFrequency].empty() && event[kPlannedUnits].empty());
}

Picture MakePicture(std::span<const Said> events, const Lists& lists) { return Painter(events, lists).Paint(); }

}  // namespace adapters::council::cld
