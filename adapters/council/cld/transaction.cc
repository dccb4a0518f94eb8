// The steps in their order: rows, events of all files, what they say together, resources, entries, accounting.
#include "adapters/council/cld/transaction.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "adapters/base/person_transaction.h"
#include "adapters/base/provenance.h"
#include "adapters/base/search_url.h"
#include "adapters/council/cld/additions.h"
#include "adapters/council/cld/keys.h"
#include "adapters/council/cld/merge.h"
#include "adapters/council/cld/picture.h"
#include "adapters/council/cld/reader.h"
#include "adapters/council/cld/to_fhir.h"
#include "fhir/mapping/coverage.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

class Transaction {
 public:
  Transaction(const PersonPart& part, std::span<const Event> stored, const Maps& maps) : part_(part), stored_(stored), maps_(maps) {}

  Result<Adapted> Run() {
    bundle_ = StartTransaction(output());
    TRY_ASSIGN(rows_, ReadPersonRows(part_, maps_.lists()));
    // A refused row is remembered although it changes nothing: the file does not say all of this person.
    bool changed = rows_.bad > 0;
    events_ = MergeEvents({part_, rows_, stored_, &HadBadRows}, changed, report().outcome);
    if (changed || !rows_.lines.empty()) {
      picture_ = MakePicture(events_, maps_.lists());
      ReportDeath();
      TRY_ASSIGN(outputs_, MakeResources({maps_, part_.scope, part_.person, picture_}, output(), coverage_, report().outcome));
      Assemble();
    }
    TRY(Account());
    return std::move(adapted_);
  }

 private:
  fhir::Document& output() { return adapted_.transaction; }
  Report& report() { return adapted_.report; }

  void ReportDeath() {
    for (const Placed& placed : picture_.events) {
      const Event& event = placed.said->event;
      if (placed.said->line == 0 || placed.end == event[Column::kEventEnd]) continue;
      report().outcome.Report(Severity::kInformation, "informational", "The service goes on after the date of death; in the record it ends on that day.",
                              PlaceOf(event.row, FactsOf(Column::kEventEnd)));
    }
  }

  void Assemble() {
    AddCouncil();
    AddCaredFor();
    std::ranges::sort(outputs_, {}, [](const Output& out) { return std::tie(out.type, out.system, out.value); });
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, const Element*> kept;
    for (const fhir::Document& document : part_.stored) {
      const Element* own = document.root ? OwnIdentifier(*document.root) : nullptr;
      if (own) kept[{document.root->resource_type(), own->ValueOf("system"), own->ValueOf("value")}] = document.root;
    }
    for (const Output& out : outputs_) {
      Element* request = AddEntry(output(), out.uuid, out.resource, "PUT", out.type + "?" + IdentifierSearch(out.system, out.value));
      const auto at = kept.find({out.type, out.system, out.value});
      if (at == kept.end()) continue;
      KeepAdditions(*at->second, *out.resource, output());
      AddIfMatch(output(), request, *at->second);
      kept.erase(at);
    }
    for (const auto& [name, resource] : kept) {
      const auto& [type, system, value] = name;
      if (IsOurs(type, system, value)) AddEntry(output(), {}, nullptr, "DELETE", std::string(type) + "?" + IdentifierSearch(system, value));
    }
    AddProvenance();
  }

  // A resource that the person's events gave rise to, and now no longer do. Events stay, as entered in error.
  bool IsOurs(std::string_view type, std::string_view system, std::string_view value) const {
    const auto is = [&](std::string_view of, std::string_view kind) { return type == of && system == SystemOf(kind, part_.scope); };
    const std::string person = KeyPart(part_.person);
    if (is("RelatedPerson", "cld-carer")) return value.ends_with("/" + person);
    if (is("CarePlan", "cld-plan")) return value == person;
    const bool derived = is("Observation", "cld-fact") || is("Condition", "cld-need") || is("Account", "cld-account") || is("ChargeItem", "cld-charge");
    return derived && value.starts_with(person + "/");
  }

  void AddCouncil() {
    Element* council = AddOnce(output(), "Organization", kCouncilSystem, part_.scope);
    const Element* code = council->Walk("identifier", "value");
    for (std::uint32_t line = 1; line <= rows_.lines.size(); ++line) {
      if (rows_.lines[line - 1].stands) {
        coverage_.Note(LeafOf(line, Column::kLaCode), code);
        break;
      }
    }
    output().AddBoolean(council, "active", true);
    if (const std::string_view name = maps_.NameOfCouncil(part_.scope); !name.empty()) output().AddString(council, "name", name);
  }

  void AddCaredFor() {
    std::vector<std::string_view> people;
    for (const Said& said : events_) {
      for (const Column column : {Column::kAdult1, Column::kAdult2, Column::kAdult3}) {
        if (!said.event[column].empty() && said.event[column] != part_.person) people.push_back(said.event[column]);
      }
    }
    std::ranges::sort(people);
    people.erase(std::unique(people.begin(), people.end()), people.end());
    for (const std::string_view person : people) AddOnce(output(), "Patient", PersonSystemOf(part_.scope), person);
  }

  void AddProvenance() {
    if (part_.rows.empty()) return;
    std::vector<std::string> keys;
    for (const Line& line : rows_.lines) keys.push_back(line.key);
    std::ranges::sort(keys);
    std::vector<std::string> targets;
    for (const Output& out : outputs_) {
      const bool is_event = out.type == "ServiceRequest" || out.type == "Task" || out.type == "EpisodeOfCare";
      if (out.type == "Patient" || (is_event && std::ranges::binary_search(keys, out.value))) targets.push_back("urn:uuid:" + out.uuid);
    }
    const std::string system = PersonSystemOf(part_.scope), council = UuidOf("Organization", kCouncilSystem, part_.scope);
    Element* provenance = MakeProvenance(part_, {system, council, targets, rows_.bad}, output());
    const std::string id(provenance->ValueOf("id"));
    AddEntry(output(), id, provenance, "PUT", "Provenance/" + id);
  }

  Result<void> Account() {
    std::unordered_map<std::string_view, const Placed*> by_key;
    for (const Placed& placed : picture_.events) by_key[placed.said->event.key] = &placed;
    const auto leaves = static_cast<std::uint32_t>(rows_.lines.size() * kColumnCount);
    const std::vector<bool> carried = coverage_.CarriedIn(*bundle_, leaves);
    for (std::uint32_t i = 0; i < rows_.lines.size(); ++i) {
      const Line& line = rows_.lines[i];
      ++report().entries_in;
      for (const std::string& cell : line.cells) report().elements_in += cell.empty() ? 0U : 1U;
      const auto at = by_key.find(line.key);
      if (at == by_key.end()) return Error(ErrorKind::kInternal, "A row's event is not in its transaction; nothing was stored.").At("row " + std::to_string(line.number));
      if (line.stands) {
        ++report().entries_stored;
        AccountStanding(line, i + 1, *at->second, carried);
      } else {
        AccountPassed(line, at->second->said->event);
      }
    }
    return CheckAccount(report());
  }

  void AccountStanding(const Line& line, std::uint32_t number, const Placed& placed, const std::vector<bool>& carried) {
    for (const ColumnFacts& column : Columns()) {
      if (At(line.cells, column.column).empty()) continue;
      const bool given = std::ranges::find(placed.as_given, column.column, &AsGiven::column) != placed.as_given.end();
      if (carried[LeafOf(number, column.column)]) {
        ++report().elements_carried;
      } else if (column.of != Of::kEvent && !given) {
        ++report().elements_merged;   // another row of the person says the same, and stands behind what is stored
      } else {
        ++report().elements_reported;
        report().outcome.Report(Severity::kWarning, "incomplete", "No rule of the mapping carries the cell.", PlaceOf(line.number, column));
      }
    }
  }

  // A row whose event stands as another row says it: of this file or of a later one.
  void AccountPassed(const Line& line, const Event& event) {
    std::string differing;
    for (const ColumnFacts& column : Columns()) {
      const std::string& cell = At(line.cells, column.column);
      if (column.of == Of::kFile) {
        if (!cell.empty()) ++report().elements_merged;   // of the file, as its other rows say
      } else if (cell == event[column.column]) {
        if (!cell.empty()) ++report().elements_merged;
      } else {
        if (!cell.empty()) ++report().elements_reported;
        (differing += differing.empty() ? "" : ", ") += column.header;
      }
    }
    const std::string whose = event.row != 0 ? "row " + std::to_string(event.row) : "a later file";
    const std::string place = "row " + std::to_string(line.number);
    if (differing.empty()) {
      ++report().entries_merged;
      report().outcome.Report(Severity::kInformation, "duplicate", "The row says the event that " + whose + " says, in the same words; it is stored once.", place);
    } else {
      ++report().entries_reported;
      report().outcome.Report(Severity::kWarning, "duplicate", "The row says the event that " + whose + " says, but differs in " + differing + ". The event is stored as there.", place);
    }
  }

  const PersonPart& part_;
  std::span<const Event> stored_;
  const Maps& maps_;
  Adapted adapted_;
  Element* bundle_ = nullptr;
  PersonRows rows_;
  std::vector<Said> events_;
  Picture picture_;
  std::vector<Output> outputs_;
  fhir::mapping::Coverage coverage_;
};

}  // namespace

const Element* OwnIdentifier(const Element& resource) {
  for (const Element& identifier : fhir::Repeats(resource, "identifier")) {
    const std::string_view system = identifier.ValueOf("system");
    for (const std::string_view kind : {"id/cld-", "id/la-person-id/"}) {
      if (system.starts_with(std::string(kBase) + std::string(kind))) return &identifier;
    }
  }
  return nullptr;
}

Result<Adapted> AdaptPart(const PersonPart& part, std::span<const Event> stored, const Maps& maps) {
  return Transaction(part, stored, maps).Run();
}

}  // namespace adapters::council::cld
