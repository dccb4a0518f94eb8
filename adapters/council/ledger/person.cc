// A posting stands for ever; a budget and a planned line are as the file that ranks last says (mappings/council_ledger/README.md).
#include "adapters/council/ledger/person.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace adapters::council::ledger {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr Field kNotCompared[] = {Field::kCouncil, Field::kAsAt, Field::kRecord, Field::kPerson, Field::kNhsNumber, Field::kCurrency,
                                  Field::kReturnFrom, Field::kReturnTo, Field::kReturnDue, Field::kReturnReceived};   // of the return, not of its line

std::string Names(const std::vector<Field>& fields) {
  std::string text;
  for (const Field field : fields) (text += text.empty() ? "" : ", ") += FactsOf(field).name;
  return text;
}

class Lines {
 public:
  Lines(const PersonPart& part, const StoredLedger& stored, const Layouts& layouts) : part_(part), stored_(stored), layouts_(layouts) {}

  Result<std::vector<Line>> Run() {
    for (const Row& row : part_.rows) {
      if (row.bad) continue;
      Line line;
      line.number = row.number;
      if (!UnpackFacts(row.bytes, line.facts)) return Error(ErrorKind::kInternal, "A staged row cannot be read again; take the file in anew.").At("row " +
          std::to_string(row.number));
      if (line.facts[Field::kFunder] == "cassr:" + std::string(part_.scope)) line.facts[Field::kFunder] = "council";
      lines_.push_back(std::move(line));
    }
    std::ranges::sort(lines_, {}, &Line::number);
    TRY(CheckNhsNumbers());
    for (Line& line : lines_) {
      TRY(Settle(line));
    }
    for (const Line& line : lines_) {
      TRY(CheckReferences(line));
      TRY(CheckReturn(line));
    }
    return std::move(lines_);
  }

 private:
  Error Held(const Line& line, Field field, std::string text) const {
    return Error(ErrorKind::kUnprocessable, std::move(text)).At(PlaceOf(layouts_.Find(line.facts.layout), line.number, line.facts.record, field));
  }

  Result<void> CheckNhsNumbers() const {
    const Line* first = nullptr;
    for (const Line& line : lines_) {
      const std::string& number = line.facts[Field::kNhsNumber];
      if (number.empty()) continue;
      if (!first) first = &line;
      if (number != first->facts[Field::kNhsNumber]) {
        return Held(line, Field::kNhsNumber, "Rows " + std::to_string(first->number) + " and " + std::to_string(line.number) +
                                                 " give one person two different NHS numbers, both well-formed. Correct the number or the person's id and send the file again.");
      }
      if (!stored_.nhs_number().empty() && number != stored_.nhs_number()) {
        return Held(line, Field::kNhsNumber,
            "The council's person of that id is stored with another NHS number. Correct the number or the person's id, then send the file again or replay this message.");
      }
    }
    return {};
  }

  Result<void> Settle(Line& line) {
    if (line.IsReturnAlone()) {
      const auto [first, is_first_of_return] = returns_alone_.emplace(line.facts[Field::kReturn], line.number);
      line.fate = !is_first_of_return ? Fate::kTwice : TellsMore(line.facts, stored_) ? Fate::kNew : Fate::kSame;
      line.twin = first->second;
      return {};
    }
    const bool is_budget = line.facts.record == Record::kBudget;
    auto& seen = is_budget ? budgets_ : keys_;
    const auto [at, is_first] = seen.emplace(line.id(), &line);
    if (!is_first) {
      const std::vector<Field> differs = Differences(line.facts, at->second->facts);
      if (!differs.empty()) {
        return Held(line, differs.front(), "Row " + std::to_string(at->second->number) + " has the same " + std::string(is_budget ? "budget" : "entry key") +
            " and differs in " + Names(differs) +
                                               ". One of them has to go, or get a key of its own.");
      }
      line.fate = Fate::kTwice;
      line.twin = at->second->number;
      return {};
    }
    const StoredRow* stood = is_budget ? stored_.Budget(line.id()) : stored_.Entry(line.id());
    if (!stood) return {};
    std::vector<Field> differs = Differences(line.facts, stood->facts);
    // Anybody may note something on an entry.
    if (line.facts[Field::kDescription].empty()) std::erase(differs, Field::kDescription);
    if (IsPosting(line.facts.record)) {
      line.fate = Fate::kSame;
      if (differs.empty()) return {};
      return Held(line, differs.front(), "An entry of this key is in the ledger and differs in " + Names(differs) +
                                             ". What is posted stays: to correct it send a reversal of that key, and a new entry with a key of its own.");
    }
    for (const Field field : {Field::kSignedOn, Field::kSignedBy}) {
      if (!is_budget || stood->facts[field].empty() || line.facts[field].empty() || stood->facts[field] == line.facts[field]) continue;
      return Held(line, field, "The agreement of this budget is stored with another signature, and what was signed does not change. For a new agreement start a new budget.");
    }
    if (stood->facts.record != line.facts.record) return Held(line, Field::kKey,
        "An entry of this key is in the ledger and is a posting, not a planned line. Give the planned line a key of its own.");
    const auto file = std::tie(part_.file.to, part_.file.received_us), before = std::tie(stood->said_by, stood->received_us);
    if (differs.empty()) {
      line.fate = part_.file.to > stood->said_by ? Fate::kConfirmed : Fate::kSame;
    } else if (file > before) {
      line.fate = Fate::kChanged;
    } else {
      line.fate = Fate::kOlder;
      line.differs = Names(differs);
    }
    return {};
  }

  Result<void> CheckReferences(const Line& line) const {
    const auto knows = [](const auto& seen, const std::string& name) { return seen.contains(name); };
    const bool is_budget = line.facts.record == Record::kBudget;
    const Field field = is_budget ? Field::kParent : Field::kBudget;
    const std::string& budget = line.facts[field];
    if (!budget.empty() && !knows(budgets_, budget) && !stored_.Budget(budget)) {
      return Held(line, field, "No budget of that reference is stored for this person or among the file's good rows. Send the budget first, then replay this message.");
    }
    for (const Field to : {Field::kReverses, Field::kMeets}) {
      const std::string& key = line.facts[to];
      if (key.empty()) continue;
      const auto in_file = keys_.find(key);
      const StoredRow* stood = stored_.Entry(key);
      if (in_file == keys_.end() && !stood) {
        return Held(line, to, "No entry of that key is stored for this person or among the file's good rows. Send that entry first, then replay this message.");
      }
    }
    return {};
  }

  // What rows say of one return they say alike; what was not known of it may come later.
  Result<void> CheckReturn(const Line& line) {
    if (line.facts.record != Record::kReturn) return {};
    const std::string& name = line.facts[Field::kReturn];
    const auto [first, is_first] = returns_.emplace(name, &line);
    const std::optional<Facts>& stood = stored_.Return(name);
    for (const Field field : {Field::kBudget, Field::kReturnFrom, Field::kReturnTo, Field::kReturnDue, Field::kReturnReceived}) {
      const std::string& said = line.facts[field];
      if (said != first->second->facts[field]) {
        return Held(line, field, "Row " + std::to_string(first->second->number) + " is of the same return and says another " +
            std::string(FactsOf(field).name) + ".");
      }
      if (stood && !said.empty() && !(*stood)[field].empty() && said != (*stood)[field]) {
        return Held(line, field, "The return is stored with another " + std::string(FactsOf(field).name) +
            ". Give it a reference of its own, or correct the row.");
      }
    }
    return {};
  }

  const PersonPart& part_;
  const StoredLedger& stored_;
  const Layouts& layouts_;
  std::vector<Line> lines_;
  std::map<std::string, const Line*, std::less<>> budgets_, keys_;   // of the file
  std::map<std::string, std::uint64_t> returns_alone_;
  std::map<std::string, const Line*, std::less<>> returns_;         // the first line of each
};

}  // namespace

bool TellsMore(const Facts& facts, const StoredLedger& stored) {
  const auto& stood = stored.Return(facts[Field::kReturn]);
  if (!stood) return true;
  for (const Field field : {Field::kReturnFrom, Field::kReturnTo, Field::kReturnDue, Field::kReturnReceived}) {
    if (!facts[field].empty() && (*stood)[field].empty()) return true;
  }
  return false;
}

std::string_view StageOf(const Facts& budget) {
  if (!budget[Field::kStage].empty()) return budget[Field::kStage];
  return !budget[Field::kAgreed].empty() ? "agreed" : !budget[Field::kIndicative].empty() ? "indicative" : "";
}

std::vector<Field> Differences(const Facts& a, const Facts& b) {
  std::vector<Field> fields;
  for (const FieldFacts& facts : Fields()) {
    if (std::ranges::find(kNotCompared, facts.field) != std::end(kNotCompared)) continue;
    if (!HasField(a.record, facts.field) && !HasField(b.record, facts.field)) continue;
    if ((a.record == Record::kReturn || a.record == Record::kPackage) && facts.field == Field::kKind) continue;
    const auto index = static_cast<std::size_t>(facts.field);
    // A word counts where there is no code for it.
    const std::string& one = a.values[index].empty() ? a.words[index] : a.values[index];
    const std::string& other = b.values[index].empty() ? b.words[index] : b.values[index];
    if (facts.field == Field::kStage && StageOf(a) == StageOf(b)) continue;
    if (one != other) fields.push_back(facts.field);
  }
  return fields;
}

Result<std::vector<Line>> ReadLines(const PersonPart& part, const StoredLedger& stored, const Layouts& layouts) { return Lines(part, stored, layouts).Run(); }

}  // namespace adapters::council::ledger
