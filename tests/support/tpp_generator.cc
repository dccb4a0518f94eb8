// One person after another: needs, goals, a plan with its parts, referrals. Words with quotes, commas, line ends and accents.
#include "tests/support/tpp_generator.h"

#include <algorithm>
#include <random>
#include <stdexcept>

#include "adapters/base/csv.h"
#include "adapters/base/multipart.h"
#include "tests/support/cld_generator.h"

namespace careloom_test {

namespace {

// The same numbers from every library: std::uniform_int_distribution is not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int Upto(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  int Between(int low, int high) { return low + Upto(high - low + 1); }
  bool Chance(double share) { return Upto(1'000'000) < static_cast<int>(share * 1'000'000); }
  template <typename List>
  std::string Of(const List& list) { return list[static_cast<std::size_t>(Upto(static_cast<int>(std::size(list))))]; }

 private:
  std::mt19937_64 engine_;
};

constexpr const char* kEvent = "DateEventRecorded,DateEvent,IDProfileEnteredBy,IDDoneBy,TextualEventDoneBy,IDOrganisationDoneAt,";
struct Shape {
  const char* name;
  const char* before;
  bool event;
  const char* after;
};
constexpr Shape kShapes[] = {
    {"SRCarePlan", "", true,
     "DateStart,DateEnd,CarePlanCategory,CarePlanSubCategory,NameOfCarePlanUsed,Aim,Location,FrequencyOfCareOccurrence,FrequencyTypeOfCareOccurrence,UsualCarer,"
     "IDProfileUsualCarer,EstimatedDuration,PreferredTime,Outcome,IDCarePlan,IDReferralIn,IDEvent,IDPatient,IDOrganisation"},
    {"SRCarePlanDetail", "", true,
     "NameOfCarePlanUsed,CarePlanCategory,CarePlanSubCategory,Aim,Outcome,IDReferralIn,IDEvent,IDPatient,IDOrganisation,PlanType,PatientAgreement,AfterCare117"},
    {"SRCarePlanFrequency", "", true,
     "DateStart,DateEnd,FrequencyOfCareOccurrence,FrequencyTypeOfCareOccurrence,Location,IDProfileUsualCarer,EstimatedDuration,PreferredTime,IDCarePlanDetail,IDEvent,"
     "IDPatient,IDOrganisation,RemovedData"},
    {"SRCarePlanItem", "DateAdded,Instruction,DateRemoved,IDAddedCreatedBy,IDProfileEnteredBy,IDProfileRemovedBy,IDCarePlan,IDReferralIn,IDEvent,IDPatient,IDOrganisation,RemovedData", false, ""},
    {"SRCarePlanReview",
     "DateEventRecorded,IDProfileEnteredBy,DateRequested,IDRequestedBy,TextualRequestedBy,IDOrganisationRequestedAt,DateDue,DatePerformed,Outcome,IDProfilePerformedBy,"
     "IDCarePlan,IDEvent,IDPatient,IDOrganisation,RemovedData", false, ""},
    {"SRGoal", "", true,
     "GoalCategory,GoalType,GoalOutcome,GoalImportance,DateGoalTarget,ActionPlanCategory,ActionPlanPatientConfidence,ActionPlanOutcome,DateEndedActionPlan,IDEvent,IDPatient,"
     "IDOrganisation"},
    {"SRNeeds", "", true, "NeedName,NeedPriority,DateStart,NeedMet,ReasonNeedNotMet,DateEnd,EndReason,IDEvent,IDPatient,IDOrganisation,RemovedData"},
    {"SRPatient",
     "Title,FirstName,MiddleNames,Surname,PreviousSurname,NHSNumber,DateBirth,DateDeath,BirthPlace,Gender,SpeaksEnglish,EmailAddress,TestPatient,SSRef,SpineMatched", false, ""},
    {"SRReferralOut", "", true,
     "TypeOfReferral,Reason,IDProfileReferrer,ServiceOffered,ReReferral,Urgency,PrimaryDiagnosis,RecipientID,RecipientIDType,IDEvent,IDPatient,IDOrganisation"},
    {"SRReferralOutStatusDetails", "", true, "StatusOfReferralOut,IDReferralOut,IDEvent,IDPatient,IDOrganisation"},
};
constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* kFirst[] = {"Amira", "Bao", "Edith", "Zo\xC3\xAB", "Siobh\xC3\xA1n", "Mary Ann", "Jean-Luc", "Walter \"Wally\"", "=Test"};
constexpr const char* kMiddle[] = {"", "", "Rose", "James", "Anne Marie"};
constexpr const char* kLast[] = {"Abbott", "D'Souza", "M\xC3\xBCller", "O'Neill", "Williams, Jr", "van der Berg", "Zhang"};
constexpr const char* kGenders[] = {"Male", "Female", "Indeterminate", "Unknown", "M", "F", "Not asked"};
constexpr const char* kCategories[] = {"Long term conditions", "Mobility", "Mental health", "Social", "End of life, planning"};
constexpr const char* kAims[] = {"Walk to the shop", "Breathe easier,\nsleep through", "Says \"no more falls\"", "Caf\xC3\xA9 with friends, weekly", "=SUM of small steps", "\xE2\x82\xAC"
                                                                                                                                                                       "5 a week saved"};
constexpr const char* kNeeds[] = {"Breathlessness", "Loneliness", "Housing, damp", "Help with washing", "Carer's break"};
constexpr const char* kOutcomes[] = {"", "", "Achieved", "Partially achieved", "Not achieved", "Something else"};
constexpr const char* kUrgency[] = {"Routine", "Urgent", "Soon", "2 Week Wait", "When convenient"};
constexpr const char* kStatuses[] = {"Sent", "Accepted", "Completed", "Rejected", "Lost in post"};
constexpr const char* kYesNo[] = {"Yes", "No", "", "TRUE", "FALSE", "Not discussed"};

std::string Pad(int number) { return (number < 10 ? "0" : "") + std::to_string(number); }

class Maker {
 public:
  explicit Maker(const TppOptions& options) : options_(options), dice_(options.seed) {
    for (const Shape& shape : kShapes) {
      TppTable table{shape.name, {"RowIdentifier", "IDOrganisationVisibleTo"}, {}};
      std::string names = std::string(shape.event ? kEvent : "") + shape.before + shape.after;
      for (std::size_t at = 0; at <= names.size();) {
        const std::size_t end = std::min(names.find(',', at), names.size());
        table.header.push_back(names.substr(at, end - at));
        at = end + 1;
      }
      set_.tables.push_back(std::move(table));
    }
  }

  TppSet Make() {
    for (std::size_t i = 0; i < options_.people; ++i) AddPerson(i);
    return std::move(set_);
  }

 private:
  std::string Time(int from, int to) {
    const bool day = dice_.Chance(0.3);
    return Pad(dice_.Between(1, 28)) + " " + dice_.Of(kMonths) + " " + std::to_string(dice_.Between(from, to)) + " " +
           (day ? "00:00:00" : Pad(dice_.Upto(24)) + ":" + Pad(dice_.Upto(60)) + ":" + Pad(dice_.Upto(60)));
  }
  std::string Id() { return std::to_string(++last_id_); }

  // A row with what all rows have; cells are given by name.
  void Add(std::string_view table, const std::string& id, std::map<std::string, std::string> cells) {
    TppTable& to = set_[table];
    std::vector<std::string> row(to.header.size());
    cells["RowIdentifier"] = id;
    cells["IDOrganisationVisibleTo"] = options_.organisation;
    if (table != "SRPatient") cells["IDPatient"] = person_;
    for (const auto& [name, value] : std::map<std::string, std::string>{{"DateEventRecorded", Time(2024, 2026)}, {"DateEvent", Time(2024, 2026)}, {"IDProfileEnteredBy", std::to_string(dice_.Between(70, 90))},
                                                                        {"IDDoneBy", std::to_string(dice_.Between(70, 90))}, {"TextualEventDoneBy", "Nurse, " + dice_.Of(kFirst)},
                                                                        {"IDOrganisationDoneAt", options_.organisation}, {"IDEvent", event_}, {"IDOrganisation", options_.organisation}}) {
      cells.try_emplace(name, value);
    }
    for (const auto& [name, value] : cells) {
      const auto at = std::ranges::find(to.header, name);
      if (at == to.header.end()) continue;
      std::string& cell = row[static_cast<std::size_t>(at - to.header.begin())];
      cell = value;
      const bool needed = name == "RowIdentifier" || name == "IDOrganisationVisibleTo" || name == "IDPatient" || name.starts_with("IDCarePlan") || name == "IDReferralOut" || name == "NHSNumber";
      if (!needed && dice_.Chance(options_.blanks)) cell = dice_.Chance(0.5) ? "NULL" : "";
    }
    to.rows.push_back(std::move(row));
  }

  std::string NhsNumber(std::size_t i) {
    if (i < options_.nhs_numbers.size()) return options_.nhs_numbers[i];
    return dice_.Chance(0.04) ? "" : dice_.Chance(0.02) ? "1234567890" : CldNhsNumber(options_.seed * 100'000 + i);
  }

  void AddPerson(std::size_t i) {
    person_ = std::to_string(100'000 + i);
    event_ = Id();
    const bool known = i < options_.nhs_numbers.size();
    Add("SRPatient", person_, {{"Title", dice_.Of(std::vector<std::string>{"Mr", "Mrs", "Dr", ""})}, {"FirstName", dice_.Of(kFirst)}, {"MiddleNames", dice_.Of(kMiddle)}, {"Surname", dice_.Of(kLast)},
                               {"PreviousSurname", dice_.Chance(0.2) ? dice_.Of(kLast) : ""}, {"NHSNumber", NhsNumber(i)}, {"DateBirth", Pad(dice_.Between(1, 28)) + " " + dice_.Of(kMonths) + " " + std::to_string(dice_.Between(1925, 2010)) + " 00:00:00"},
                               {"DateDeath", dice_.Chance(0.03) ? Time(2025, 2026) : ""}, {"BirthPlace", dice_.Chance(0.3) ? "Hull" : ""}, {"Gender", dice_.Of(kGenders)}, {"SpeaksEnglish", dice_.Of(kYesNo)},
                               {"EmailAddress", dice_.Chance(0.4) ? "p" + person_ + "@example.org" : ""}, {"TestPatient", dice_.Chance(options_.test_patients) ? "TRUE" : "FALSE"},
                               {"SSRef", dice_.Chance(0.2) ? "SS" + person_ : ""}, {"SpineMatched", known || dice_.Chance(0.9) ? "TRUE" : "FALSE"}});
    if (known) set_["SRPatient"].Cell(set_["SRPatient"].rows.size() - 1, "SpineMatched") = "TRUE";
    for (int n = dice_.Upto(3); n > 0; --n) AddNeed();
    for (int n = dice_.Upto(3); n > 0; --n) AddGoal();
    for (int n = dice_.Chance(0.7) ? dice_.Between(1, 2) : 0; n > 0; --n) AddPlan();
    if (dice_.Chance(0.4)) AddReferral();
  }

  void AddNeed() {
    const bool ended = dice_.Chance(0.3);
    Add("SRNeeds", Id(), {{"NeedName", dice_.Of(kNeeds)}, {"NeedPriority", dice_.Of(std::vector<std::string>{"High", "Medium", "Low"})}, {"DateStart", Time(2023, 2025)}, {"NeedMet", dice_.Of(kYesNo)},
                          {"ReasonNeedNotMet", dice_.Chance(0.3) ? "No \"slot\", yet" : ""}, {"DateEnd", ended ? Time(2025, 2026) : ""}, {"EndReason", ended ? "Moved\naway" : ""}, {"RemovedData", ""}});
  }

  void AddGoal() {
    Add("SRGoal", Id(), {{"GoalCategory", dice_.Of(kCategories)}, {"GoalType", dice_.Of(kAims)}, {"GoalOutcome", dice_.Of(kOutcomes)},
                         {"GoalImportance", dice_.Chance(0.9) ? std::to_string(dice_.Between(1, 10)) : "very"}, {"DateGoalTarget", Time(2026, 2027)}, {"ActionPlanCategory", dice_.Of(kCategories)},
                         {"ActionPlanPatientConfidence", dice_.Chance(0.9) ? std::to_string(dice_.Between(0, 10)) : "11"}, {"ActionPlanOutcome", dice_.Of(kOutcomes)},
                         {"DateEndedActionPlan", dice_.Chance(0.2) ? Time(2026, 2026) : ""}});
  }

  void AddPlan() {
    const std::string plan = Id(), name = dice_.Of(kCategories) + " plan", aim = dice_.Of(kAims), category = dice_.Of(kCategories);
    const bool old = dice_.Chance(0.6), ended = dice_.Chance(0.2);
    if (old) {
      Add("SRCarePlan", Id(), {{"DateStart", Time(2024, 2025)}, {"DateEnd", ended ? Time(dice_.Chance(0.2) ? 2020 : 2026, 2026) : ""}, {"CarePlanCategory", category}, {"CarePlanSubCategory", dice_.Of(kNeeds)}, {"NameOfCarePlanUsed", name},
                               {"Aim", aim}, {"Location", "Home"}, {"FrequencyOfCareOccurrence", std::to_string(dice_.Between(1, 7))}, {"FrequencyTypeOfCareOccurrence", "per week"}, {"UsualCarer", "Her daughter"},
                               {"IDProfileUsualCarer", ""}, {"EstimatedDuration", "30 min"}, {"PreferredTime", "Morning"}, {"Outcome", ended ? "Moved on" : ""}, {"IDCarePlan", plan}, {"IDReferralIn", ""}});
    }
    if (!old || dice_.Chance(0.7)) {
      Add("SRCarePlanDetail", plan, {{"NameOfCarePlanUsed", name}, {"CarePlanCategory", category}, {"CarePlanSubCategory", ""}, {"Aim", aim}, {"Outcome", ""}, {"PlanType", "Personalised"},
                                     {"PatientAgreement", dice_.Of(kYesNo)}, {"AfterCare117", dice_.Of(kYesNo)}});
      if (dice_.Chance(0.3)) Add("SRCarePlanFrequency", Id(), {{"DateStart", Time(2025, 2025)}, {"FrequencyOfCareOccurrence", "2"}, {"FrequencyTypeOfCareOccurrence", "per day"}, {"IDCarePlanDetail", plan}});
    }
    const auto named = [&] { return dice_.Chance(options_.orphans) ? "9" + plan : plan; };
    for (int n = dice_.Upto(4); n > 0; --n) {
      Add("SRCarePlanItem", Id(), {{"DateAdded", Time(2024, 2025)}, {"Instruction", dice_.Of(kAims)}, {"DateRemoved", dice_.Chance(0.2) ? Time(dice_.Chance(0.2) ? 2020 : 2026, 2026) : ""}, {"IDCarePlan", named()}});
    }
    if (dice_.Chance(0.7)) {
      Add("SRCarePlanReview", Id(), {{"DateRequested", Time(2025, 2025)}, {"IDRequestedBy", "78"}, {"TextualRequestedBy", "Nurse Green"}, {"IDOrganisationRequestedAt", options_.organisation},
                                     {"DateDue", Time(2026, 2027)}, {"DatePerformed", dice_.Chance(0.3) ? Time(2026, 2026) : ""}, {"Outcome", dice_.Chance(0.3) ? "Goes on, \"as is\"" : ""},
                                     {"IDProfilePerformedBy", "79"}, {"IDCarePlan", named()}});
    }
  }

  void AddReferral() {
    const std::string referral = Id();
    Add("SRReferralOut", referral, {{"TypeOfReferral", "Social prescribing"}, {"Reason", dice_.Of(kNeeds)}, {"IDProfileReferrer", "77"}, {"ServiceOffered", "Link worker"}, {"ReReferral", "FALSE"},
                                    {"Urgency", dice_.Of(kUrgency)}, {"PrimaryDiagnosis", "COPD"}, {"RecipientID", "RX1"}, {"RecipientIDType", "Organisation"}});
    for (int n = dice_.Upto(3); n > 0; --n) Add("SRReferralOutStatusDetails", Id(), {{"StatusOfReferralOut", dice_.Of(kStatuses)}, {"IDReferralOut", referral}});
  }

  const TppOptions options_;
  Dice dice_;
  TppSet set_;
  std::string person_, event_;
  std::uint64_t last_id_ = 500'000;
};

void AppendCell(std::string& out, std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) (out += c == '"' ? "\"" : "") += c;
  out += '"';
}

}  // namespace

std::size_t TppTable::Column(std::string_view column) const {
  const auto at = std::ranges::find(header, column);
  if (at == header.end()) throw std::out_of_range(name + " has no column " + std::string(column));
  return static_cast<std::size_t>(at - header.begin());
}

TppTable& TppSet::operator[](std::string_view table) { return *std::ranges::find(tables, table, &TppTable::name); }
const TppTable& TppSet::operator[](std::string_view table) const { return *std::ranges::find(tables, table, &TppTable::name); }

std::size_t TppSet::rows() const {
  std::size_t rows = 0;
  for (const TppTable& table : tables) rows += table.rows.size();
  return rows;
}

TppSet GenerateTpp(const TppOptions& options) { return Maker(options).Make(); }

TppSet TppDayAfter(const TppSet& set, std::uint64_t seed) {
  Dice dice(seed);
  TppSet after = set;
  const auto keep = [&](std::string_view name, double share, const auto& change) {
    TppTable& table = after[name];
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      if (!dice.Chance(share)) continue;
      change(table, i);
      rows.push_back(table.rows[i]);
    }
    table.rows = std::move(rows);
  };
  keep("SRGoal", 0.3, [](TppTable& table, std::size_t i) { table.Cell(i, "GoalOutcome") = "Achieved"; });
  keep("SRCarePlanItem", 0.2, [](TppTable& table, std::size_t i) { table.Cell(i, "DateRemoved") = "01 Apr 2026 09:00:00"; });
  keep("SRCarePlanReview", 0.3, [](TppTable& table, std::size_t i) { table.Cell(i, "DatePerformed") = "01 Apr 2026 09:30:00"; });
  keep("SRNeeds", 0.2, [](TppTable& table, std::size_t i) { table.Cell(i, "RemovedData") = "1"; });
  for (const char* name : {"SRPatient", "SRCarePlan", "SRCarePlanDetail", "SRCarePlanFrequency", "SRReferralOut", "SRReferralOutStatusDetails"}) keep(name, 0, [](TppTable&, std::size_t) {});
  return after;
}

std::string WriteTppTable(const TppTable& table) {
  std::string text;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text += ',';
      AppendCell(text, cells[i]);
    }
    text += "\r\n";
  };
  line(table.header);
  for (const std::vector<std::string>& row : table.rows) line(row);
  return text;
}

std::string WriteTpp(const TppSet& set, std::string_view boundary) {
  std::string body;
  for (const auto& [name, value] : set.fields) body += adapters::PartHead(boundary, name, {}, body.empty()) + value;
  for (const TppTable& table : set.tables) body += adapters::PartHead(boundary, table.name, table.name + ".csv", body.empty()) + WriteTppTable(table);
  return body + adapters::ClosingBoundary(boundary);
}

std::string ToWindows1252(std::string_view utf8) {
  std::string bytes;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const auto tail = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(utf8[i + at])) & 0x3FU; };
    if (lead < 0x80) {
      bytes += utf8[i++];
    } else if (lead < 0xE0) {
      bytes += static_cast<char>(((lead & 0x1FU) << 6U) | tail(1));   // U+00A0 to U+00FF are their own bytes
      i += 2;
    } else {
      bytes += '\x80';   // the euro sign, the only one of three bytes that the generator writes
      i += 3;
    }
  }
  return bytes;
}

TppTable ReadTppTable(std::string_view name, std::string_view csv) {
  TppTable table{std::string(name), {}, {}};
  adapters::CsvReader reader(adapters::Encoding::kUtf8);
  const adapters::CsvReader::Sink sink = [&](const adapters::CsvRow& row) -> fhir::Result<void> {
    std::vector<std::string> cells(row.cells.begin(), row.cells.end());
    if (table.header.empty()) {
      table.header = std::move(cells);
    } else {
      table.rows.push_back(std::move(cells));
    }
    return {};
  };
  if (!reader.Read(csv, sink) || !reader.Finish(sink)) throw std::runtime_error("not a CSV file");
  return table;
}

std::map<std::string, std::string> PartsOf(std::string_view body) {
  std::map<std::string, std::string> parts;
  std::string name;
  adapters::MultipartReader reader;
  const auto read = reader.Read(body, {[&](const adapters::Part& part) -> fhir::Result<void> { return name = part.name, fhir::Result<void>(); },
                                       [&](std::string_view data) -> fhir::Result<void> { return parts[name] += data, fhir::Result<void>(); },
                                       [&]() -> fhir::Result<void> { return parts[name], fhir::Result<void>(); }});
  if (!read || !reader.Finish()) throw std::runtime_error("not a multipart body");
  return parts;
}

}  // namespace careloom_test
