// The steps in their order: lines, resources, entries, places, accounting.
#include "adapters/council/ledger/transaction.h"

#include <algorithm>
#include <array>
#include <set>

#include "adapters/base/keys.h"
#include "adapters/base/person_transaction.h"
#include "adapters/base/search_url.h"
#include "adapters/council/ledger/kept.h"
#include "adapters/council/ledger/to_fhir.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kMessageSystem = "https://careloom.example/fhir/id/message";

// Elements of a resource, and the field whose cell they come from.
struct FromField {
  std::string_view path;
  Field field;
};
constexpr FromField kFrom[] = {{"priceOverride", Field::kAmount},
                               {"occurrenceDateTime", Field::kDate},
                               {"occurrenceTiming", Field::kStart},
                               {"account", Field::kBudget},
                               {"code", Field::kService},
                               {"context", Field::kPackage},
                               {"quantity", Field::kQuantity},
                               {"supportingInformation", Field::kGoal},
                               {"servicePeriod", Field::kStart},
                               {"owner", Field::kFunder},
                               {"type", Field::kBudgetType},
                               {"extension('budget-stage')", Field::kStage},
                               {"extension('agreed-amount')", Field::kAgreed},
                               {"extension('indicative-amount')", Field::kIndicative},
                               {"status", Field::kStage}};

// Said on every row alike, and stored once.
constexpr Field kShared[] = {Field::kCouncil, Field::kAsAt, Field::kPerson, Field::kNhsNumber, Field::kPackage, Field::kCurrency, Field::kBudget,
                             Field::kReturn, Field::kReturnFrom, Field::kReturnTo, Field::kReturnDue, Field::kReturnReceived};

class Transaction {
 public:
  Transaction(const PersonPart& part, const Maps& maps) : part_(part), maps_(maps) {}

  Result<Adapted> Run() {
    bundle_ = StartTransaction(output());
    if (part_.rows.empty()) return std::move(adapted_);   // a ledger file takes nothing back by not holding it
    TRY_ASSIGN(stored_, StoredLedger::Read(part_.stored, part_.scope, part_.person, maps_));
    TRY_ASSIGN(lines_, ReadLines(part_, stored_, maps_.layouts()));
    if (!lines_.empty()) {
      TRY_ASSIGN(outputs_, MakeResources({maps_, part_, stored_, lines_}, output(), coverage_, report().outcome));
      if (!outputs_.empty()) Assemble();
    }
    TRY(Account());
    return std::move(adapted_);
  }

 private:
  fhir::Document& output() { return adapted_.transaction; }
  Report& report() { return adapted_.report; }
  std::string PlaceOfField(const Line& line, Field field) const { return PlaceOf(maps_.layouts().Find(line.facts.layout), line.number, line.facts.record,
      field); }

  Element* AddEntry(const std::string& uuid, Element* resource, const std::string& method, const std::string& url) {
    ++entries_;
    return adapters::AddEntry(output(), uuid, resource, method, url);
  }

  // What is new is made unless somebody made it meanwhile; what stood is replaced as it was read.
  void Assemble() {
    AddCouncil();
    for (const Output& out : outputs_) {
      if (out.line != 0) AddPlaces(lines_[out.line - 1]);
      if (!out.stood) {
        Element* request = AddEntry(out.uuid, out.resource, "POST", out.type);
        output().AddString(request, "ifNoneExist", IdentifierSearch(out.system, out.value));
        continue;
      }
      KeepOthers(*out.stood, *out.resource, output());
      const std::string id(out.stood->ValueOf("id"));
      output().AddString(out.resource, "id", id);
      AddIfMatch(output(), AddEntry(out.uuid, out.resource, "PUT", out.type + "/" + id), *out.stood);
    }
    AddProvenance();
  }

  void AddPlaces(const Line& line) {
    const std::string path = "Bundle.entry[" + std::to_string(entries_) + "]", row = "row " + std::to_string(line.number);
    adapted_.places.push_back({path, row});
    const Layout* layout = maps_.layouts().Find(line.facts.layout);
    const auto add = [&](std::string_view element, Field field) {
      if (layout && layout->Find(line.facts.record, field)) adapted_.places.push_back({path + ".resource." + std::string(element), PlaceOfField(line, field)});
    };
    for (const FromField& from : kFrom) add(from.path, from.field);
    add("occurrence", IsPosting(line.facts.record) ? Field::kDate : Field::kStart);
    add("subject", Field::kPerson);
    add("identifier", line.facts.record == Record::kBudget ? Field::kBudget : Field::kKey);
    add("partOf", line.facts.record == Record::kBudget ? Field::kParent : line.facts[Field::kKind] == "charge" ? Field::kMeets : Field::kReverses);
  }

  void AddCouncil() {
    Element* council = AddOnce(output(), "Organization", kCouncilSystem, part_.scope);
    ++entries_;
    coverage_.Note(LeafOf(1, Field::kCouncil), council->Walk("identifier", "value"));
    output().AddBoolean(council, "active", true);
    if (const std::string_view name = maps_.NameOfCouncil(part_.scope); !name.empty()) output().AddString(council, "name", name);
  }

  // One for each file that brought something of the person.
  void AddProvenance() {
    const Submission& file = part_.file;
    const std::string name = file.id.empty() ? file.from + "/" + file.to : file.id;
    const std::string id = UuidOf("Provenance", PersonSystemOf(part_.scope), part_.person + "|" + name);
    Element* provenance = output().NewResource("Provenance");
    output().AddString(provenance, "id", id);
    for (const Output& out : outputs_) {
      if (out.type != "Organization") output().AddString(output().Add(provenance, "target", true), "reference", "urn:uuid:" + out.uuid);
    }
    Element* period = output().Add(provenance, "occurredPeriod");
    output().AddString(period, "start", file.from);
    coverage_.Note(LeafOf(1, Field::kAsAt), output().AddString(period, "end", file.to));
    if (file.received_us != 0) {
      output().AddString(provenance, "recorded", InstantOf(file.received_us));
    } else {
      Element* recorded = output().Add(provenance, "recorded");
      recorded->kind = fhir::ValueKind::kNull;
      Element* extension = output().Add(recorded, "extension", true);
      output().AddString(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
      output().AddString(extension, "valueCode", "unknown");
    }
    Element* who = output().Add(output().Add(provenance, "agent", true), "who");
    output().AddString(who, "reference", "urn:uuid:" + UuidOf("Organization", kCouncilSystem, part_.scope));
    Element* entity = output().Add(provenance, "entity", true);
    output().AddString(entity, "role", "source");
    Element* what = output().Add(output().Add(entity, "what"), "identifier");
    output().AddString(what, "system", kMessageSystem);
    output().AddString(what, "value", name);
    AddEntry(id, provenance, "PUT", "Provenance/" + id);
  }

  Result<void> Account() {
    const auto leaves = static_cast<std::uint32_t>(lines_.size() * kFieldCount);
    const std::vector<bool> carried = coverage_.CarriedIn(*bundle_, leaves);
    for (std::size_t i = 1; i <= lines_.size(); ++i) {
      const Line& line = lines_[i - 1];
      ++report().entries_in;
      if (line.IsWritten()) {
        ++report().entries_stored;
      } else if (line.fate == Fate::kOlder) {
        ++report().entries_reported;
        report().outcome.Report(Severity::kWarning, "duplicate", "A later file says otherwise of this " +
            std::string(line.facts.record == Record::kBudget ? "budget" : "planned line") + ": " +
                                    line.differs + ". It stands as there.", "row " + std::to_string(line.number));
      } else {
        ++report().entries_merged;
        if (line.fate == Fate::kTwice) {
          report().outcome.Report(Severity::kInformation, "duplicate", "The row says what row " + std::to_string(line.twin) + " says; it is stored once.",
              "row " + std::to_string(line.number));
        }
      }
      AccountCells(line, i, carried);
    }
    return CheckAccount(report());
  }

  void AccountCells(const Line& line, std::size_t number, const std::vector<bool>& carried) {
    for (const FieldFacts& field : Fields()) {
      const auto index = static_cast<std::size_t>(field.field);
      if (line.facts.values[index].empty() && line.facts.words[index].empty()) continue;
      ++report().elements_in;
      const bool shared = std::ranges::find(kShared, field.field) != std::end(kShared);
      const bool is_record = field.field == Field::kRecord;
      if (carried[LeafOf(number, field.field)]) {
        ++report().elements_carried;
      } else if (shared || (!line.IsWritten() && (line.fate != Fate::kOlder || is_record ||
          (", " + line.differs + ",").find(", " + std::string(field.name) + ",") == std::string::npos))) {
        ++report().elements_merged;   // another row of the person says the same, or what is stored does
      } else if (line.fate == Fate::kOlder) {
        ++report().elements_reported;   // told with the row
      } else {
        ++report().elements_reported;
        report().outcome.Report(Severity::kWarning, "incomplete", "No rule of the mapping carries the cell.", PlaceOfField(line, field.field));
      }
    }
  }

  const PersonPart& part_;
  const Maps& maps_;
  Adapted adapted_;
  Element* bundle_ = nullptr;
  std::size_t entries_ = 0;
  StoredLedger stored_;
  std::vector<Line> lines_;
  std::vector<Output> outputs_;
  fhir::mapping::Coverage coverage_;
};

}  // namespace

Result<Adapted> AdaptPart(const PersonPart& part, const Maps& maps) { return Transaction(part, maps).Run(); }

}  // namespace adapters::council::ledger
