// The way there adds what the way back does not find: it is run at once, and every cell that it gets wrong stands as given.
#include "adapters/gp/tpp/record.h"

#include <algorithm>
#include <tuple>

#include "adapters/base/keys.h"
#include "adapters/base/nhs_number.h"
#include "adapters/gp/tpp/source_row.h"
#include "fhir/base/date_time.h"

namespace adapters::gp::tpp {

using fhir::Element;
using fhir::Repeats;
using fhir::Result;

namespace {

std::string Unescape(std::string_view part) {
  std::string text;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const std::string_view code = part.substr(i, 3);
    if (code == "%2F" || code == "%25") {
      text += code == "%2F" ? '/' : '%';
      i += 2;
    } else {
      text += part[i];
    }
  }
  return text;
}

// A word without a code, a text that is no number: what a map began for them and could not fill is taken away.
void Prune(Element& element) {
  Element* next = nullptr;
  for (Element* child = element.first_child; child; child = next) {
    next = child->next;
    Prune(*child);
    const bool is_empty = child->kind == fhir::ValueKind::kNone && !child->first_child;
    const bool is_url = child->name == "extension" && child->first_child && child->first_child == child->last_child;
    const bool is_system = child->name == "coding" && !child->Find("code") && !child->Find("display");
    if (is_empty || is_url || is_system) fhir::Document::Detach(child);
  }
}

// What tells which row of a table comes last: rows taken back first, then by when it was said, then by id.
std::string OrderOf(const Table& table, const SetRow& row) {
  std::string order = row.withdrawn ? "0" : "1";
  for (const std::string_view column : {"DateEvent", "DateEventRecorded", "DateAdded"}) {
    const std::size_t place = table.Find(column);
    (order += '|') += place == kNone ? std::string() : row.cells[place];
  }
  return order;
}

// Cells that the resource's own place and name say.
void FillKnown(const Table& table, std::string_view scope, std::string_view person, const RecordName& name, std::string_view id, SetRow& row) {
  row.cells[table.organisation] = scope;
  row.cells[table.patient] = person;
  row.cells[table.row] = id;
  if (table.key == table.row) return;
  row.cells[table.key] = Unescape(std::string_view(name.value).substr(name.value.find('/') + 1));
}

Result<SetRow> ReadRow(const Maps& maps, std::string_view scope, std::string_view person, const RecordName& name, std::size_t number, const Named& named) {
  const Table& table = maps.tables().at(number);
  SetRow row;
  row.table = number;
  row.cells.resize(table.columns.size());
  fhir::Document scratch;
  TRY_ASSIGN(const Element* said, maps.Back(table.name, *named.holder, scratch));
  if (said) {
    for (const Element& cell : fhir::Children(*said)) {
      const std::size_t column = table.Find(cell.name);
      if (column != kNone) row.cells[column] = cell.value();
    }
  }
  FillKnown(table, scope, person, name, ValueOfPart(*named.extension, "row", "valueString"), row);
  for (const Element& given : Repeats(*named.extension, "extension")) {
    if (given.ValueOf("url") != "as-given") continue;
    const std::size_t column = table.Find(ValueOfPart(given, "column", "valueCode"));
    if (column != kNone) row.cells[column] = ValueOfPart(given, "text", "valueString");
  }
  row.said_by.to = ValueOfPart(*named.extension, "extracted", "valueDate");
  if (const auto time = fhir::DateTime::Parse(ValueOfPart(*named.extension, "received", "valueInstant"))) row.said_by.received_us = time->FirstMicrosecond();
  row.withdrawn = ValueOfPart(*named.extension, "withdrawn", "valueBoolean") == "true";
  return row;
}

class Builder {
 public:
  Builder(const Maps& maps, std::string_view scope, std::string_view person, Record& record, fhir::Document& target)
      : maps_(maps), scope_(scope), person_(person), record_(record), target_(target) {}

  Result<Element*> Make(const Links& links, fhir::IssueSink& outcome) {
    std::ranges::sort(record_.rows, {}, [&](const SetRow& row) { return std::tuple(row.table, OrderOf(TableOf(row), row), IdOf(TableOf(row), row)); });
    FillTree(links);
    fhir::IssueSink issues(100);
    TRY_ASSIGN(resource_, maps_.Forward(record_.name.type, scope_, *tree_.root, target_, issues));
    for (const fhir::Issue& issue : issues.issues()) ReportIssue(issue, Place(), outcome);
    Prune(*resource_);
    NameRows();
    // What R4 demands and the set does not say.
    if (record_.name.type == "Goal" && !resource_->Find("description")) MarkAbsent("description");
    if (record_.name.type == "ServiceRequest" && !resource_->Find("status")) target_.AddString(resource_, "status", "unknown");
    TRY(AddAsGiven());
    return resource_;
  }

 private:
  const Table& TableOf(const SetRow& row) const { return maps_.tables().at(row.table); }

  void Reference(Element* parent, std::string_view name, std::string_view reference, bool repeats = false) {
    if (!reference.empty()) tree_.AddString(tree_.Add(parent, name, repeats), "reference", reference);
  }

  // All rows that say what it is were taken back.
  bool IsTaken() const {
    const bool stub = IsStub(maps_.tables(), record_);
    return std::ranges::all_of(record_.rows, [&](const SetRow& row) { return row.withdrawn || (!stub && IsPart(TableOf(row))); });
  }

  void FillTree(const Links& links) {
    Element* root = tree_.root = tree_.New({});
    Element* identifier = tree_.Add(root, "identifier", true);
    tree_.AddString(identifier, "system", SystemOf(record_.name.kind, scope_));
    tree_.AddString(identifier, "value", record_.name.value);
    Reference(root, "subject", links.subject);
    Reference(root, "organisation", links.organisation);
    Reference(root, "plan", links.plan);
    for (const std::string& goal : links.goals) Reference(root, "goal", goal, true);
    for (const std::string& need : links.needs) Reference(root, "need", need, true);
    std::string as_of;
    for (const SetRow& row : record_.rows) as_of = std::max(as_of, row.said_by.to);
    if (record_.name.type == "CarePlan" && !as_of.empty()) tree_.AddString(root, "asOf", as_of);
    const bool taken = IsTaken();
    if (taken) tree_.AddBoolean(root, "withdrawn", true);
    for (const SetRow& row : record_.rows) {
      // A row taken back says nothing any more, but what the whole is when all were, and that an activity was an error.
      if (row.withdrawn && !taken && TableOf(row).name != "SRCarePlanItem") continue;
      AddRow(root, row);
    }
  }

  void AddRow(Element* root, const SetRow& row) {
    const Table& table = TableOf(row);
    Element* made = tree_.Add(root, table.name, true);
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      if (!row.cells[i].empty()) tree_.AddString(made, table.columns[i].name, row.cells[i]);
      if (table.columns[i].name != "NHSNumber") continue;
      const std::string number = WithoutBlanks(row.cells[i]);
      if (IsNhsNumber(number)) tree_.AddString(root, "nhsNumber", number);
    }
    if (row.withdrawn) tree_.AddBoolean(made, "withdrawn", true);
    Element* source = MakeSourceRow(table, row, tree_);
    source->name = "source";
    tree_.Attach(made, source);
  }

  // The first row at hand that the resource is made of.
  std::string Place() const {
    for (const SetRow& row : record_.rows) {
      if (row.number != 0) return PlaceOf(TableOf(row).name, row.number);
    }
    return record_.name.type;
  }

  static void ReportIssue(const fhir::Issue& issue, const std::string& place, fhir::IssueSink& outcome) {
    if (issue.code == "code-invalid") {
      outcome.Report(fhir::Severity::kInformation, issue.code, "A word of the set has no FHIR code in mappings/tpp/concept_maps; it is kept as it came. " + issue.text, place);
    } else {
      outcome.Report(fhir::Severity::kWarning, issue.code, issue.text, place);
    }
  }

  // Rows that the map gave no place of their own are named in the resource itself.
  void NameRows() {
    std::vector<Named> found;
    FindNamed(*resource_, found);
    for (const SetRow& row : record_.rows) {
      const Table& table = TableOf(row);
      const bool named = std::ranges::any_of(found, [&](const Named& one) { return Names(*one.extension, table, row); });
      if (!named) target_.Attach(resource_, MakeSourceRow(table, row, target_));
    }
  }

  void MarkAbsent(std::string_view name) {
    Element* extension = target_.Add(target_.Add(resource_, name), "extension", true);
    target_.AddString(extension, "url", "http://hl7.org/fhir/StructureDefinition/data-absent-reason");
    target_.AddString(extension, "valueCode", "unknown");
  }

  Result<void> AddAsGiven() {
    fhir::schema::Bind(*resource_, maps_.registry());
    std::vector<Named> found;
    FindNamed(*resource_, found);
    for (const SetRow& row : record_.rows) {
      const Table& table = TableOf(row);
      const auto at = std::ranges::find_if(found, [&](const Named& one) { return Names(*one.extension, table, row); });
      TRY_ASSIGN(const SetRow back, ReadRow(maps_, scope_, person_, record_.name, row.table, *at));
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        if (back.cells[i] == row.cells[i]) continue;
        // The element is of `target_`, which is ours to change.
        Element* given = AddPart(target_, const_cast<Element*>(at->extension), "as-given");
        target_.AddString(AddPart(target_, given, "column"), "valueCode", table.columns[i].name);
        if (!row.cells[i].empty()) target_.AddString(AddPart(target_, given, "text"), "valueString", row.cells[i]);
      }
    }
    return {};
  }

  const Maps& maps_;
  std::string_view scope_, person_;
  Record& record_;
  fhir::Document& target_;
  fhir::Document tree_;
  Element* resource_ = nullptr;
};

}  // namespace

RecordName NameOf(const Table& table, std::string_view person, const SetRow& row) {
  if (table.resource == "Patient") return {table.resource, table.kind, std::string(person)};
  return {table.resource, table.kind, KeyPart(person) + "/" + KeyPart(KeyOf(table, row))};
}

RecordName NameOf(const Element& resource, std::string_view scope, std::string_view person) {
  const bool is_patient = resource.resource_type() == "Patient";
  const std::string prefix = is_patient ? std::string(person) : KeyPart(person) + "/";
  for (const Element& identifier : Repeats(resource, "identifier")) {
    const std::string_view system = identifier.ValueOf("system"), value = identifier.ValueOf("value");
    const std::string base = std::string(kBase) + "id/";
    if (!system.starts_with(base + "tpp-") || !(is_patient ? value == prefix : value.starts_with(prefix))) continue;
    const std::string_view kind = system.substr(base.size());
    if (!kind.ends_with("/" + std::string(scope))) continue;
    return {std::string(resource.resource_type()), std::string(kind.substr(0, kind.find('/'))), std::string(value)};
  }
  return {};
}

bool IsPart(const Table& table) { return table.key != table.row && table.columns[table.key].mandatory; }

bool IsStub(const Tables& tables, const Record& record) {
  return std::ranges::all_of(record.rows, [&](const SetRow& row) { return IsPart(tables.at(row.table)); });
}

Result<Element*> MakeResource(const Maps& maps, std::string_view scope, std::string_view person, Record& record, const Links& links, fhir::Document& target,
                              fhir::IssueSink& outcome) {
  return Builder(maps, scope, person, record, target).Make(links, outcome);
}

Result<std::vector<SetRow>> RowsOf(const Maps& maps, std::string_view scope, std::string_view person, const Element& resource) {
  std::vector<SetRow> rows;
  const RecordName name = NameOf(resource, scope, person);
  if (name.type.empty()) return rows;
  std::vector<Named> found;
  FindNamed(resource, found);
  for (const Named& named : found) {
    const std::size_t table = maps.tables().Find(ValueOfPart(*named.extension, "table", "valueCode"));
    if (table == kNone) continue;
    TRY_ASSIGN(SetRow row, ReadRow(maps, scope, person, name, table, named));
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace adapters::gp::tpp
