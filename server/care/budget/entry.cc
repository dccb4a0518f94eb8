// Making and finding entries.
#include "server/care/budget/entry.h"

#include <algorithm>
#include <set>

#include "fhir/json/reader.h"
#include "server/care/budget/planned_line.h"
#include "server/search/url.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Kind;
namespace code_system = fhir::money::code_system;
namespace extension = fhir::money::extension;

namespace {

std::string TextOf(const Element& of, std::string_view name) {
  const Element* element = of.Find(name);
  return element ? SortedText(*element) : "";
}

// What entries say that were recorded as one, the amounts apart, and the sum of these.
struct Essence {
  std::set<std::string> said, part_of;
  std::int64_t sum = 0;   // pence; of planned lines millionths
  bool operator==(const Essence&) const = default;
};

Result<void> Add(const Element& charge_item, bool with_goals, Essence& essence) {
  TRY_ASSIGN(const fhir::money::Entry entry, fhir::money::ReadEntry(charge_item));
  std::string said = std::string(CodeOf(entry.kind)) + "\n" + entry.amount.currency + "\n" + fhir::money::FormatDay(entry.day) + "\n" + entry.mechanism + "\n" + entry.subject + "\n" + TextOf(charge_item, "code") + "\n" +
                     TextOf(charge_item, "context") + "\n" + TextOf(charge_item, "occurrenceTiming") + "\n";
  for (const std::string& goal : entry.goals) said += with_goals ? goal + "\n" : "";
  if (entry.plan) said += fhir::money::FormatPence(entry.plan->unit_price);
  essence.said.insert(std::move(said));
  if (entry.part_of) essence.part_of.insert(*entry.part_of);
  if (!entry.plan) {
    essence.sum += entry.amount.pence;
    return {};
  }
  const Element* quantity = charge_item.Walk("quantity", "value");
  const auto value = quantity ? fhir::money::Fraction::Parse(quantity->value()) : std::nullopt;
  const auto millionths = value ? value->Times(fhir::money::Fraction(kMillionth)) : std::nullopt;
  essence.sum += millionths ? millionths->Floor().value_or(0) : kMillionth;
  return {};
}

bool HasOwnCode(Kind kind) { return kind == Kind::kTransfer || kind == Kind::kContribution || kind == Kind::kReclaim; }

}  // namespace

std::string KeyIn(const Family& family, const StoredBudget& leaf, const std::string& value) { return family.parts.empty() ? value : value + "/" + leaf.budget.id; }

Result<void> AddEntry(Writing& writing, const EntryRequest& request, const Family& family, const Share& share) {
  Document& document = writing.document();
  const std::string key = request.key_value.empty() ? "" : KeyIn(family, *share.leaf, request.key_value);
  Element* item = writing.Create("ChargeItem", request.place, key.empty() ? "" : search::IdentifierCriterion(request.key_system, key));
  for (const auto& [member, place] : request.fields) writing.Field(member, place);
  AddCodeExtension(document, item, extension::kChargeKind, code_system::kChargeKind, CodeOf(request.kind));
  for (const std::string& line : request.planned) AddReference(document, AddExtension(document, item, kPlannedLine), "valueReference", line);
  if (!key.empty()) AddIdentifier(document, item, request.key_system, key);
  document.AddString(item, "status", "billable");
  if (!share.part_of.empty()) AddReference(document, item, "partOf", share.part_of, true);
  if (request.arguments->Has("code") || (!HasOwnCode(request.kind) && share.code.empty())) {
    TRY(AddWhatItIsFor(writing, item, *request.arguments));
  } else {
    if (share.code.empty()) {
      AddConcept(document, item, "code", code_system::kChargeKind, CodeOf(request.kind));
    } else {
      TRY_ASSIGN(const Document code, fhir::json::Read(share.code));
      AddCopy(document, item, "code", *code.root);
    }
    TRY(AddLinks(writing, item, *request.arguments));
  }
  for (const std::string& goal : request.goals) AddReference(document, item, "supportingInformation", "Goal/" + goal, true);
  AddReference(document, item, "subject", family.head.budget.subject);
  AddReference(document, item, "account", share.leaf->name(), true);
  document.AddString(item, "occurrenceDateTime", fhir::money::FormatDay(request.day));
  const auto money = request.arguments->Money("amount");
  fhir::money::WriteAmount(document, document.Add(item, "priceOverride"), {share.pence, money && *money ? (*money)->currency : family.currency()});
  TRY_ASSIGN(const Element* note, request.arguments->Value("note", {"valueString", "valueMarkdown"}));
  if (note) document.AddString(document.Add(item, "note", true), "text", note->value());
  return {};
}

Result<std::vector<Found>> FindByKey(const App& app, storage::Reader& reader, const Family& family, const std::string& system, const std::string& value) {
  std::vector<Found> all;
  for (const StoredBudget* leaf : family.Leaves()) {
    TRY_ASSIGN(std::vector<Found> found, Search(app, reader, "ChargeItem", search::IdentifierCriterion(system, KeyIn(family, *leaf, value))));
    for (Found& one : found) all.push_back(std::move(one));
  }
  return all;
}

Result<std::vector<Found>> FindSiblings(const App& app, storage::Reader& reader, const Family& family, const std::string& id) {
  auto found = Load(app, reader, "ChargeItem", id);
  if (!found) return std::vector<Found>();   // the rule refuses it, at its place
  const Element* identifier = found->document.root->Find("identifier");
  const Element* account = found->document.root->Find("account");
  const std::string value(identifier ? identifier->ValueOf("value") : "");
  const std::string end = "/" + fhir::money::IdOf(account ? account->ValueOf("reference") : "", "Account").value_or("");
  if (!value.ends_with(end) || end.size() < 2) return std::vector<Found>();
  return FindByKey(app, reader, family, std::string(identifier->ValueOf("system")), value.substr(0, value.size() - end.size()));
}

Result<std::optional<std::vector<storage::Version>>> FindRecorded(const App& app, storage::Reader& reader, const Family& family, const EntryRequest& request, Writing& writing, std::size_t first) {
  std::optional<std::vector<storage::Version>> versions;
  if (request.key_value.empty()) return versions;
  TRY_ASSIGN(std::vector<Found> found, FindByKey(app, reader, family, request.key_system, request.key_value));
  if (found.empty()) return versions;
  Essence before, now;
  bool is_ours = true;
  for (const Found& one : found) {
    is_ours = is_ours && fhir::money::IsEntry(*one.document.root);
    if (!is_ours) break;
    TRY(Add(*one.document.root, !request.goals_are_derived, before));
    const Element* account = one.document.root->Find("account");
    is_ours = std::ranges::any_of(family.Leaves(), [&](const StoredBudget* leaf) { return account->ValueOf("reference") == leaf->name(); });
  }
  std::size_t at = 0;
  for (const Element& entry : fhir::Repeats(*writing.document().root, "entry")) {
    if (at++ < first) continue;
    TRY(Add(*entry.Find("resource"), !request.goals_are_derived, now));
  }
  if (!is_ours || !(before == now)) {
    const auto place = std::ranges::find(request.fields, "identifier", [](const auto& field) { return field.first; });
    return Error(ErrorKind::kConflict, "ChargeItem/" + found.front().version.id + " was recorded under that key, and says something else (its kind, account, amount, day, code or goal). The same key twice is one entry: use another key, or reverse what was recorded.")
        .At(place == request.fields.end() ? request.place : place->second).WithIssueType("duplicate");
  }
  versions.emplace();
  for (Found& one : found) versions->push_back(std::move(one.version));
  return versions;
}

std::vector<AgreedAt> AgreedOf(const Family& family) {
  std::vector<AgreedAt> agreed;
  for (const StoredBudget& part : family.parts) agreed.push_back({part.budget.id, part.budget.agreed});
  return agreed;
}

Result<void> StillAgreed(const App& app, storage::Reader& reader, const std::vector<AgreedAt>& agreed) {
  for (const AgreedAt& part : agreed) {
    TRY_ASSIGN(const StoredBudget now, ReadBudget(app, reader, part.id));
    if (now.budget.agreed != part.agreed) return Error(ErrorKind::kPrecondition, "Account/" + part.id + " has agreed to another amount meanwhile. Try again.");
  }
  return {};
}

}  // namespace server::care::budget
