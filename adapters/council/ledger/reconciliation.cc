// How what holders say they spent agrees with what was planned: as the server's $reconcile found where it was asked, else by the same
// questions put to the plan: is the service planned, on those days, for as much.
#include <algorithm>
#include <map>
#include <vector>

#include "adapters/base/keys.h"
#include "adapters/council/ledger/results.h"
#include "fhir/model/lookup.h"
#include "fhir/money/ledger.h"
#include "fhir/money/schedule.h"

namespace adapters::council::ledger {

namespace money = fhir::money;
using fhir::Element;
using fhir::Result;

namespace {

std::string ServiceOf(const Facts& facts) {
  const auto index = static_cast<std::size_t>(Field::kService);
  return facts.values[index].empty() ? facts.words[index] : facts.values[index];
}

struct Answer {
  std::string result, reason;
};

// What $reconcile wrote, by entry key.
std::map<std::string, Answer> Answered(const ResultInput& input) {
  std::map<std::string, Answer> answers;
  for (const Stored::Item& item : input.ledger.resources().Of("Task")) {
    for (const Element& output : fhir::Repeats(*item.resource, "output")) {
      const Element* line = fhir::FindOwnExtension(output, "return-line");
      const Element* key = line ? PartOf(*line, "key") : nullptr;
      const Element* identifier = key ? key->Find("valueIdentifier") : nullptr;
      const Element* code = output.Walk("type", "coding", "code");
      if (!code || !identifier || identifier->ValueOf("system") != SystemOf("ledger-entry", input.scope)) continue;
      const Element* reason = PartOf(*line, "reason");
      answers[std::string(identifier->ValueOf("value"))] = {std::string(code->value()), reason ? std::string(reason->ValueOf("valueCode")) : std::string()};
    }
  }
  return answers;
}

// What the plan of a budget allows in the days of one return, used up line by line.
class Allowance {
 public:
  Allowance(const ResultInput& input, const Facts& of_return) {
    for (const auto& [key, row] : input.ledger.entries()) {
      if (row.facts.record != Record::kPackage || row.facts[Field::kBudget] != of_return[Field::kBudget]) continue;
      Line line{ServiceOf(row.facts), key, 0};
      const auto plan = money::ReadPlanLine(*row.resource);
      const auto first = money::ParseDay(of_return[Field::kReturnFrom]), last = money::ParseDay(of_return[Field::kReturnTo]);
      if (plan && first && last) line.left = plan->once ? (plan->first >= *first &&
          plan->first <= *last ? money::CostTo(*plan, *last) : 0).value_or(0) : money::CostIn(*plan, *first, *last).value_or(0);
      lines_.push_back(std::move(line));
    }
  }

  Answer Take(const Facts& spend) {
    const std::string service = ServiceOf(spend);
    const auto amount = money::ParsePence(spend[Field::kAmount]);
    money::Pence allowed = 0, left = amount ? *amount : 0;
    bool is_planned = false;
    std::string keys;
    for (const Line& line : lines_) {
      if (service.empty() || line.service != service) continue;
      is_planned = true;
      allowed += line.left;
      (keys += keys.empty() ? "" : " ") += line.key;
    }
    if (!is_planned) return {"unexplained", "not-in-plan"};
    if (allowed < left) return {"unexplained", allowed == 0 ? "not-planned-then" : "over-plan"};
    for (Line& line : lines_) {
      if (line.service != service) continue;
      const money::Pence taken = std::min(line.left, left);
      line.left -= taken;
      left -= taken;
    }
    return {"matched", keys};
  }

 private:
  struct Line {
    std::string service, key;
    money::Pence left = 0;
  };
  std::vector<Line> lines_;
};

}  // namespace

Result<void> WriteReconciliation(const ResultInput& input, Emitted& emitted) {
  const std::string &from = input.options.from, &to = input.options.to;
  const std::map<std::string, Answer> answers = Answered(input);
  for (const auto& [reference, of_return] : input.ledger.returns()) {
    std::vector<const Facts*> spends;
    for (const auto& [key, row] : input.ledger.entries()) {
      if (row.facts.record == Record::kReturn && row.facts[Field::kReturn] == reference) spends.push_back(&row.facts);
    }
    std::ranges::sort(spends, {}, [](const Facts* facts) { return std::pair((*facts)[Field::kDate], (*facts)[Field::kKey]); });
    Allowance allowance(input, *of_return);
    for (const Facts* spend : spends) {
      const auto said = answers.find((*spend)[Field::kKey]);
      const Answer answer = said != answers.end() ? said->second : allowance.Take(*spend);
      if ((*spend)[Field::kDate] < from || (*spend)[Field::kDate] > to) continue;
      ResultRow cells = StartRow(input, *spend);
      cells["result"] = answer.result;
      cells["reason"] = answer.reason;
      WriteResultRow(input.layout, cells, emitted.bytes);
    }
    const std::string& due = (*of_return)[Field::kReturnDue];
    if (due.empty() || due >= to || !(*of_return)[Field::kReturnReceived].empty()) continue;
    ResultRow cells = StartRow(input, *of_return);
    cells["result"] = "overdue";
    cells["reason"] = "not-received";
    WriteResultRow(input.layout, cells, emitted.bytes);
  }
  return {};
}

}  // namespace adapters::council::ledger
