// One person after another, and all rows in the order of their records at the end.
#include "tests/support/ledger_generator.h"

#include <algorithm>
#include <random>
#include <set>

namespace careloom_test {
namespace {

constexpr const char* kServices[] = {"Home support or domiciliary care", "Day support", "Direct payment", "Personal assistant, at home"};
constexpr const char* kProviders[] = {"Larch House", "Willow & Co, Home Care", "\"Sunrise\" Day Centre", "Y Bont; C\xC3\xB4r"};
constexpr const char* kFrequencies[] = {"Weekly", "4-weekly", "Monthly", "Hourly"};

std::string Money(std::int64_t pennies) {
  const std::string places = std::to_string(pennies % 100);
  return std::to_string(pennies / 100) + "." + (places.size() == 1 ? "0" : "") + places;
}

class Generator {
 public:
  Generator(const CldFile& people, const LedgerOptions& options) : people_(people), options_(options), engine_(options.seed) {}

  std::vector<LedgerRow> Run() {
    std::set<std::string> seen;
    for (const CldRow& row : people_.rows) {
      const std::string& person = row[CldColumn::kPersonId];
      if (!seen.insert(person).second) continue;
      person_ = {{"council", people_.options.la_code}, {"as-at", options_.as_at}, {"person", person}};
      number_ = std::to_string(seen.size());
      for (const CldRow& other : people_.rows) {
        if (other[CldColumn::kPersonId] == person && !other[CldColumn::kNhsNumber].empty()) person_["nhs-number"] = other[CldColumn::kNhsNumber];
        if (person_.contains("nhs-number")) break;
      }
      Person();
    }
    std::ranges::stable_sort(rows_, {}, [](const LedgerRow& row) { return Rank(row.at("record")); });
    return std::move(rows_);
  }

 private:
  static int Rank(const std::string& record) { return record == "budget" ? 0 : record == "package" ? 1 : record == "payment" ? 2 : 3; }
  int Upto(int count) { return static_cast<int>(engine_() % static_cast<std::uint64_t>(count)); }
  bool Chance(double share) { return Upto(1'000'000) < static_cast<int>(share * 1'000'000); }
  template <typename List>
  std::string Of(const List& list) { return list[static_cast<std::size_t>(Upto(static_cast<int>(std::size(list))))]; }
  std::string Day(int after) const { return CldDate(CldDay(people_.options.from) + after); }

  LedgerRow& Add(const std::string& record, const std::string& budget) {
    LedgerRow& row = rows_.emplace_back(person_);
    row["record"] = record;
    row["budget"] = budget;
    return row;
  }

  void Budget(const std::string& reference, std::int64_t pennies, const std::string& type, const std::string& funder, const std::string& parent) {
    LedgerRow& row = Add("budget", reference);
    row["budget-type"] = type;
    row["funder"] = funder;
    if (!parent.empty()) row["parent-budget"] = parent;
    row["stage"] = "agreed";
    row["mechanism"] = mechanism_;
    row["right-to-have"] = funder == "ods:QWO" ? "section-117" : "none";
    row["start"] = people_.options.from;
    row["end"] = people_.options.to;
    row["indicative-amount"] = Money(pennies + Upto(100'000));
    row["agreed-amount"] = Money(pennies);
    row["review-due"] = Day(180 + Upto(100));
  }

  void Person() {
    mechanism_ = Chance(0.7) ? "direct-payment" : "council-managed";
    const std::int64_t agreed = 1'500'000 + Upto(1'000'000);
    std::vector<std::string> budgets = {"B" + number_};
    if (Chance(options_.integrated)) {
      const std::int64_t part = agreed / 3;
      budgets = {"B" + number_ + "-LA", "B" + number_ + "-ICB"};
      Budget("B" + number_, agreed, "integrated-personal-budget", "council", {});
      rows_.back().erase("funder");
      rows_.back()["indicative-amount"] = Money(agreed);
      Budget(budgets[0], agreed - part, "care-act-personal-budget", "council", "B" + number_);
      Budget(budgets[1], part, "personal-health-budget", "ods:QWO", "B" + number_);
      for (std::size_t i = 1; i <= 2; ++i) rows_[rows_.size() - i]["indicative-amount"] = rows_[rows_.size() - i]["agreed-amount"];
    } else {
      Budget(budgets[0], agreed, "care-act-personal-budget", "council", {});
      if (mechanism_ == "direct-payment" && Chance(0.5)) {
        rows_.back()["signed-on"] = Day(Upto(20));
        rows_.back()["signed-by"] = "The person, in the council's office";
      }
    }
    const std::string service = Of(kServices), provider = Of(kProviders);
    const int lines = 1 + Upto(2);
    for (int i = 0; i < lines; ++i) {
      LedgerRow& line = Add("package", budgets[0]);
      line["entry-key"] = "L" + number_ + "-" + std::to_string(i);
      line["package"] = "PK" + number_;
      line["service"] = i == 0 ? service : Of(kServices);
      line["provider"] = provider;
      line["start"] = Day(i * 60);
      if (i == 0 || Chance(0.5)) line["end"] = Day(100 + i * 60 + Upto(100));
      line["frequency"] = Of(kFrequencies);
      line["unit-price"] = Money(line["frequency"] == "Hourly" ? 1'500 + Upto(900) : 5'000 + Upto(9'999));
      if (line["frequency"] == "Hourly") line["quantity"] = std::to_string(1 + Upto(20)) + ".5";
    }
    for (std::size_t i = 0; i < 3; ++i) Payment(budgets[i % budgets.size()], service, provider, static_cast<int>(i));
    if (Chance(0.5)) Posting(budgets[0], "contribution", 1'000 + Upto(5'000), 40, "C" + number_);
    if (Chance(0.3)) {
      Posting(budgets[0], "commitment", 20'000, 50, "PO" + number_);
      Posting(budgets[0], "charge", 12'345, 70, "I" + number_);
      rows_.back()["meets"] = "PO" + number_;
    }
    if (mechanism_ == "direct-payment") Return(budgets[0], service);
  }

  LedgerRow& Posting(const std::string& budget, const std::string& kind, std::int64_t pennies, int after, const std::string& key) {
    LedgerRow& row = Add("payment", budget);
    row["entry-key"] = key;
    row["kind"] = kind;
    row["amount"] = Money(pennies);
    row["date"] = Day(after);
    return row;
  }

  void Payment(const std::string& budget, const std::string& service, const std::string& provider, int count) {
    const std::string kind = mechanism_ == "direct-payment" ? "transfer" : "charge", key = "J" + number_ + "-" + std::to_string(count);
    const std::int64_t pennies = 30'000 + Upto(99'999);
    const auto post = [&](const std::string& name, std::int64_t amount, int after) {
      LedgerRow& row = Posting(budget, kind, amount, after, name);
      row["service"] = service;
      row["provider"] = provider;
      if (Chance(0.3)) row["description"] = "Four weeks, \"in advance\"";
    };
    post(key, pennies, count * 28);
    if (!Chance(options_.corrected)) return;
    Posting(budget, "reversal", pennies, count * 28 + 3, key + "R")["reverses"] = key;
    post(key + "N", pennies - 1, count * 28 + 3);
  }

  void Return(const std::string& budget, const std::string& service) {
    const bool received = Chance(0.8);
    const int lines = received ? 1 + Upto(3) : 1;
    for (int i = 0; i < lines; ++i) {
      LedgerRow& row = Add("return", budget);
      row["return"] = "R" + number_;
      row["return-from"] = Day(0);
      row["return-to"] = Day(90);
      row["return-due"] = Day(120);
      if (!received) return;
      row["return-received"] = Day(100 + Upto(1));
      row["entry-key"] = "S" + number_ + "-" + std::to_string(i);
      row["amount"] = Money(1 + Upto(9'000));
      row["date"] = Day(10 + Upto(60));
      if (!Chance(0.1)) row["service"] = Chance(0.7) ? service : "Meals";
    }
  }

  const CldFile& people_;
  const LedgerOptions& options_;
  std::mt19937_64 engine_;
  LedgerRow person_;
  std::string number_, mechanism_;
  std::vector<LedgerRow> rows_;
};

}  // namespace

std::vector<LedgerRow> GenerateLedger(const CldFile& people, const LedgerOptions& options) { return Generator(people, options).Run(); }

}  // namespace careloom_test
