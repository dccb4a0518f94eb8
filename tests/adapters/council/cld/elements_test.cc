// One value changed in one stored resource: that cell differs in the file written, and no other. For every column.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/path/expression.h"
#include "tests/adapters/council/cld/people.h"
#include "tests/support/cld_generator.h"
#include "tests/support/size.h"

namespace careloom_test {
namespace {

using C = CldColumn;

struct Change {
  C column;
  std::string type;    // of the resource
  std::string path;    // FHIRPath of the value
  std::string value;   // put there; "@" is a reference to another person
  std::string cell;    // what the file says then; empty: the value
};

std::string Said(const std::string& extension) {
  return "extension.where(url = 'https://careloom.example/fhir/StructureDefinition/" + extension + "').value";
}
// Where a concept has its words.
std::string Words(const std::string& concept_path) { return "(" + concept_path + ".coding.code | " + concept_path + ".text).first()"; }
std::string Fact(const std::string& column) { return Words("where(code.coding.code = '" + column + "').value"); }
std::string Part(const std::string& member, const std::string& column) { return Words(member + ".where(type.coding.code = '" + column + "').value"); }
std::string Adult(int position) {
  return "extension.where(url.endsWith('/cared-for') and extension.where(url = 'position').value = " + std::to_string(position) +
         ").extension.where(url = 'person').value.reference";
}

std::vector<Change> Changes() {
  return {
      {C::kLaCode, "Organization", "identifier.where(system.endsWith('cassr-code')).value", "504", ""},
      {C::kNhsNumber, "Patient", "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value", CldNhsNumber(499'999), ""},
      {C::kPersonId, "Patient", "where(link.exists()).identifier.where(system.contains('la-person-id')).value", "Q/7", ""},
      {C::kFirstName, "Patient", "name.given", "New", ""},
      {C::kLastName, "Patient", "name.family", "O\"Brien, N\xC3\xAD", ""},
      {C::kGpPracticeName, "Patient", "generalPractitioner.display", "Another, Surgery", ""},
      {C::kGpPracticeCode, "Patient", "generalPractitioner.identifier.value", "Y99999", ""},
      {C::kGender, "Patient", "gender.where($this = 'female')", "other", "Other"},
      {C::kEthnicity, "Patient", "extension.value.coding.where(system.endsWith('cld-ethnicity')).code", "White: Roma", ""},
      {C::kDateOfBirth, "Patient", "birthDate", "1901-02-03", ""},
      {C::kDateOfDeath, "Patient", "deceased", "2026-03-31", ""},
      {C::kClientType, "Task", Said("client-type") + ".coding.code", "Unpaid carer known by association", ""},
      {C::kPrimarySupportReason, "Condition", "code.coding.code", "Social support: Asylum seeker support", ""},
      {C::kPostcode, "Patient", "address.postalCode", "ZZ1 1ZZ", ""},
      {C::kAccommodationStatus, "Observation", Fact("accommodation-status"), "Refuge", ""},
      {C::kEmploymentStatus, "Observation", Fact("employment-status"), "Paid: Hours per week unknown", ""},
      {C::kHasUnpaidCarer, "Observation", Fact("has-unpaid-carer"), "Not asked", ""},
      {C::kAutism, "Observation", Fact("autism-spectrum-disorder"), "Not asked", ""},
      {C::kVisualImpairment, "Observation", Fact("visual-impairment"), "Visual impairment: Severity unknown", ""},
      {C::kHearingImpairment, "Observation", Fact("hearing-impairment"), "Deaf without speech", ""},
      {C::kDementia, "Observation", Fact("dementia"), "Not asked", ""},
      {C::kClientFundingStatus, "Observation", Fact("client-funding-status"), "Unknown", ""},
      {C::kEventType, "Task", "code.coding.code.where($this = 'Assessment')", "Review", ""},
      {C::kEventReference, "ServiceRequest", "identifier.where(system.contains('la-event-reference')).value", "E-new", ""},
      {C::kEventReference, "EpisodeOfCare", "identifier.where(system.contains('la-event-reference')).value", "E-new", ""},
      {C::kEventStart, "ServiceRequest", "occurrence.start", "2025-04-01", ""},
      {C::kEventStart, "Task", "executionPeriod.start", "2025-04-01", ""},
      {C::kEventStart, "EpisodeOfCare", "period.start", "2025-04-01", ""},
      {C::kEventEnd, "ServiceRequest", "occurrence.end", "2026-03-31", ""},
      {C::kEventEnd, "Task", "executionPeriod.end", "2026-03-31", ""},
      {C::kEventEnd, "EpisodeOfCare", "period.end", "2026-03-31", ""},
      {C::kEventDescription, "ServiceRequest", Said("event-description"), "=1+1", ""},
      {C::kEventDescription, "Task", "description", "two\nlines", ""},
      {C::kEventDescription, "EpisodeOfCare", Said("event-description"), "\"quoted\"", ""},
      {C::kEventOutcome, "ServiceRequest", Said("event-outcome") + ".coding.code", "NFA: Deceased", ""},
      {C::kEventOutcome, "Task", Part("output", "event-outcome"), "NFA: Deceased", ""},
      {C::kEventOutcome, "EpisodeOfCare", Said("event-outcome") + ".coding.code", "NFA: Deceased", ""},
      {C::kRouteOfAccess, "ServiceRequest", Words(Said("route-of-access")), "Another route", ""},
      {C::kAssessmentType, "Task", Part("input", "assessment-type"), "Another type", ""},
      {C::kEligibleNeeds, "Task", Part("output", "eligible-needs-identified"), "Not known", ""},
      {C::kMethodOfAssessment, "Task", Part("input", "method-of-assessment"), "By post", ""},
      {C::kHoursCaring, "Observation", Fact("hours-caring-per-week"), "200", ""},
      {C::kAdultsCaredFor, "Observation", Fact("adults-being-cared-for"), "9", ""},
      {C::kAdult1, "Task", Adult(1), "@", ""},
      {C::kAdult2, "Task", Adult(2), "@", ""},
      {C::kAdult3, "ServiceRequest", Adult(3), "@", ""},
      {C::kServiceType, "EpisodeOfCare", "type.coding.where(system.endsWith('cld-service-type')).code", "Long term support: Prison", ""},
      {C::kServiceComponent, "EpisodeOfCare", "type.coding.where(system.endsWith('cld-service-component')).code", "Meals", ""},
      {C::kDeliveryMechanism, "Account", Said("delivery-mechanism") + ".coding.code.where($this = 'Direct payment')", "CASSR commissioned support", ""},
      {C::kProviderName, "EpisodeOfCare", Said("provider") + ".display", "Elsewhere", ""},
      {C::kProviderId, "EpisodeOfCare", Said("provider") + ".identifier.value", "1-1", ""},
      {C::kReviewReason, "Task", Words("reasonCode"), "Unplanned: Other", ""},
      {C::kReviewOutcomes, "Task", Part("output", "review-outcomes-achieved"), "Overtaken", ""},
      {C::kMethodOfReview, "Task", Part("input", "method-of-review"), "By post", ""},
      {C::kUnitCost, "ChargeItem", Said("unit-price") + ".value", "1234.50", ""},
      {C::kCostFrequency, "ChargeItem", "occurrence.code.coding.code", "Annually", ""},
      {C::kPlannedUnits, "ChargeItem", "quantity.value", "0.25", ""},
  };
}

class CldElements : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    CldOptions options;
    options.people = 110;
    options.linked_carers = 1;
    options.seed = 5;
    store_ = new CldStore;
    store_->Take(WriteCld(GenerateCld(options).rows));
    for (const std::string& person : store_->people()) {
      (*rows_)[person] = RowsOf(person);
      for (const fhir::Document& document : store_->Of(person)) {
        (*readers_)[std::string(document.root->resource_type()) + "/" + std::string(document.root->ValueOf("id"))].insert(person);
      }
    }
  }
  static void TearDownTestSuite() {
    delete store_;
    store_ = nullptr;
  }

  static std::vector<CldRow> RowsOf(const std::string& person) {
    const adapters::EmitOptions options{"2025-04-01", "2026-03-31", "2"};
    const auto emitted = Cld().EmitPerson(store_->Of(person), options);
    EXPECT_TRUE(emitted) << emitted.error().ToString();
    return emitted ? ReadCld(*Cld().EmitHead(options) + emitted->bytes) : std::vector<CldRow>();
  }

  // The resource with the value put in; empty: it has no such element, or says so already.
  static std::string Changed(const Change& change, const std::string& json, const std::string& value) {
    fhir::Document document = *fhir::json::Read(json);
    fhir::schema::Bind(*document.root, R4());
    const auto path = fhir::path::Expression::Compile(change.path, R4());
    EXPECT_TRUE(path) << change.path << ": " << path.error().ToString();
    const auto found = path->Evaluate(*document.root);
    EXPECT_TRUE(found) << change.path << ": " << found.error().ToString();
    if (found->empty()) return {};
    const auto* at = std::get_if<const fhir::Element*>(&found->front());
    EXPECT_TRUE(at);
    if (!at || (*at)->value() == value) return {};
    auto* element = const_cast<fhir::Element*>(*at);
    document.SetValue(element, element->kind, value);
    return fhir::json::Write(*document.root);
  }

  // What differs in the file when the resource is put in place of the stored one: rows lost and rows new.
  static void Compare(const std::string& name, const std::string& json, std::vector<CldRow>& lost, std::vector<CldRow>& added) {
    const std::string before = std::exchange(store_->resources()[name], json);
    for (const std::string& person : (*readers_)[name]) {
      std::vector<CldRow> was = (*rows_)[person], is = RowsOf(person);
      std::ranges::sort(was);
      std::ranges::sort(is);
      std::ranges::set_difference(was, is, std::back_inserter(lost));
      std::ranges::set_difference(is, was, std::back_inserter(added));
    }
    store_->resources()[name] = before;
  }

  // Each row that is new is one that is lost, but for that cell.
  static bool OnlyThatCell(const Change& change, const std::string& cell, const std::vector<CldRow>& lost, std::vector<CldRow> added) {
    if (lost.size() != added.size()) return false;
    return std::ranges::all_of(lost, [&](CldRow row) {
      row[change.column] = cell;
      const auto at = std::ranges::find(added, row);
      if (at == added.end()) return false;
      added.erase(at);
      return true;
    });
  }

  static inline CldStore* store_ = nullptr;
  static inline auto* readers_ = new std::map<std::string, std::set<std::string>>;   // "Type/id" -> people whose rows it may stand in
  static inline auto* rows_ = new std::map<std::string, std::vector<CldRow>>;
};

TEST_F(CldElements, AChangedValueShowsInItsCellAndInNoOther) {
  const std::string other = store_->people().front();
  std::string other_name;
  for (const fhir::Document& document : store_->Of(other)) {
    if (document.root->resource_type() != "Patient") continue;
    for (const auto& identifier : fhir::Repeats(*document.root, "identifier")) {
      if (identifier.ValueOf("value") == other) other_name = "Patient/" + std::string(document.root->ValueOf("id"));
    }
  }
  std::set<C> seen;
  for (const Change& change : Changes()) {
    const std::string what = std::string(adapters::council::cld::FactsOf(change.column).header) + " in " + change.type;
    const bool to_person = change.value == "@";
    const std::string cell = to_person ? other : change.cell.empty() ? change.value : change.cell;
    // Another day may be one of other facts: of starts it is enough that there is one without.
    const bool any = change.column == C::kEventStart;
    bool shown = false;
    const auto resources = store_->resources();
    for (auto at = resources.lower_bound(change.type + "/"); at != resources.end() && at->first.starts_with(change.type + "/") && !shown; ++at) {
      const std::string json = Changed(change, at->second, to_person ? other_name : change.value);
      if (json.empty()) continue;
      std::vector<CldRow> lost, added;
      Compare(at->first, json, lost, added);
      if (lost.empty() && added.empty()) continue;
      const bool only = OnlyThatCell(change, cell, lost, added);
      shown = only || !any;
      EXPECT_TRUE(only || any) << what << ": " << lost.size() << " rows lost, " << added.size() << " new, in " << at->first;
    }
    EXPECT_TRUE(shown) << what << " shows nowhere";
    seen.insert(change.column);
  }
  // The period is what was asked for.
  EXPECT_EQ(seen.size() + 2, adapters::council::cld::kColumnCount);
}

// Elements of the tree, root left out.
void Gather(fhir::Element& element, std::vector<fhir::Element*>& all) {
  for (fhir::Element* child = element.first_child; child; child = child->next) {
    all.push_back(child);
    Gather(*child, all);
  }
}

TEST_F(CldElements, ADamagedResourceIsWrittenAsFarAsItSaysAnything) {
  const auto most = std::ranges::max_element(*rows_, {}, [](const auto& person) { return person.second.size(); });
  std::vector<std::string> jsons;
  for (const fhir::Document& document : store_->Of(most->first)) jsons.push_back(fhir::json::Write(*document.root));
  const adapters::EmitOptions options{"2025-04-01", "2026-03-31", "2"};
  std::uint32_t dice = 1;
  const auto upto = [&dice](std::size_t count) {
    dice = dice * 1'664'525U + 1'013'904'223U;
    return static_cast<std::size_t>(dice >> 8U) % count;
  };
  for (int round = 0; round < EveryDayOrLong(400, 5'000); ++round) {
    std::vector<fhir::Document> stored;
    for (const std::string& json : jsons) stored.push_back(*fhir::json::Read(json));
    fhir::Document& document = stored[upto(stored.size())];
    std::vector<fhir::Element*> all;
    Gather(*document.root, all);
    fhir::Element* element = all[upto(all.size())];
    switch (upto(4)) {
      case 0: fhir::Document::Detach(element); break;
      case 1: document.SetValue(element, fhir::ValueKind::kString, "\"\r\n,\x01"); break;
      case 2: document.SetValue(element, fhir::ValueKind::kNumber, "-1e400"); break;
      default: document.Attach(element->parent, document.Copy(*element)); break;
    }
    for (fhir::Document& each : stored) fhir::schema::Bind(*each.root, R4());
    const auto emitted = Cld().EmitPerson(stored, options);
    ASSERT_TRUE(emitted) << round << ": " << emitted.error().ToString();
    EXPECT_LE(ReadCld(*Cld().EmitHead(options) + emitted->bytes).size(), most->second.size()) << round;
  }
}

TEST_F(CldElements, ThePeriodAskedForStandsInEveryRow) {
  const adapters::EmitOptions options{"2025-10-01", "2025-12-31", "2"};
  const std::vector<CldRow> rows = ReadCld(store_->Emit(options));
  ASSERT_FALSE(rows.empty());
  for (const CldRow& row : rows) {
    EXPECT_EQ(row[C::kPeriodStart], options.from);
    EXPECT_EQ(row[C::kPeriodEnd], options.to);
  }
}

}  // namespace
}  // namespace careloom_test
