// Invented budgets: what is likely, with every gap and edge now and then.
#include "tests/support/budget_generator.h"

#include <array>
#include <random>
#include <string_view>

#include "fhir/money/ledger.h"

namespace careloom_test {
namespace {

using namespace fhir::money;
using Strings = std::vector<std::string>;

const std::string kBase = "https://careloom.example/fhir/";

std::string Quoted(std::string_view text) { return '"' + std::string(text) + '"'; }
std::string Reference(std::string_view type, std::string_view id) { return R"({"reference":")" + std::string(type) + "/" + std::string(id) + "\"}"; }
std::string Money(Pence pence) { return R"({"value":)" + FormatPence(pence) + R"(,"currency":"GBP"})"; }

std::string Code(std::string_view name, std::string_view code) {
  return R"({"url":")" + kBase + "StructureDefinition/" + std::string(name) + R"(","valueCodeableConcept":{"coding":[{"system":")" + kBase + "CodeSystem/" + std::string(name) +
         R"(","code":")" + std::string(code) + R"("}]}})";
}

std::string MoneyIn(std::string_view name, Pence pence) {
  return R"({"url":")" + kBase + "StructureDefinition/" + std::string(name) + R"(","valueMoney":)" + Money(pence) + "}";
}

std::string Joined(const Strings& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

class Generator {
 public:
  Generator(std::uint32_t seed, const LedgerSize& size) : engine_(seed), size_(size) {}

  Strings Make() {
    for (int i = 0; i < 4; ++i) out_.push_back(R"({"resourceType":"Organization","id":"o)" + std::to_string(i) + R"(","name":"Funder )" + std::to_string(i) + "\"}");
    for (int i = 0; i < size_.people; ++i) Person(size_.prefix + std::to_string(i));
    return std::move(out_);
  }

 private:
  std::int64_t Pick(std::int64_t low, std::int64_t high) { return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1)); }
  bool One(std::int64_t of) { return Pick(1, of) == 1; }
  template <std::size_t kCount>
  std::string_view Any(const std::array<std::string_view, kCount>& of) { return of[static_cast<std::size_t>(Pick(0, kCount - 1))]; }

  void Person(const std::string& id) {
    out_.push_back(R"({"resourceType":"Patient","id":)" + Quoted(id) + R"(,"name":[{"text":"Invented )" + id + "\"}]}");
    for (int goal = 0; goal < 3; ++goal) {
      out_.push_back(R"({"resourceType":"Goal","id":)" + Quoted(id + "-g" + std::to_string(goal)) + R"(,"lifecycleStatus":"active","description":{"text":"A goal"},"subject":)" +
                     Reference("Patient", id) + "}");
    }
    if (!size_.one_each && One(3)) {
      Account(id + "-b", id, "integrated-personal-budget", "");
      for (int child = 0; child < 3; ++child) Ledger(id + "-b" + std::to_string(child), id, id + "-b");
    } else {
      Ledger(id + "-b", id, "");
    }
  }

  void Account(const std::string& id, const std::string& patient, std::string_view type, const std::string& parent) {
    Strings extensions = {Code("budget-stage", "agreed")};
    if (size_.one_each || !One(5)) extensions.push_back(Code("delivery-mechanism", Any(codes::kMechanisms)));
    if (size_.one_each || !One(6)) extensions.push_back(MoneyIn("agreed-amount", size_.one_each ? kMaxWritten : Pick(0, 5'000'000)));
    if (One(2)) extensions.push_back(MoneyIn("indicative-amount", Pick(0, 5'000'000)));
    first_ = *ParseDay("2024-01-01") + static_cast<Day>(Pick(0, 500));
    last_ = first_ + static_cast<Day>(Pick(0, 400));
    if (size_.one_each) last_ = first_ + 364;
    Strings members = {R"("resourceType":"Account","id":)" + Quoted(id), R"("extension":[)" + Joined(extensions) + "]", R"("status":"active")",
                       R"("type":{"coding":[{"system":")" + kBase + R"(CodeSystem/budget-type","code":")" + std::string(type) + "\"}]}",
                       R"("subject":[)" + Reference("Patient", patient) + "]"};
    const bool council = !size_.one_each && One(15);   // as from Client Level Data: no period
    if (!council) {
      const bool open = !size_.one_each && One(8);
      members.push_back(R"("servicePeriod":{"start":)" + Quoted(FormatDay(first_)) + (open ? "}" : R"(,"end":)" + Quoted(FormatDay(last_)) + "}"));
    }
    if (size_.one_each || !One(10)) {
      const std::string funder = "o" + std::to_string(Pick(0, 3));
      members.push_back(R"("owner":)" + (One(5) ? R"({"identifier":{"system":"urn:ods","value":)" + Quoted(funder) + "}}" : Reference("Organization", funder)));
    }
    if (!parent.empty()) members.push_back(R"("partOf":)" + Reference("Account", parent));
    out_.push_back("{" + Joined(members) + "}");
  }

  void Ledger(const std::string& id, const std::string& patient, const std::string& parent) {
    Account(id, patient, Any(std::array<std::string_view, 3>{"personal-health-budget", "care-act-personal-budget", "personal-wheelchair-budget"}), parent);
    Strings commitments;
    for (int i = 0; i < size_.entries_each; ++i) {
      const std::string entry = id + "-" + std::to_string(i);
      if (i < 2 || One(8)) {
        Line(entry, id, patient);
        continue;
      }
      const auto kind = static_cast<Kind>(Pick(1, 6));
      if (kind == Kind::kCommitment) commitments.push_back(entry);
      const Pence amount = One(5) ? Pick(0, 9) : Pick(0, 90'000);
      const Day day = first_ + static_cast<Day>((size_.one_each ? Pick(0, 300) : Pick(-20, 420)));
      const bool counts = size_.one_each || !One(20);
      const bool meets = kind == Kind::kCharge && !commitments.empty() && One(2);
      std::string part_of;
      if (meets) part_of = commitments[static_cast<std::size_t>(Pick(0, static_cast<std::int64_t>(commitments.size()) - 1))];
      Recorded(entry, kind, amount, day, id, patient, part_of, counts ? "billable" : "entered-in-error");
      // A server does not take charges that name what was taken back.
      const bool reversible = counts && !(size_.one_each && kind == Kind::kCommitment);
      if (reversible && One(10)) Recorded(entry + "-back", Kind::kReversal, amount, day + static_cast<Day>(Pick(0, 60)), id, patient, entry, "billable");
    }
  }

  // What every ChargeItem has; `rest` are its own members.
  void Item(const std::string& id, Strings extensions, std::string_view status, const std::string& account, const std::string& patient, const Strings& rest) {
    if (One(4)) extensions.push_back(Code("delivery-mechanism", Any(codes::kMechanisms)));
    Strings members = {R"("resourceType":"ChargeItem","id":)" + Quoted(id), R"("extension":[)" + Joined(extensions) + "]",
                       R"("identifier":[{"system":"urn:invented:ledger","value":)" + Quoted(id) + "}]", R"("status":)" + Quoted(status), R"("code":{"text":"Home support"})",
                       R"("subject":)" + Reference("Patient", patient)};
    Strings goals;
    for (int goal = 2; goal >= 0; --goal) {
      if (One(3)) goals.push_back(Reference("Goal", patient + "-g" + std::to_string(goal)));
    }
    members.insert(members.end(), rest.begin(), rest.end());
    if (!goals.empty()) members.push_back(R"("supportingInformation":[)" + Joined(goals) + "]");
    members.push_back(R"("account":[)" + Reference("Account", account) + "]");
    out_.push_back("{" + Joined(members) + "}");
  }

  void Recorded(const std::string& id, Kind kind, Pence amount, Day day, const std::string& account, const std::string& patient, const std::string& part_of, std::string_view status) {
    Strings rest;
    if (!part_of.empty()) rest.push_back(R"("partOf":[)" + Reference("ChargeItem", part_of) + "]");
    const std::string date = FormatDay(day);
    if (One(5)) {
      rest.push_back(R"("occurrencePeriod":{"start":")" + date + R"(","end":")" + FormatDay(day + 6) + "\"}");
    } else {
      rest.push_back(R"("occurrenceDateTime":")" + date + (One(5) ? "T00:30:00+01:00" : One(5) ? "T23:30:00-05:00" : "") + "\"");
    }
    rest.push_back(R"("priceOverride":)" + Money(amount));
    Item(id, {Code("charge-kind", CodeOf(kind))}, status, account, patient, rest);
  }

  void Line(const std::string& id, const std::string& account, const std::string& patient) {
    static constexpr std::array<std::string_view, 7> kRepeats = {R"(,"frequency":1,"period":1,"periodUnit":"wk")",  R"(,"frequency":1,"period":2,"periodUnit":"wk")",
                                                                 R"(,"frequency":1,"period":4,"periodUnit":"wk")",  R"(,"frequency":1,"period":1,"periodUnit":"mo")",
                                                                 R"(,"frequency":1,"period":3,"periodUnit":"mo")",  R"(,"period":1.0,"periodUnit":"a")",
                                                                 R"(,"frequency":3,"periodUnit":"d")"};
    static constexpr std::array<std::string_view, 8> kWords = {"Hourly", "Daily", "Per session", "Weekly", "fortnightly", "Monthly", "One-off", "Quarterly"};
    const Day first = first_ + static_cast<Day>(Pick(size_.one_each ? 0 : -100, 300));
    std::string bounds = R"("boundsPeriod":{"start":)" + Quoted(FormatDay(first));
    if (size_.one_each || !One(3)) bounds += R"(,"end":)" + Quoted(FormatDay(size_.one_each ? last_ : first + static_cast<Day>(Pick(0, 500))));
    const bool regular = One(2);
    std::string timing = R"("repeat":{)" + bounds + "}" + (regular ? std::string(Any(kRepeats)) : "") + "}";
    if (!regular && !One(10)) {
      const std::string word(Any(kWords));
      timing += One(2) ? R"(,"code":{"text":)" + Quoted(word) + "}" : R"(,"code":{"coding":[{"system":")" + kBase + R"(CodeSystem/cld-cost-frequency","code":)" + Quoted(word) + "}]}";
    }
    Strings extensions = {Code("charge-kind", "planned")};
    if (size_.one_each || !One(20)) extensions.push_back(MoneyIn("unit-price", One(5) ? Pick(0, 9) : Pick(0, 50'000)));
    Strings rest = {One(8) && !regular ? R"("occurrenceDateTime":)" + Quoted(FormatDay(first)) : R"("occurrenceTiming":{)" + timing + "}"};
    if (size_.one_each || !One(4)) rest.push_back(R"("quantity":{"value":)" + std::to_string(Pick(0, 40)) + "." + std::to_string(Pick(0, 999)) + "}");
    Item(id, extensions, "planned", account, patient, rest);
  }

  std::mt19937_64 engine_;
  const LedgerSize size_;
  Strings out_;
  Day first_ = 0, last_ = 0;   // of the budget at hand
};

}  // namespace

std::vector<std::string> GenerateLedgers(std::uint32_t seed, const LedgerSize& size) { return Generator(seed, size).Make(); }

}  // namespace careloom_test
