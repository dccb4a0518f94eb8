// See joining.h.
#include "server/interactions/joining.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "adapters/base/nhs_number.h"
#include "fhir/json/reader.h"
#include "server/interactions/plan.h"

namespace server::interactions {

using fhir::Document;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::size_t kMostPatients = 100;   // of one person; more is somebody's mistake, and every join would cost more
constexpr int kMostNaming = 1000;            // Patients looked at that name one before it is there, other links of theirs counted

Error TooMany() {
  return Error(ErrorKind::kConflict, "More than " + std::to_string(kMostPatients) +
                                         " Patients would be one person by their NHS number or links. Nothing was stored. Look whether a number was "
                                         "put in for people who have none, and take it out of their Patients.");
}

Error OtherNumber(const std::string& id) {
  return Error(ErrorKind::kConflict, "The message brings a verified NHS number for Patient/" + id +
                                         " that is not the one it has. Nothing of the message was stored. Decide which is right: if the new one, PUT the Patient "
                                         "with it (the old one with use 'old'), then replay the message; if the stored one, have the sender correct the message.");
}

Error TwoNumbers(const std::string& id) {
  return Error(ErrorKind::kConflict, "The message brings two verified NHS numbers for one Patient (Patient/" + id +
                                         "). Nothing of the message was stored. Have the sender correct it, or PUT the Patient with the numbers that are its own and replay the message.");
}

Error OfAnother(const std::string& id) {
  return Error(ErrorKind::kConflict, "Patient/" + id +
                                         " is joined with Patients of another NHS number, and the number it is given now is that of somebody else; both would become one person. Nothing was "
                                         "stored. Leave its links of type replaced-by and replaces out of what you PUT, or give the other number use 'old' first.");
}

Error ApartOnPurpose(const std::string& one, const std::string& other) {
  return Error(ErrorKind::kConflict, "The NHS number is also that of Patient/" + one + " and Patient/" + other +
                                         ", which are not joined with each other, so whose it is cannot be told. Nothing was stored. Decide: join the two (PUT one with a link of type "
                                         "replaced-by to the other), or give the number use 'old' in the one that it does not belong to; then repeat this.");
}

}  // namespace

Result<std::optional<Joining::Patient>> Joining::Load(const std::string& id) {
  auto version = transaction_.Read("Patient", id);
  if (!version && version.error().kind() != ErrorKind::kNotFound) return std::move(version).error();
  if (!version || version->deleted()) return std::optional<Patient>();
  Patient patient{*std::move(version), {}};
  TRY_ASSIGN(patient.document, fhir::json::Read(patient.version.body, {.max_depth = 1000}));
  return std::optional<Patient>(std::move(patient));
}

Result<Joining::Before> Joining::Note(const std::string& id, const std::string& place, Document* carry_into) {
  Before before{id, place, 0, {}, {}};
  TRY_ASSIGN(const std::optional<Patient> stored, Load(id));
  if (!stored) return before;
  before.version = stored->version.version;
  before.numbers = JoiningNumbers(*stored->document.root);
  before.joined = JoinedWith(*stored->document.root);
  if (carry_into) CarryJoins(*stored->document.root, *carry_into);
  return before;
}

Result<void> Joining::BeforePut(const std::string& id, const std::string& place, Document& patient) {
  TRY_ASSIGN(Before before, Note(id, place, from_source_ ? &patient : nullptr));
  before_.push_back(std::move(before));
  return {};
}

Result<void> Joining::BeforeDelete(const std::string& id) {
  TRY_ASSIGN(Before before, Note(id, {}, nullptr));
  before_.push_back(std::move(before));
  return {};
}

Result<void> Joining::Settle() {
  std::vector<std::set<std::string>> left;   // those whom a deletion leaves, by deletion
  for (const Before& before : before_) {
    std::set<std::string> remaining;
    TRY(Part(before, remaining));
    if (remaining.size() > 1) left.push_back(std::move(remaining));
  }
  for (const Before& before : before_) {
    auto joined = Join(before);
    if (joined) continue;
    if (joined.error().kind() != ErrorKind::kConflict) return joined;
    return Placed(joined.error(), before.place.empty() ? "Patient.identifier" : before.place + ".resource.identifier");
  }
  for (const std::set<std::string>& ids : left) {   // they were one person, and stay it
    Person person;
    for (const std::string& id : ids) {
      TRY(Gather(id, person));
    }
    TRY(Unite(person));
  }
  return {};
}

// The other side of links that are gone; with a deletion all links to it go.
Result<void> Joining::Part(const Before& before, std::set<std::string>& left) {
  if (before.joined.empty()) return {};
  TRY_ASSIGN(const std::optional<Patient> now, Load(before.id));
  const std::set<std::string> joined = now ? JoinedWith(*now->document.root) : std::set<std::string>();
  for (const std::string& id : before.joined) {
    if (joined.contains(id)) continue;
    TRY_ASSIGN(std::optional<Patient> other, Load(id));
    if (!other) continue;
    if (!now) left.insert(id);
    if (!RemoveJoin(*other->document.root, before.id)) continue;
    TRY(Put(*other));
  }
  return {};
}

// Adds the Patient and all that links connect with it.
Result<void> Joining::Gather(const std::string& id, Person& person) {
  std::vector<std::string> waiting = {id};
  while (!waiting.empty()) {
    const std::string next = std::move(waiting.back());
    waiting.pop_back();
    if (person.contains(next)) continue;
    TRY_ASSIGN(std::optional<Patient> patient, Load(next));
    if (!patient) continue;
    for (const std::string& joined : JoinedWith(*patient->document.root)) waiting.push_back(joined);
    TRY_ASSIGN(const std::vector<std::string> told, transaction_.PersonOf(next));   // as reads have it: by links of others too
    waiting.insert(waiting.end(), told.begin(), told.end());
    person.emplace(next, *std::move(patient));
    if (person.size() > kMostPatients) return TooMany();
  }
  return {};
}

// Adds those who named the Patient before it was there, with links that join.
Result<void> Joining::GatherNaming(const std::string& id, Person& person) {
  TRY_ASSIGN(const Criteria criteria, ParseCriteria(app_, "Patient", "link=Patient/" + id));
  TRY_ASSIGN(const std::vector<std::string> ids, transaction_.Match(criteria.query, kMostNaming));
  for (const std::string& naming : ids) {
    if (person.contains(naming)) continue;
    Person found;
    TRY(Gather(naming, found));
    const bool joins = std::ranges::any_of(found, [&](const auto& one) { return JoinedWith(*one.second.document.root).contains(id); });
    if (joins) person.merge(found);
  }
  return {};
}

bool Joining::IsNewFor(const std::string& number, const std::string& id) const {
  return std::ranges::any_of(before_, [&](const Before& before) { return before.id == id && !before.numbers.contains(number); });
}

// Those that have this number besides `person`; empty when nobody does. Patients that have had it for longer are one
// person already, or somebody parted them.
Result<Joining::Person> Joining::OthersWith(const std::string& number, const Person& person) {
  TRY_ASSIGN(Criteria criteria, ParseCriteria(app_, "Patient", "identifier=" + std::string(adapters::kNhsNumberSystem) + "|" + number));
  criteria.query.each_patient = true;   // who survives of a person may not be the one with the number
  TRY_ASSIGN(std::vector<std::string> ids, transaction_.Match(criteria.query, kMostPatients + 1));
  if (ids.size() > kMostPatients) return TooMany();
  std::ranges::sort(ids);
  Person others;
  std::string settled;
  for (const auto& [id, one] : person) {
    if (!IsNewFor(number, id) && JoiningNumbers(*one.document.root).contains(number)) settled = id;
  }
  for (const std::string& id : ids) {   // of several that are joined Match tells the surviving one, which need not have it
    if (person.contains(id) || others.contains(id)) continue;
    Person found;
    TRY(Gather(id, found));
    bool any = false, for_longer = false;
    for (const auto& [member, one] : found) {
      if (!JoiningNumbers(*one.document.root).contains(number)) continue;
      any = true;
      for_longer = for_longer || !IsNewFor(number, member);
    }
    if (!any) continue;
    if (for_longer && !settled.empty()) return ApartOnPurpose(settled, id);
    if (for_longer) settled = id;
    others.merge(found);
  }
  return others;
}

Result<void> Joining::Join(const Before& before) {
  const auto now = transaction_.Read("Patient", before.id);
  if (!now || now->deleted() || now->version == before.version) return {};   // nothing was said anew
  Person person;
  TRY(Gather(before.id, person));
  if (before.version == 0) {
    TRY(GatherNaming(before.id, person));
  }
  const auto self = person.find(before.id);
  std::set<std::string> numbers = JoiningNumbers(*self->second.document.root), theirs;
  std::erase_if(numbers, [&](const std::string& number) { return before.numbers.contains(number); });
  for (const auto& [id, one] : person) {
    if (id != before.id) theirs.merge(JoiningNumbers(*one.document.root));
  }
  const auto is_theirs = [&](const std::string& number) { return theirs.contains(number); };
  if (from_source_ && !std::ranges::all_of(numbers, is_theirs)) {
    if (!before.numbers.empty() || !theirs.empty()) return OtherNumber(before.id);
    if (numbers.size() > 1) return TwoNumbers(before.id);
  }
  for (const std::string& number : numbers) {
    TRY_ASSIGN(Person others, OthersWith(number, person));
    if (!others.empty() && !theirs.empty() && !is_theirs(number)) return OfAnother(before.id);
    person.merge(others);
    if (person.size() > kMostPatients) return TooMany();
  }
  return Unite(person);
}

// One survivor, whom all others name and who names all others.
Result<void> Joining::Unite(Person& person) {
  if (person.size() < 2) return {};
  std::vector<std::pair<std::tuple<int, storage::Key>, std::string>> order;
  for (const auto& [id, one] : person) order.push_back({{PrecedenceOf(*one.document.root), one.version.key}, id});
  std::ranges::sort(order);
  Standing standing{order[0].second, {}};
  for (std::size_t i = 1; i < order.size(); ++i) standing.others.push_back(order[i].second);
  for (auto& [id, one] : person) {
    if (!SetJoins(one.document, id, standing)) continue;
    TRY(Put(one));
  }
  return {};
}

Result<void> Joining::Put(Patient& patient) {
  storage::PutRequest request;
  request.type = "Patient";
  request.id = patient.version.id;
  request.document = &patient.document;
  request.keep_as_of = true;
  TRY(transaction_.Put(request));
  rewritten_.insert(request.id);
  return {};
}

}  // namespace server::interactions
