// Events are weighed from the least to the latest, so that the last word stays.
#include "adapters/council/cld/picture.h"

#include <algorithm>
#include <iterator>
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
    picture_.needs = InOrder(needs_);
    picture_.budgets = InOrder(budgets_);
    picture_.cared_for = InOrder(cared_for_);
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

  using ByKey = std::map<std::string, Value, std::less<>>;

  // One wording for all, whatever the order: the first in the alphabet.
  static void Share(ByKey& shared, const std::string& key, const std::string& text, std::uint32_t line) {
    const auto [at, is_new] = shared.try_emplace(key, Value{text, line});
    if (is_new) return;
    if (text < at->second.text || (text == at->second.text && at->second.line == 0)) at->second = {text, line};
  }

  static std::vector<Shared> InOrder(const ByKey& shared) {
    std::vector<Shared> all;
    for (const auto& [key, value] : shared) all.push_back({key, value});
    return all;
  }

  void PaintShared(const Said& said) {
    const Event& event = said.event;
    if (!event[kPrimarySupportReason].empty()) {
      Share(needs_, NeedKey(lists_, event[kPersonId], event[kPrimarySupportReason]), event[kPrimarySupportReason], said.line);
    }
    if (IsService(event) && (!event[kDeliveryMechanism].empty() || IsCharged(event))) {
      Share(budgets_, BudgetKey(lists_, event[kPersonId], event[kDeliveryMechanism]), event[kDeliveryMechanism], said.line);
    }
    if (event.withdrawn) return;
    for (const Column column : {kAdult1, kAdult2, kAdult3}) {
      if (!event[column].empty() && event[column] != event[kPersonId]) Share(cared_for_, event[column], event[column], said.line);
    }
  }

  // What the record says of the event in a column that is not its own.
  std::string_view Shown(const Event& event, const Placed& placed, const ColumnFacts& column) const {
    switch (column.of) {
      case Of::kPatient:
        return picture_.person[static_cast<std::size_t>(column.column)].text;
      case Of::kFact:
        return FactOn(column.column, event[kEventStart]);
      case Of::kNeed:
        return Wording(needs_, placed.need);
      case Of::kAccount:
        return Wording(budgets_, placed.budget);
      case Of::kEvent:
        if (column.column == kEventEnd) return placed.end;
        return HasPlace(event[kEventType], column.column) ? std::string_view(event[column.column]) : std::string_view();
      case Of::kFile:
        break;
    }
    return event[column.column];
  }

  static std::string_view Wording(const ByKey& shared, std::string_view key) {
    const auto at = shared.find(key);
    return at == shared.end() ? std::string_view() : std::string_view(at->second.text);
  }

  // Runs stand by column and then by day.
  std::string_view FactOn(Column column, const std::string& day) const {
    const auto after = std::ranges::upper_bound(picture_.runs, std::pair(column, std::string_view(day)), {},
                                                [](const Run& run) { return std::pair(run.column, std::string_view(run.first)); });
    if (after == picture_.runs.begin()) return {};
    const Run& run = *std::prev(after);
    return run.column == column && day <= run.last ? std::string_view(run.value.text) : std::string_view();
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
  ByKey needs_, budgets_, cared_for_;
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
