// The steps in their order: rows, merged with what is stored, the records that changed, resources, entries, accounting.
#include "adapters/gp/tpp/transaction.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "adapters/base/keys.h"
#include "adapters/base/person_transaction.h"
#include "adapters/base/provenance.h"
#include "adapters/base/search_url.h"
#include "adapters/gp/tpp/merge.h"
#include "adapters/gp/tpp/own_parts.h"
#include "adapters/gp/tpp/record.h"

namespace adapters::gp::tpp {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

class Transaction {
 public:
  Transaction(const PersonPart& part, const Maps& maps) : part_(part), maps_(maps), tables_(maps.tables()) {}

  Result<Adapted> Run() {
    StartTransaction(output());
    TRY_ASSIGN(rows_, ReadPersonRows(tables_, part_));
    TRY_ASSIGN(std::vector<SetRow> stored, ReadStored());
    TRY(CheckPerson());
    std::vector<Merged> merged = MergeRows(tables_, part_, rows_, std::move(stored), [this](const Submission& set) { return HadBadRows(part_, set); }, report().outcome);
    MakeRecords(std::move(merged));
    ReportStubs();
    TRY(MakeEntries());
    TRY(Account());
    return std::move(adapted_);
  }

 private:
  fhir::Document& output() { return adapted_.transaction; }
  Report& report() { return adapted_.report; }
  std::string Uuid(const RecordName& name) const { return UuidOf(name.type, SystemOf(name.kind, part_.scope), name.value); }

  Result<std::vector<SetRow>> ReadStored() {
    std::vector<SetRow> rows;
    for (const fhir::Document& document : part_.stored) {
      if (!document.root || !document.root->is_resource) continue;
      const RecordName name = NameOf(*document.root, part_.scope, part_.person);
      if (name.type.empty()) continue;
      kept_[name] = document.root;
      ours_.insert(name.type + "/" + std::string(document.root->ValueOf("id")));
      TRY_ASSIGN(std::vector<SetRow> of_resource, RowsOf(maps_, part_.scope, part_.person, *document.root));
      std::ranges::move(of_resource, std::back_inserter(rows));
    }
    return rows;
  }

  bool HasPatient() const {
    const bool stored = std::ranges::any_of(kept_, [](const auto& one) { return one.first.type == "Patient"; });
    return stored || std::ranges::any_of(rows_.lines, [&](const Line& line) { return tables_.at(line.row.table).resource == "Patient"; });
  }

  Result<void> CheckPerson() const {
    if (rows_.lines.empty() || HasPatient()) return {};
    return Error(ErrorKind::kUnprocessable, "Neither the set nor an earlier one has a row of SRPatient for this person. Send that row, then replay this message.")
        .WithIssueType("not-found")
        .At(PlaceOf(tables_.at(rows_.lines.front().row.table).name, rows_.lines.front().row.number));
  }

  void MakeRecords(std::vector<Merged> merged) {
    for (Merged& one : merged) {
      const RecordName name = NameOf(tables_.at(one.row.table), part_.person, one.row);
      Record& record = records_[name];
      record.name = name;
      record.rows.push_back(std::move(one.row));
      if (one.changed) affected_.insert(name);
    }
    // What a plan is linked with may have changed with any goal or need.
    const bool links = std::ranges::any_of(affected_, [](const RecordName& name) { return name.type == "Goal" || name.type == "Condition"; });
    const bool new_plan = std::ranges::any_of(affected_, [this](const RecordName& name) { return name.type == "CarePlan" && !kept_.contains(name); });
    for (const auto& [name, record] : records_) {
      if ((links && name.type == "CarePlan") || (new_plan && name.type == "Task")) affected_.insert(name);
    }
  }

  void ReportStubs() {
    for (const RecordName& name : affected_) {
      const Record& record = records_.at(name);
      if (!IsStub(tables_, record)) continue;
      for (const SetRow& row : record.rows) {
        if (row.number == 0) continue;
        const Table& table = tables_.at(row.table);
        report().outcome.Report(Severity::kWarning, "not-found", "The row is of one of which no row has come yet. What it says is kept, in a " + name.type +
                                    " whose status is unknown until that row comes.", PlaceOf(table.name, row.number, table.columns[table.key].name));
      }
    }
  }

  // Of a resource that this transaction makes, or that is stored; empty: of neither.
  std::string ReferenceTo(const RecordName& name) const {
    if (affected_.contains(name)) return "urn:uuid:" + Uuid(name);
    const auto at = kept_.find(name);
    return at == kept_.end() ? std::string() : name.type + "/" + std::string(at->second->ValueOf("id"));
  }

  RecordName PatientName() const { return {"Patient", std::string(kPatientKind), part_.person}; }

  static std::string EventOf(const Tables& tables, const Record& record) {
    for (const SetRow& row : record.rows) {
      const std::size_t place = IsPart(tables.at(row.table)) || row.withdrawn ? kNone : tables.at(row.table).Find("IDEvent");
      if (place != kNone && !row.cells[place].empty()) return row.cells[place];
    }
    return {};
  }

  Links LinksOf(const Record& record) const {
    Links links;
    if (record.name.type != "Patient") links.subject = ReferenceTo(PatientName());
    links.organisation = "urn:uuid:" + UuidOf("Organization", kOrganisationSystem, part_.scope);
    if (record.name.type == "Task") {
      const SetRow& row = record.rows.front();
      const std::size_t place = tables_.at(row.table).Find("IDCarePlan");
      links.plan = ReferenceTo({"CarePlan", "tpp-plan", KeyPart(part_.person) + "/" + KeyPart(row.cells[place])});
    }
    const std::string event = record.name.type == "CarePlan" ? EventOf(tables_, record) : std::string();
    if (event.empty()) return links;
    // An event in which several plans were recorded does not tell whose goal or need it is.
    const auto plans = std::ranges::count_if(records_, [&](const auto& one) { return one.first.type == "CarePlan" && EventOf(tables_, one.second) == event; });
    if (plans != 1) return links;
    for (const auto& [name, other] : records_) {
      if ((name.type != "Goal" && name.type != "Condition") || EventOf(tables_, other) != event) continue;
      const std::string reference = ReferenceTo(name);
      if (!reference.empty()) (name.type == "Goal" ? links.goals : links.needs).push_back(reference);
    }
    return links;
  }

  void AddOrganisation() {
    output().AddBoolean(AddOnce(output(), "Organization", kOrganisationSystem, part_.scope), "active", true);
  }

  Result<void> MakeEntries() {
    // A refused row is remembered although it changes nothing: the set does not say all of this person.
    const bool remembers = rows_.bad > 0 && HasPatient();
    if (affected_.empty() && !remembers) return {};
    AddOrganisation();
    std::vector<std::string> targets;
    for (const RecordName& name : affected_) {
      Record& record = records_.at(name);
      TRY_ASSIGN(Element * made, MakeResource(maps_, part_.scope, part_.person, record, LinksOf(record), output(), report().outcome));
      const auto kept = kept_.find(name);
      if (kept != kept_.end()) KeepAdditions(*kept->second, *made, output(), OwnPartsOf(ours_));
      Element* request = AddEntry(output(), Uuid(name), made, "PUT", name.type + "?" + IdentifierSearch(SystemOf(name.kind, part_.scope), name.value));
      targets.push_back("urn:uuid:" + Uuid(name));
      if (kept != kept_.end()) AddIfMatch(output(), request, *kept->second);
    }
    if (part_.rows.empty()) return {};
    if (targets.empty()) targets.push_back(ReferenceTo(PatientName()));
    const std::string system = SystemOf(kPatientKind, part_.scope), organisation = UuidOf("Organization", kOrganisationSystem, part_.scope);
    Element* provenance = MakeProvenance(part_, {system, organisation, targets, rows_.bad}, output());
    const std::string id(provenance->ValueOf("id"));
    AddEntry(output(), id, provenance, "PUT", "Provenance/" + id);
    return {};
  }

  // A cell is carried when the resources give it back; MakeResource saw to that.
  Result<void> Account() {
    std::map<std::pair<std::size_t, std::string>, const SetRow*> stands;
    for (const auto& [name, record] : records_) {
      for (const SetRow& row : record.rows) stands[{row.table, IdOf(tables_.at(row.table), row)}] = &row;
    }
    for (const Line& line : rows_.lines) {
      const Table& table = tables_.at(line.row.table);
      const auto at = stands.find({line.row.table, IdOf(table, line.row)});
      if (at == stands.end()) return Error(ErrorKind::kInternal, "A row is not in its transaction; nothing was stored.").At(PlaceOf(table.name, line.row.number));
      ++report().entries_in;
      std::string differing;
      for (std::size_t i = 0; i < line.row.cells.size(); ++i) {
        const std::string& cell = line.row.cells[i];
        const bool same = cell == at->second->cells[i];
        if (!same) (differing += differing.empty() ? "" : ", ") += table.columns[i].name;
        if (cell.empty()) continue;
        ++report().elements_in;
        ++(!same ? report().elements_reported : line.fate == Fate::kStands ? report().elements_carried : report().elements_merged);
      }
      AccountRow(table, line, differing);
    }
    return CheckAccount(report());
  }

  void AccountRow(const Table& table, const Line& line, const std::string& differing) {
    const std::string place = PlaceOf(table.name, line.row.number);
    if (line.fate == Fate::kStands) {
      ++report().entries_stored;
    } else if (line.fate == Fate::kSame) {
      ++report().entries_merged;
      if (line.by != "what is stored") report().outcome.Report(Severity::kInformation, "duplicate", "The row says what " + line.by + " says, in the same words; it is stored once.", place);
    } else {
      ++report().entries_reported;
      report().outcome.Report(Severity::kWarning, "duplicate", "The row has the id of " + line.by + ", but differs in " + differing + ". It is stored as there.", place);
    }
  }

  const PersonPart& part_;
  const Maps& maps_;
  const Tables& tables_;
  Adapted adapted_;
  PersonRows rows_;
  std::map<RecordName, const Element*> kept_;          // what is stored, by name
  std::set<std::string, std::less<>> ours_;            // references to it
  std::map<RecordName, Record> records_;
  std::set<RecordName> affected_;
};

}  // namespace

Result<Adapted> AdaptPart(const PersonPart& part, const Maps& maps) { return Transaction(part, maps).Run(); }

}  // namespace adapters::gp::tpp
