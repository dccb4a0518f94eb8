// Which resources make up one event, and whose word holds for a cell: the Patient's, then a dated fact's, then the
// need's, the budget's, the charge's and the event's own, then what the event says was given.
#include "adapters/council/cld/backward.h"

#include <algorithm>
#include <map>
#include <set>

#include "adapters/base/stored.h"
#include "adapters/council/cld/back_maps.h"
#include "adapters/council/cld/keys.h"
#include "adapters/council/cld/lost.h"
#include "fhir/base/date_time.h"
#include "fhir/model/lookup.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Repeats;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kAsGiven = "https://careloom.example/fhir/StructureDefinition/as-given";
constexpr std::string_view kDay = "0000-00-00";
constexpr std::string_view kEver = "9999-99-99";
constexpr std::string_view kEventTypes[] = {"ServiceRequest", "Task", "EpisodeOfCare"};

std::string_view Day(std::string_view date) { return date.substr(0, kDay.size()); }

std::string_view PatientMember(std::string_view type) { return type == "Task" ? "for" : type == "EpisodeOfCare" || type == "RelatedPerson" ? "patient" : "subject"; }

std::int64_t Microseconds(std::string_view instant) {
  const auto time = fhir::DateTime::Parse(instant);
  return time ? time->FirstMicrosecond() : 0;
}

// The value of a cell from one day to another.
struct Dated {
  std::string value, from, to;
  std::string reach;  // of this one and all that began before it, the latest `to`
};

class Assembly {
 public:
  Assembly(const BackMaps& maps, const Stored& stored, std::string_view scope, std::string_view person, fhir::IssueSink& outcome)
      : maps_(maps), stored_(stored), scope_(scope), person_(person), outcome_(outcome), names_lost_(outcome.Keeps(Severity::kWarning)) {}

  Result<std::vector<Event>> Run() {
    for (const Stored::Item& item : stored_.Of("Patient")) {
      if (IdentifierOf(*item.resource, SystemOf("la-person-id", scope_)) == person_) patient_ = &item;
    }
    if (!patient_) return std::vector<Event>();
    TRY_ASSIGN(PartOfRow patient, Read(*patient_));
    patient_cells_ = std::move(patient.cells);
    TRY(ReadFacts());
    for (const std::string_view type : {"Condition", "Account"}) {
      for (const Stored::Item& item : stored_.Of(type)) items_[item.resource] = &item;
    }
    FindCharges();
    for (const std::string_view type : kEventTypes) {
      for (const Stored::Item& item : stored_.Of(type)) {
        const std::string_view key = IdentifierOf(*item.resource, SystemOf("cld-event", scope_));
        if (key.empty() || !IsOurs(*item.resource)) continue;
        TRY(AddEvent(item, key));
      }
    }
    std::ranges::sort(events_, {}, &Event::key);
    if (names_lost_) NameUnread();
    return std::move(events_);
  }

 private:
  bool IsOurs(const Element& resource) const {
    return stored_.Resolve(resource.Find(PatientMember(resource.resource_type())), "Patient") == patient_->resource;
  }

  // Each resource is read once, and what it says beyond its cells is named then.
  Result<PartOfRow> Read(const Stored::Item& item) {
    read_.insert(item.resource);
    TRY_ASSIGN(PartOfRow part, maps_.Run(item, stored_, names_lost_, outcome_));
    if (names_lost_) NameLost(*item.resource, part.carried, outcome_);
    return part;
  }

  Result<const PartOfRow*> ReadOnce(const Element* resource) {
    const auto item = items_.find(resource);
    if (item == items_.end()) return nullptr;
    if (const auto at = parts_.find(resource); at != parts_.end()) return &at->second;
    TRY_ASSIGN(PartOfRow part, Read(*item->second));
    return &parts_.emplace(resource, std::move(part)).first->second;
  }

  Result<void> ReadFacts() {
    for (const Stored::Item& item : stored_.Of("Observation")) {
      const Element& fact = *item.resource;
      if (IdentifierOf(fact, SystemOf("cld-fact", scope_)).empty() || !IsOurs(fact)) continue;
      if (IsWithdrawn(fact)) {
        read_.insert(&fact);
        continue;
      }
      TRY_ASSIGN(const PartOfRow part, Read(item));
      const Element* period = fact.Find("effectivePeriod");
      const std::string_view from = Day(period ? period->ValueOf("start") : fact.ValueOf("effectiveDateTime"));
      const std::string_view to = Day(period ? period->ValueOf("end") : fact.ValueOf("effectiveDateTime"));
      for (std::size_t column = 0; column < kColumnCount; ++column) {
        if (!part.cells[column].empty()) facts_[column].push_back({part.cells[column], std::string(from), std::string(to.empty() ? kEver : to), {}});
      }
    }
    for (auto& [column, runs] : facts_) {
      std::ranges::sort(runs, {}, [](const Dated& run) { return std::tie(run.from, run.to, run.value); });
      std::string_view reach;
      for (Dated& run : runs) {
        reach = std::max(reach, std::string_view(run.to));
        run.reach = reach;
      }
    }
    return {};
  }

  // What holds on that day; of several the one that began last.
  static const Dated* FactOf(const std::vector<Dated>& runs, std::string_view day) {
    auto after = std::ranges::upper_bound(runs, day, {}, [](const Dated& run) { return std::string_view(run.from); });
    for (; after != runs.begin() && std::prev(after)->reach >= day; --after) {
      if (std::prev(after)->to >= day) return &*std::prev(after);
    }
    return nullptr;
  }

  // One for each episode: the one of its key, else that of the least key.
  void FindCharges() {
    const std::string of_charge = SystemOf("cld-charge", scope_), of_event = SystemOf("cld-event", scope_);
    for (const Stored::Item& item : stored_.Of("ChargeItem")) {
      items_[item.resource] = &item;
      const std::string_view key = IdentifierOf(*item.resource, of_charge);
      const Element* episode = key.empty() ? nullptr : stored_.Resolve(item.resource->Find("context"), "EpisodeOfCare");
      if (!episode) continue;
      const auto [at, is_first] = charges_.emplace(episode, item.resource);
      const std::string_view own = IdentifierOf(*episode, of_event), other = IdentifierOf(*at->second, of_charge);
      if (!is_first && other != own && (key == own || key < other)) at->second = item.resource;
    }
  }

  // A resource's word takes the place of what was there.
  static void Lay(const std::array<std::string, kColumnCount>& over, Event& event) {
    for (std::size_t column = 0; column < kColumnCount; ++column) {
      if (!over[column].empty()) event.cells[column] = over[column];
    }
  }

  Result<void> LayOther(const Element* resource, Event& event) {
    if (!resource) return {};
    TRY_ASSIGN(const PartOfRow* part, ReadOnce(resource));
    if (part && (event.withdrawn || !IsWithdrawn(*resource))) Lay(part->cells, event);
    return {};
  }

  const Element* NeedOf(const Element& resource) const {
    if (resource.resource_type() == "EpisodeOfCare") {
      for (const Element& diagnosis : Repeats(resource, "diagnosis")) {
        if (const Element* need = stored_.Resolve(diagnosis.Find("condition"), "Condition")) return need;
      }
      return nullptr;
    }
    for (const Element& reason : Repeats(resource, "reasonReference")) {
      if (const Element* need = stored_.Resolve(&reason, "Condition")) return need;
    }
    return nullptr;
  }

  Result<void> AddEvent(const Stored::Item& item, std::string_view key) {
    const Element& resource = *item.resource;
    TRY_ASSIGN(const PartOfRow own, Read(item));
    Event event;
    event.key = key;
    event.withdrawn = IsWithdrawn(resource);
    event.cells = patient_cells_;
    if (event[Column::kLaCode].empty()) event[Column::kLaCode] = scope_;
    const std::string_view day = Day(own.cells[static_cast<std::size_t>(Column::kEventStart)]);
    for (const auto& [column, runs] : facts_) {
      if (const Dated* fact = FactOf(runs, day)) event.cells[column] = fact->value;
    }
    TRY(LayOther(NeedOf(resource), event));
    const Element* account = stored_.Resolve(resource.Find("account"), "Account");
    if (const auto charge = charges_.find(&resource); charge != charges_.end()) {
      if (!account) account = stored_.Resolve(charge->second->Find("account"), "Account");
      TRY(LayOther(charge->second, event));
    }
    TRY(LayOther(account, event));
    Lay(own.cells, event);
    LayAsGiven(resource, event);
    ReadSubmission(resource, event);
    if (names_lost_) NameContradictions(resource, charges_.contains(&resource) ? charges_.at(&resource) : nullptr, event, outcome_);
    events_.push_back(std::move(event));
    return {};
  }

  void LayAsGiven(const Element& resource, Event& event) {
    for (const Element& extension : Repeats(resource, "extension")) {
      if (extension.ValueOf("url") != kAsGiven) continue;
      const Element* column = PartOf(extension, "column");
      const Element* text = PartOf(extension, "text");
      const std::string_view code = column ? column->ValueOf("valueCode") : std::string_view();
      const auto facts = std::ranges::find(Columns(), code, &ColumnFacts::code);
      if (facts == Columns().end()) {
        outcome_.Report(Severity::kWarning, "value", "as-given names a column that there is not; it was left out.", fhir::PathOf(extension));
        continue;
      }
      const std::string_view given = text ? text->ValueOf("valueString") : std::string_view();
      if (StillHolds(*facts, given, event)) event[facts->column] = given;
    }
  }

  // What was given beside a need or a budget differs from it in wording alone, and an end from the date of death that took
  // its place. Where it differs otherwise, the resource was changed since, and that counts.
  bool StillHolds(const ColumnFacts& column, std::string_view given, const Event& event) const {
    const std::string& now = event[column.column];
    if (now.empty()) return true;   // the event has no place for it
    if (column.column == Column::kEventEnd) return now == patient_cells_[static_cast<std::size_t>(Column::kDateOfDeath)];
    if (column.of != Of::kNeed && column.of != Of::kAccount) return true;
    return maps_.lists().ReleaseTwoOf(column.column, given) == maps_.lists().ReleaseTwoOf(column.column, now);
  }

  static void ReadSubmission(const Element& resource, Event& event) {
    const Element* submitted = fhir::FindOwnExtension(resource, "as-submitted");
    if (!submitted) return;
    if (const Element* period = PartOf(*submitted, "period")) {
      const Element* value = period->Find("valuePeriod");
      event.said_by.from = value ? value->ValueOf("start") : std::string_view();
      event.said_by.to = value ? value->ValueOf("end") : std::string_view();
    }
    if (const Element* received = PartOf(*submitted, "received")) event.said_by.received_us = Microseconds(received->ValueOf("valueInstant"));
  }

  // Resources of the person's that no event needed, and what was added to the ones that are made of all events.
  void NameUnread() {
    for (const auto& [type, kind] : {std::pair("CarePlan", "cld-plan"), std::pair("RelatedPerson", "cld-carer")}) {
      for (const Stored::Item& item : stored_.Of(type)) {
        if (!IsOurs(*item.resource) || IdentifierOf(*item.resource, SystemOf(kind, scope_)).empty()) continue;
        read_.insert(item.resource);
        NameLost(*item.resource, {}, outcome_);
      }
    }
    for (const std::string_view type : {"Observation", "Condition", "Account", "ChargeItem", "ServiceRequest", "Task", "EpisodeOfCare", "CarePlan"}) {
      for (const Stored::Item& item : stored_.Of(type)) {
        if (read_.contains(item.resource) || IsWithdrawn(*item.resource) || !IsOurs(*item.resource)) continue;
        outcome_.Report(Severity::kInformation, "not-supported",
                        std::string(type) + "/" + std::string(item.resource->ValueOf("id")) + " is part of no event of a council's file; it was left out.");
      }
    }
  }

  const BackMaps& maps_;
  const Stored& stored_;
  const std::string_view scope_, person_;
  fhir::IssueSink& outcome_;
  const bool names_lost_;
  const Stored::Item* patient_ = nullptr;
  std::array<std::string, kColumnCount> patient_cells_;
  std::map<std::size_t, std::vector<Dated>> facts_;       // by column, in the order they began
  std::map<const Element*, const Stored::Item*> items_;    // Conditions, Accounts, ChargeItems
  std::map<const Element*, PartOfRow> parts_;              // of these, the ones that were read
  std::map<const Element*, const Element*> charges_;       // by episode
  std::set<const Element*> read_;
  std::vector<Event> events_;
};

class Maps final : public Backward {
 public:
  explicit Maps(std::shared_ptr<const BackMaps> maps) : maps_(std::move(maps)) {}

  Result<std::vector<Event>> EventsOf(std::span<const fhir::Document> stored, std::string_view scope, std::string_view person,
                                      fhir::IssueSink& outcome) const override {
    const Stored index(stored);
    return Assembly(*maps_, index, scope, person, outcome).Run();
  }

 private:
  std::shared_ptr<const BackMaps> maps_;
};

}  // namespace

Result<std::shared_ptr<const Backward>> Backward::Load(const AdapterContext& context, std::shared_ptr<const fhir::schema::Registry> registry) {
  TRY_ASSIGN(auto maps, BackMaps::Load(context, std::move(registry)));
  return std::shared_ptr<const Backward>(std::make_shared<Maps>(std::move(maps)));
}

}  // namespace adapters::council::cld
