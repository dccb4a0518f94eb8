// One person after another, each with a history: asked for help, assessed, served, reviewed.
#include "tests/support/cld_generator.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/cld_words.h"

namespace careloom_test {

namespace {

using C = CldColumn;

// The same numbers from every library: std::uniform_int_distribution is not.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int Upto(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  int Between(int low, int high) { return low + Upto(high - low + 1); }
  bool Chance(double share) { return Upto(1'000'000) < static_cast<int>(share * 1'000'000); }
  template <typename List>
  const auto& Of(const List& list) { return list[static_cast<std::size_t>(Upto(static_cast<int>(std::size(list))))]; }

 private:
  std::mt19937_64 engine_;
};

constexpr const char* kFirstNames[] = {"Amira", "Bao", "Charlie", "Devi", "Edith", "Femi", "Grace", "Harold", "Imran", "Joan", "Krystyna", "Leonard", "Mei",
                                       "Nasreen", "Olu", "Priya", "Quentin", "Rhys", "Zo\xC3\xAB", "J\xC3\xB3zef", "Siobh\xC3\xA1n", "Mary Ann", "Jean-Luc",
                                       "Walter \"Wally\"", "=Test", "Ng\xE1\xBB\x8D"};
constexpr const char* kLastNames[] = {"Abbott", "Brown", "Chowdhury", "D'Souza", "Evans", "Farah", "Grant", "Hughes", "Ivanov", "Jones", "Kowalska", "Lewis",
                                      "M\xC3\xBCller", "Ndlovu", "O'Neill", "Patel", "Quinn", "Robinson", "Smith-Jones", "van der Berg", "Williams, Jr", "Zhang"};
constexpr const char* kPractices[][2] = {{"Harbour Lane Surgery", "Y99901"}, {"The Old Mill Practice, Northside", "Y99902"}, {"St Anne's Medical Centre", "Y99903"},
                                         {"Castle View", "Y99904"}, {"Dr Okafor & Partners", "Y99905"}};
constexpr const char* kProviders[][2] = {{"Larch House", "1-9990000011"}, {"Willow & Co, Home Care", "1-9990000022"}, {"\"Sunrise\" Day Centre", "1-9990000033"},
                                         {"Meadowbank Nursing Home", "1-9990000044"}, {"Y Bont Support C\xC3\xB4r", "1-9990000055"}};
constexpr const char* kDescriptions[] = {"First contact by telephone", "=SUM of needs, see notes", "Says \"no change\", again", "Care Act, s.9",
                                         "Lives with daughter;\nvisits twice daily", "Renewal", "+44 not to be called", "Caf\xC3\xA9 outing, weekly"};
constexpr C kFacts[] = {C::kAccommodationStatus, C::kEmploymentStatus, C::kHasUnpaidCarer, C::kAutism,
                        C::kVisualImpairment,    C::kHearingImpairment, C::kDementia,      C::kClientFundingStatus};

// The cells by which an event is known again.
std::string KeyOf(const CldRow& row) {
  std::string key;
  for (const C column : {C::kPersonId, C::kEventType, C::kEventStart, C::kClientType, C::kRouteOfAccess, C::kAssessmentType, C::kServiceType, C::kServiceComponent}) {
    key += row[column] + "\n";
  }
  return row[C::kEventType] == "Service" ? key : key + row[C::kEventEnd];
}

// And of two services of one key in one file.
std::string KeyInFile(const CldRow& row) {
  std::string key = KeyOf(row);
  for (const C column : {C::kDeliveryMechanism, C::kUnitCost, C::kCostFrequency, C::kPlannedUnits}) key += "\n" + row[column];
  return key;
}

class Generator {
 public:
  explicit Generator(const CldOptions& options) : options_(options), dice_(options.seed), from_(CldDay(options.from)), to_(CldDay(options.to)) {}

  std::vector<CldRow> Run() {
    for (std::size_t number = 0; options_.rows ? rows_.size() < options_.rows : number < options_.people; ++number) Person(number);
    if (options_.rows) rows_.resize(options_.rows);
    return std::move(rows_);
  }

 private:
  struct Change {
    int day;
    std::string value;
  };

  std::string Word(C column) { return WordOf(column, [](std::string_view) { return true; }); }

  template <typename Fits>
  std::string WordOf(C column, Fits fits) {
    int total = 0;
    for (const CldWord& word : CldWords(column)) total += fits(word.release_2) ? word.weight : 0;
    int at = dice_.Upto(total);
    for (const CldWord& word : CldWords(column)) {
      if (!fits(word.release_2)) continue;
      if (at < word.weight) return std::string(word.In(options_.release));
      at -= word.weight;
    }
    return {};
  }

  // The wording of this file for Release 2's.
  std::string Say(C column, std::string_view release_2) const {
    for (const CldWord& word : CldWords(column)) {
      if (word.release_2 == release_2) return std::string(word.In(options_.release));
    }
    return std::string(release_2);
  }

  std::string Postcode() {
    const char* areas[] = {"ZZ99", "ZZ98", "ZZ97"};
    return std::string(dice_.Of(areas)) + " " + std::to_string(dice_.Upto(10)) + static_cast<char>('A' + dice_.Upto(8)) + static_cast<char>('J' + dice_.Upto(12));
  }

  void Person(std::size_t number) {
    person_ = CldRow();
    changes_.clear();
    seen_.clear();
    person_[C::kLaCode] = options_.la_code;
    person_[C::kPeriodStart] = options_.from;
    person_[C::kPeriodEnd] = options_.to;
    person_[C::kPersonId] = (dice_.Chance(0.1) ? "A/" : "") + std::to_string(100'000 + number);
    if (number < options_.nhs_numbers.size()) {
      person_[C::kNhsNumber] = options_.nhs_numbers[number];
    } else if (!dice_.Chance(0.05)) {
      person_[C::kNhsNumber] = CldNhsNumber(options_.seed * 7'919 % 300'000 + number);
    }
    person_[C::kFirstName] = dice_.Of(kFirstNames);
    person_[C::kLastName] = dice_.Of(kLastNames);
    person_[C::kGender] = Word(C::kGender);
    person_[C::kEthnicity] = Word(C::kEthnicity);
    person_[C::kDateOfBirth] = CldDate(from_ - dice_.Between(18 * 365, 98 * 365));
    last_ = to_;
    if (dice_.Chance(0.04)) {
      last_ = dice_.Between(from_ + 30, to_);
      person_[C::kDateOfDeath] = CldDate(last_);
    }
    Change_(C::kPostcode, [this] { return Postcode(); });
    const int practice = dice_.Upto(5);
    person_[C::kGpPracticeName] = kPractices[practice][0];
    person_[C::kGpPracticeCode] = kPractices[practice][1];
    person_[C::kClientType] = Word(C::kClientType);
    carer_ = person_[C::kClientType] != Say(C::kClientType, "Service user");
    Change_(C::kPrimarySupportReason, [this] { return Word(C::kPrimarySupportReason); });
    for (const C fact : kFacts) Change_(fact, [this, fact] { return Word(fact); });
    if (carer_) Caring();
    if (!carer_) served_.push_back(person_[C::kPersonId]);
    History();
  }

  // A value for the year, and for some people another one from some day on.
  template <typename Make>
  void Change_(C column, Make make) {
    person_[column] = make();
    if (dice_.Chance(options_.moves)) changes_[column] = {dice_.Between(from_, to_), make()};
  }

  void Caring() {
    person_[C::kHoursCaring] = Word(C::kHoursCaring);
    const int adults = dice_.Between(1, 3);
    person_[C::kAdultsCaredFor] = std::to_string(adults);
    if (served_.size() < 3 || !dice_.Chance(options_.linked_carers)) return;
    std::set<std::string> taken;
    const C columns[] = {C::kAdult1, C::kAdult2, C::kAdult3};
    for (int i = 0; i < adults; ++i) {
      const std::string& adult = served_[served_.size() - 1 - static_cast<std::size_t>(dice_.Upto(static_cast<int>(std::min<std::size_t>(served_.size(), 40))))];
      if (taken.insert(adult).second) person_[columns[taken.size() - 1]] = adult;
    }
  }

  void History() {
    int day = dice_.Between(from_, std::max(from_, last_ - 60));
    if (dice_.Chance(0.6)) day = Request(day);
    if (dice_.Chance(0.6)) day = Assessment(day);
    const int services = dice_.Upto(4);
    for (int i = 0; i < services; ++i) Service(day);
    if (dice_.Chance(0.5)) Review(day);
    if (dice_.Chance(0.2)) Review(day);
    if (written_ == rows_.size()) Request(day);  // nobody is without a row
    written_ = rows_.size();
  }

  CldRow Event(std::string_view type, int start, int end) {
    CldRow row = person_;
    for (const auto& [column, change] : changes_) {
      if (start >= change.day) row[column] = change.value;
    }
    for (const C fact : kFacts) {
      if (dice_.Chance(options_.blanks)) row[fact].clear();
      if (dice_.Chance(options_.disagreements)) row[fact] = Word(fact);
    }
    if (dice_.Chance(options_.blanks)) row[C::kPostcode].clear();
    row[C::kEventType] = type;
    if (dice_.Chance(0.9)) row[C::kEventReference] = "E-" + std::to_string(dice_.Between(1, 9'999'999));
    row[C::kEventStart] = CldDate(start);
    if (end) row[C::kEventEnd] = CldDate(end);
    if (dice_.Chance(0.3)) row[C::kEventDescription] = dice_.Of(kDescriptions);
    return row;
  }

  void Keep(CldRow row) {
    if (seen_.insert(KeyInFile(row)).second) rows_.push_back(std::move(row));
  }

  int Request(int start) {
    const int end = std::min(last_, start + dice_.Upto(20));
    CldRow row = Event("Request", std::min(start, end), end);
    row[C::kEventOutcome] = Word(C::kEventOutcome);
    row[C::kRouteOfAccess] = Word(C::kRouteOfAccess);
    Keep(std::move(row));
    return end;
  }

  int Assessment(int start) {
    const int end = std::min(last_, start + dice_.Upto(40));
    CldRow row = Event("Assessment", std::min(start, end), end);
    row[C::kEventOutcome] = Word(C::kEventOutcome);
    row[C::kAssessmentType] = Word(C::kAssessmentType);
    row[C::kEligibleNeeds] = Word(C::kEligibleNeeds);
    row[C::kMethodOfAssessment] = Word(C::kMethodOfAssessment);
    Keep(std::move(row));
    return end;
  }

  void Review(int start) {
    const int end = std::min(last_, start + dice_.Upto(120));
    CldRow row = Event("Review", std::max(std::min(start, end), end - 14), end);
    row[C::kEventOutcome] = Word(C::kEventOutcome);
    row[C::kReviewReason] = Word(C::kReviewReason);
    row[C::kReviewOutcomes] = Word(C::kReviewOutcomes);
    row[C::kMethodOfReview] = Word(C::kMethodOfReview);
    Keep(std::move(row));
  }

  // What goes with each type of service.
  std::string Component(std::string_view type) {
    if (type.starts_with("Short term support: ST-Max")) return "Reablement";
    if (type.ends_with("Nursing care")) return "Long term nursing care";
    if (type.ends_with("Residential care")) return "Long term residential care";
    if (type.starts_with("Unpaid carer")) return WordOf(C::kServiceComponent, [](std::string_view word) { return word.find("npaid carer") != std::string_view::npos; });
    if (type.starts_with("Short term") && dice_.Chance(0.5)) {
      return WordOf(C::kServiceComponent, [](std::string_view word) { return word.starts_with("Short term") || word.starts_with("E"); });
    }
    return WordOf(C::kServiceComponent, [](std::string_view word) {
      return word.find("npaid carer") == std::string_view::npos && !word.starts_with("Short term") && !word.starts_with("Long term");
    });
  }

  std::string Money(bool weekly) {
    const int pennies = weekly ? dice_.Between(2'500, 180'000) : dice_.Between(800, 9'000);
    const std::string pence = std::to_string(pennies % 100);
    if (dice_.Chance(0.1)) return std::to_string(pennies / 100);
    return std::to_string(pennies / 100) + "." + (pence.size() < 2 ? "0" : "") + pence;
  }

  void Cost(CldRow& row) {
    const std::string frequency = Word(C::kCostFrequency);
    const bool often = frequency == "Hourly" || frequency == "Daily" || frequency == "Per session";
    row[C::kUnitCost] = Money(!often);
    row[C::kCostFrequency] = frequency;
    const char* quarters[] = {"", ".5", ".25", ".75"};
    if (often) row[C::kPlannedUnits] = std::to_string(dice_.Between(1, 40)) + dice_.Of(quarters);
    if (!often && dice_.Chance(0.2)) row[C::kPlannedUnits] = "1";
  }

  void Service(int asked) {
    const bool carers = carer_;
    const std::string type = [&] {
      for (;;) {
        const auto& word = Weighted(C::kServiceType);
        if (word.release_2.starts_with("Unpaid") == carers) return std::string(word.release_2);
      }
    }();
    const std::string component = Component(type);
    const bool before = dice_.Chance(0.4);
    const int start = before ? from_ - dice_.Between(1, 1500) : std::min(asked + dice_.Upto(30), last_);
    const bool open = last_ == to_ && dice_.Chance(type.starts_with("Long") ? 0.75 : 0.3);
    const int end = open ? 0 : dice_.Between(std::max(start, from_), last_);
    CldRow row = Event("Service", start, end);
    if (!open) row[C::kEventOutcome] = Word(C::kEventOutcome);
    row[C::kServiceType] = Say(C::kServiceType, type);
    row[C::kServiceComponent] = component;
    if (component == "Direct payment") {
      row[C::kDeliveryMechanism] = Say(C::kDeliveryMechanism, "Direct payment");
    } else if (type.ends_with("Community") || (carers && dice_.Chance(0.7))) {
      row[C::kDeliveryMechanism] = Word(C::kDeliveryMechanism);
    }
    if (component != "Direct payment" && dice_.Chance(0.8)) {
      const auto& provider = dice_.Of(kProviders);
      row[C::kProviderName] = provider[0];
      if (dice_.Chance(0.9)) row[C::kProviderId] = provider[1];
    }
    if (!component.starts_with("Equipment") && !dice_.Chance(0.1)) Cost(row);
    const bool twice = !row[C::kUnitCost].empty() && dice_.Chance(options_.same_key);
    CldRow other = row;
    Keep(std::move(row));
    if (!twice) return;
    Cost(other);
    Keep(std::move(other));
  }

  const CldWord& Weighted(C column) {
    int total = 0;
    for (const CldWord& word : CldWords(column)) total += word.weight;
    int at = dice_.Upto(total);
    for (const CldWord& word : CldWords(column)) {
      if (at < word.weight) return word;
      at -= word.weight;
    }
    return CldWords(column).front();
  }

  const CldOptions options_;
  Dice dice_;
  const int from_, to_;
  int last_ = 0;  // last day of the person's in the year
  bool carer_ = false;
  CldRow person_;
  std::map<C, Change> changes_;
  std::vector<std::string> served_;  // ids of the people with care of their own so far
  std::vector<CldRow> rows_;
  std::size_t written_ = 0;
  std::set<std::string> seen_;  // events of the person's: a file says each once
};

}  // namespace

std::string CldNhsNumber(std::uint64_t number) {
  // Every eleventh has no check digit; the next number is taken for it.
  for (std::uint64_t body = 999'000'000 + number * 2 % 1'000'000;; ++body) {
    const std::string digits = std::to_string(body);
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (digits[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int check = (11 - sum % 11) % 11;
    if (check < 10) return digits + std::to_string(check);
  }
}

CldFile GenerateCld(const CldOptions& options) { return {options, Generator(options).Run()}; }

std::vector<CldRow> CldRowsOf(const std::vector<CldRow>& rows, const std::string& from, const std::string& to) {
  std::vector<CldRow> kept;
  for (CldRow row : rows) {
    const std::string& end = row[C::kEventEnd];
    if (row[C::kEventStart] > to) continue;
    if (row[C::kEventType] == "Service" ? !end.empty() && end < from : end < from || end > to) continue;
    row[C::kPeriodStart] = from;
    row[C::kPeriodEnd] = to;
    if (end > to) {
      row[C::kEventEnd].clear();
      row[C::kEventOutcome].clear();
    }
    if (row[C::kDateOfDeath] > to) row[C::kDateOfDeath].clear();
    kept.push_back(std::move(row));
  }
  return kept;
}

CldOverlap GenerateCldOverlap(CldOptions options) {
  options.same_key = 0;
  const int year = std::stoi(options.from.substr(0, 4));
  const auto on = [&](int years, int months) {
    const int month = std::stoi(options.from.substr(5, 2)) - 1 + months + 12 * years;
    return CldDate(CldDay(std::to_string(year + month / 12) + (month % 12 < 9 ? "-0" : "-") + std::to_string(month % 12 + 1) + "-01"));
  };
  const auto day_before = [](const std::string& day) { return CldDate(CldDay(day) - 1); };
  const std::string first = options.from, second = on(0, 3), first_end = day_before(on(1, 0)), second_end = day_before(on(1, 3));
  options.to = second_end;
  std::vector<CldRow> all = GenerateCld(options).rows;
  std::set<std::string> keys;
  std::erase_if(all, [&](const CldRow& row) { return !keys.insert(KeyOf(row)).second; });

  CldOverlap overlap;
  overlap.earlier.options = overlap.later.options = options;
  overlap.earlier.options.to = first_end;
  overlap.later.options.from = second;
  overlap.earlier.rows = CldRowsOf(all, first, first_end);
  std::set<std::string> told;
  for (const CldRow& row : overlap.earlier.rows) told.insert(KeyOf(row));
  Dice dice(options.seed + 1);
  for (CldRow& row : CldRowsOf(all, second, second_end)) {
    if (told.contains(KeyOf(row)) && dice.Chance(0.04)) {
      ++overlap.withdrawn;
      continue;
    }
    if (told.contains(KeyOf(row)) && dice.Chance(0.1)) {
      ++overlap.corrected;
      const bool is_service = row[C::kEventType] == "Service";
      if (is_service && !row[C::kUnitCost].empty()) {
        row[C::kUnitCost] = std::to_string(dice.Between(10, 900)) + ".07";
      } else if (is_service && row[C::kEventEnd].empty() && row[C::kDateOfDeath].empty()) {
        row[C::kEventEnd] = second_end;
      } else {
        row[C::kEventOutcome] = CldWords(C::kEventOutcome)[static_cast<std::size_t>(dice.Upto(16))].In(options.release);
      }
    }
    overlap.later.rows.push_back(std::move(row));
  }
  return overlap;
}

}  // namespace careloom_test
