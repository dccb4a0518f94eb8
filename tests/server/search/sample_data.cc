// Resources for search tests.
#include "tests/server/search/sample_data.h"

#include <array>
#include <random>
#include <string_view>

namespace careloom_test {
namespace {

class Maker {
 public:
  explicit Maker(std::uint32_t seed) : random_(seed) {}

  std::vector<std::string> Make(int people) {
    for (int i = 0; i < 4; ++i) Organization(i);
    for (int person = 0; person < people; ++person) Person(person);
    return std::move(made_);
  }

 private:
  int Below(int limit) { return static_cast<int>(random_() % static_cast<std::uint32_t>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }
  template <std::size_t N>
  std::string One(const std::array<std::string_view, N>& of) {
    return std::string(of[static_cast<std::size_t>(Below(static_cast<int>(N)))]);
  }
  static std::string TwoDigits(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

  std::string Date() { return std::to_string(2015 + Below(8)) + "-" + TwoDigits(1 + Below(12)) + "-" + TwoDigits(1 + Below(28)); }
  // Of any precision that a dateTime may have.
  std::string DateTime() {
    const std::string date = Date();
    switch (Below(6)) {
      case 0: return date.substr(0, 4);
      case 1: return date.substr(0, 7);
      case 2: return date;
      case 3: return date + "T" + TwoDigits(Below(24)) + ":" + TwoDigits(Below(60)) + ":00Z";
      case 4: return date + "T" + TwoDigits(Below(24)) + ":30:15.250+01:00";
      default: return date + "T00:00:00-05:00";
    }
  }
  std::string Period() {
    const std::string start = Date();
    const int shape = Below(4);
    if (shape == 0) return R"({"start":")" + start + R"("})";
    if (shape == 1) return R"({"end":")" + start + R"("})";
    return R"({"start":")" + start + R"(","end":")" + std::to_string(2023 + Below(3)) + "-06" + R"("})";
  }
  std::string Coding(std::string_view system, const std::string& code) {
    return R"({"system":")" + std::string(system) + R"(","code":")" + code + R"("})";
  }
  std::string Concept(std::string_view system, const std::string& code) { return R"({"coding":[)" + Coding(system, code) + "]}"; }
  // One or two codings, sometimes one without a system.
  std::string ClinicalConcept() {
    static constexpr std::array<std::string_view, 6> kCodes = {"100", "101", "102", "103", "104", "1000"};
    std::string codings = Coding("http://example.org/codes", One(kCodes));
    if (Chance(30)) codings += "," + Coding("http://example.org/other", One(kCodes));
    if (Chance(15)) codings += R"(,{"code":")" + One(kCodes) + "\"}";
    return R"({"coding":[)" + codings + "]}";
  }
  void Add(const std::string& type, const std::string& id, const std::string& members) {
    made_.push_back(R"({"resourceType":")" + type + R"(","id":")" + id + "\"" + members + "}");
  }
  std::string Subject(std::string_view name = "subject") { return ",\"" + std::string(name) + R"(":{"reference":"Patient/)" + patient_ + "\"}"; }

  void Organization(int number) {
    static constexpr std::array<std::string_view, 4> kNames = {"Northgate Surgery", "Southfield Surgery", "Westmoor Council", "Ñorth Hill Practice"};
    Add("Organization", "org-" + std::to_string(number),
        R"(,"identifier":[{"system":"http://example.org/ods","value":"X)" + std::to_string(number) + R"("}],"active":)" + (number == 3 ? "false" : "true") +
            R"(,"name":")" + std::string(kNames[static_cast<std::size_t>(number)]) + R"(","alias":["Site )" + std::to_string(number) + "\"]");
  }

  void Person(int number) {
    static constexpr std::array<std::string_view, 8> kFamilies = {"Okafor", "Ólafsson", "Muñoz", "Smith", "Smithson", "Smyth", "Dübois", "Adeyemi"};
    static constexpr std::array<std::string_view, 8> kGivens = {"Ada", "Adam", "Zoë Ann", "Béla", "Bella", "Chidi", "Mary Ann", "Núria"};
    static constexpr std::array<std::string_view, 4> kCities = {"Leeds", "Lincoln", "Stoke on Trent", "York"};
    static constexpr std::array<std::string_view, 3> kGenders = {"female", "male", "unknown"};
    patient_ = "p-" + std::to_string(number);
    std::string members = R"(,"identifier":[{"system":"http://example.org/person","value":")" + std::to_string(1000 + number) + "\"}";
    if (Chance(30)) members += R"(,{"value":")" + std::to_string(1000 + Below(40)) + "\"}";
    members += "]";
    if (Chance(70)) members += std::string(",\"active\":") + (Chance(80) ? "true" : "false");
    members += R"(,"name":[{"family":")" + One(kFamilies) + R"(","given":[")" + One(kGivens) + "\"";
    if (Chance(40)) members += ",\"" + One(kGivens) + "\"";
    members += "]}";
    if (Chance(20)) members += R"(,{"use":"old","family":")" + One(kFamilies) + "\"}";
    members += "]";
    if (Chance(50)) members += R"(,"telecom":[{"system":"phone","value":"0113 )" + std::to_string(4960000 + Below(20)) + "\"}]";
    if (Chance(85)) members += R"(,"gender":")" + One(kGenders) + "\"";
    if (Chance(90)) members += R"(,"birthDate":")" + Date().substr(0, Chance(20) ? 7 : 10) + "\"";
    if (Chance(70)) members += R"(,"address":[{"line":["1 High Road"],"city":")" + One(kCities) + R"(","postalCode":"LS1 1AA"}])";
    if (Chance(40)) members += R"(,"generalPractitioner":[{"reference":"Organization/org-)" + std::to_string(Below(4)) + "\"}]";
    if (Chance(70)) members += R"(,"managingOrganization":{"reference":"Organization/org-)" + std::to_string(Below(4)) + "\"}";
    Add("Patient", patient_, members);
    const std::string suffix = "-" + std::to_string(number);
    for (int i = 0, count = Below(3); i < count; ++i) Encounter("enc" + suffix + "-" + std::to_string(i));
    for (int i = 0, count = Below(4); i < count; ++i) Condition("con" + suffix + "-" + std::to_string(i), "enc" + suffix + "-0");
    for (int i = 0, count = 1 + Below(5); i < count; ++i) Observation("obs" + suffix + "-" + std::to_string(i));
    if (Chance(60)) Goal("goal" + suffix);
    if (Chance(50)) Plan("plan" + suffix, "goal" + suffix);
    if (Chance(60)) Referral("ref" + suffix);
    if (Chance(60)) Medication("med" + suffix);
    if (Chance(50)) Jab("jab" + suffix);
    if (Chance(30)) Risk("risk" + suffix);
    if (Chance(30)) Allergy("allergy" + suffix);
    if (Chance(40)) Procedure("proc" + suffix);
  }

  void Encounter(const std::string& id) {
    static constexpr std::array<std::string_view, 3> kStatus = {"planned", "finished", "cancelled"};
    static constexpr std::array<std::string_view, 3> kClass = {"AMB", "HH", "VR"};
    std::string members = R"(,"status":")" + One(kStatus) + R"(","class":)" + Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", One(kClass));
    if (Chance(60)) members += ",\"type\":[" + ClinicalConcept() + "]";
    members += Subject();
    if (Chance(90)) members += ",\"period\":" + Period();
    Add("Encounter", id, members);
  }
  void Condition(const std::string& id, const std::string& encounter) {
    static constexpr std::array<std::string_view, 3> kStatus = {"active", "inactive", "resolved"};
    std::string members;
    if (Chance(80)) members += ",\"clinicalStatus\":" + Concept("http://terminology.hl7.org/CodeSystem/condition-clinical", One(kStatus));
    members += ",\"code\":" + ClinicalConcept() + Subject();
    if (Chance(40)) members += R"(,"encounter":{"reference":"Encounter/)" + encounter + "\"}";
    if (Chance(50)) members += R"(,"onsetDateTime":")" + DateTime() + "\"";
    else if (Chance(50)) members += ",\"onsetPeriod\":" + Period();
    if (Chance(60)) members += R"(,"recordedDate":")" + DateTime() + "\"";
    Add("Condition", id, members);
  }
  void Observation(const std::string& id) {
    static constexpr std::array<std::string_view, 4> kStatus = {"final", "amended", "preliminary", "final"};
    static constexpr std::array<std::string_view, 8> kNumbers = {"5", "5.0", "5.4", "5.40", "5.44", "12", "120", "0.54"};
    static constexpr std::array<std::string_view, 3> kUnits = {"mg", "mmol/L", "kg"};
    std::string members = R"(,"status":")" + One(kStatus) + R"(","category":[)" + Concept("http://terminology.hl7.org/CodeSystem/observation-category", Chance(50) ? "laboratory" : "vital-signs");
    members += "],\"code\":" + ClinicalConcept() + Subject();
    if (Chance(60)) members += R"(,"effectiveDateTime":")" + DateTime() + "\"";
    else if (Chance(50)) members += ",\"effectivePeriod\":" + Period();
    const std::string unit = One(kUnits);
    switch (Below(4)) {
      case 0: members += R"(,"valueString":"Feels )" + std::string(Chance(50) ? "better" : "Bétter today") + "\""; break;
      case 1: members += ",\"valueCodeableConcept\":" + ClinicalConcept(); break;
      case 2: members += R"(,"valueQuantity":{"value":)" + One(kNumbers) + R"(,"unit":")" + unit + R"(","system":"http://unitsofmeasure.org","code":")" + unit + "\"}"; break;
      default: members += R"(,"valueQuantity":{"value":)" + One(kNumbers) + R"(,"unit":"points"})"; break;
    }
    Add("Observation", id, members);
  }
  void Goal(const std::string& id) {
    static constexpr std::array<std::string_view, 4> kStatus = {"proposed", "active", "on-hold", "completed"};
    std::string members = R"(,"lifecycleStatus":")" + One(kStatus) + "\"";
    if (Chance(50)) members += ",\"achievementStatus\":" + Concept("http://terminology.hl7.org/CodeSystem/goal-achievement", Chance(50) ? "achieved" : "in-progress");
    members += R"(,"description":{"text":"Walk to the shops again"})" + Subject();
    if (Chance(50)) members += R"(,"startDate":")" + Date() + "\"";
    if (Chance(60)) members += R"(,"target":[{"dueDate":")" + Date() + R"("},{"dueDate":")" + Date() + "\"}]";
    Add("Goal", id, members);
  }
  void Plan(const std::string& id, const std::string& goal) {
    std::string members = R"(,"status":")" + std::string(Chance(60) ? "active" : "completed") + R"(","intent":"plan")";
    if (Chance(60)) members += ",\"category\":[" + ClinicalConcept() + "]";
    members += Subject();
    if (Chance(70)) members += ",\"period\":" + Period();
    members += R"(,"goal":[{"reference":"Goal/)" + goal + "\"}]";
    Add("CarePlan", id, members);
  }
  void Referral(const std::string& id) {
    static constexpr std::array<std::string_view, 3> kUris = {"http://example.org/guide/a", "http://example.org/guide/A", "urn:oid:1.2.3"};
    std::string members;
    if (Chance(60)) members += R"(,"instantiatesUri":[")" + One(kUris) + "\"]";
    members += R"(,"status":")" + std::string(Chance(50) ? "active" : "completed") + R"(","intent":"order","code":)" + ClinicalConcept() + Subject();
    if (Chance(70)) members += R"(,"authoredOn":")" + DateTime() + "\"";
    Add("ServiceRequest", id, members);
  }
  void Medication(const std::string& id) {
    std::string members = R"(,"status":")" + std::string(Chance(50) ? "active" : "stopped") + R"(","intent":")" + (Chance(50) ? "order" : "plan") +
                          R"(","medicationCodeableConcept":)" + ClinicalConcept() + Subject();
    if (Chance(70)) members += R"(,"authoredOn":")" + DateTime() + "\"";
    Add("MedicationRequest", id, members);
  }
  void Jab(const std::string& id) {
    Add("Immunization", id, R"(,"status":"completed","vaccineCode":)" + ClinicalConcept() + Subject("patient") + R"(,"occurrenceDateTime":")" + DateTime() + "\"");
  }
  void Risk(const std::string& id) {
    static constexpr std::array<std::string_view, 5> kChances = {"0.8", "0.80", "0.25", "1", "0.05"};
    Add("RiskAssessment", id, R"(,"status":"final")" + Subject() + R"(,"prediction":[{"probabilityDecimal":)" + One(kChances) + R"(},{"probabilityDecimal":)" + One(kChances) + "}]");
  }
  void Allergy(const std::string& id) {
    std::string members = ",\"clinicalStatus\":" + Concept("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", Chance(50) ? "active" : "inactive");
    members += ",\"code\":" + ClinicalConcept() + Subject("patient");
    if (Chance(40)) members += R"(,"reaction":[{"substance":)" + ClinicalConcept() + R"(,"manifestation":[{"text":"Rash"}]}])";
    Add("AllergyIntolerance", id, members);
  }
  void Procedure(const std::string& id) {
    std::string members = R"(,"status":"completed","code":)" + ClinicalConcept() + Subject();
    if (Chance(50)) members += R"(,"performedDateTime":")" + DateTime() + "\"";
    else if (Chance(60)) members += ",\"performedPeriod\":" + Period();
    Add("Procedure", id, members);
  }

  std::mt19937 random_;
  std::vector<std::string> made_;
  std::string patient_;
};

}  // namespace

std::vector<std::string> SampleResources(int people, std::uint32_t seed) { return Maker(seed).Make(people); }

}  // namespace careloom_test
