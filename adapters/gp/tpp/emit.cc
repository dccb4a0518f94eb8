// Rows to lines: RFC 4180, CRLF, times as the set writes them.
#include "adapters/gp/tpp/emit.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "adapters/base/csv.h"
#include "adapters/base/keys.h"
#include "adapters/base/stored.h"
#include "adapters/gp/tpp/own_parts.h"
#include "adapters/gp/tpp/record.h"
#include "adapters/gp/tpp/time.h"
#include "adapters/gp/tpp/transaction.h"

namespace adapters::gp::tpp {

using fhir::Element;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kLineEnd = "\r\n";

std::string Line(const Table& table, const SetRow& row) {
  std::string line;
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    if (i > 0) line += ',';
    AppendCsvCell(line, table.columns[i].holds == Holds::kTime && !row.cells[i].empty() ? WriteTime(row.cells[i]) : row.cells[i]);
  }
  return line.append(kLineEnd);
}

// The organisation and the person that a Patient is of.
struct Owner {
  std::string scope, person;
};
std::vector<Owner> OwnersOf(const Element& patient) {
  std::vector<Owner> owners;
  const std::string prefix = SystemOf(kPatientKind, {});
  for (const Element& identifier : fhir::Repeats(patient, "identifier")) {
    const std::string_view system = identifier.ValueOf("system");
    if (system.starts_with(prefix)) owners.push_back({std::string(system.substr(prefix.size())), std::string(identifier.ValueOf("value"))});
  }
  return owners;
}

bool AnyValue(const Element& element) {
  if (element.has_value()) return true;
  for (const Element& child : fhir::Children(element)) {
    if (AnyValue(child)) return true;
  }
  return false;
}

class Emission {
 public:
  Emission(std::span<const fhir::Document> stored, const Maps& maps, Emitted& emitted) : stored_(stored), maps_(maps), emitted_(emitted) {
    emitted_.files.resize(maps.tables().all().size());
  }

  Result<void> Write(const Owner& owner) {
    std::vector<SetRow> rows;
    std::set<std::string, std::less<>> ours;
    std::vector<const Element*> resources;
    for (const fhir::Document& document : stored_) {
      if (!document.root || !document.root->is_resource || NameOf(*document.root, owner.scope, owner.person).type.empty()) continue;
      resources.push_back(document.root);
      ours.insert(std::string(document.root->resource_type()) + "/" + std::string(document.root->ValueOf("id")));
      TRY_ASSIGN(std::vector<SetRow> of_resource, RowsOf(maps_, owner.scope, owner.person, *document.root));
      std::ranges::move(of_resource, std::back_inserter(rows));
    }
    std::erase_if(rows, [](const SetRow& row) { return row.withdrawn; });
    std::ranges::sort(rows, {}, [&](const SetRow& row) { return std::tuple(row.table, IdOf(TableOf(row), row)); });
    for (const SetRow& row : rows) emitted_.files[row.table] += Line(TableOf(row), row);
    for (const Element* resource : resources) NameLost(*resource, OwnPartsOf(ours));
    NameOthers(ours);
    return {};
  }

 private:
  const Table& TableOf(const SetRow& row) const { return maps_.tables().at(row.table); }

  void NameLost(const Element& resource, const OwnParts& own) {
    const std::string name = std::string(resource.resource_type()) + "/" + std::string(resource.ValueOf("id"));
    for (const Element& child : fhir::Children(resource)) {
      if (!IsAddition(own, resource.resource_type(), child) || !AnyValue(child)) continue;
      if (child.name == "link") continue;   // that the person is joined with another is the server's own
      emitted_.outcome.Report(Severity::kWarning, "not-supported", "No table of the set has a column for this element of " + name + "; it was left out.", fhir::PathOf(child));
    }
  }

  // What other sources say of the person.
  void NameOthers(const std::set<std::string, std::less<>>& ours) {
    for (const fhir::Document& document : stored_) {
      if (!document.root || !document.root->is_resource) continue;
      const std::string_view type = document.root->resource_type();
      const bool of_set = std::ranges::any_of(maps_.tables().all(), [&](const Table& table) { return table.resource == type; });
      const std::string name = std::string(type) + "/" + std::string(document.root->ValueOf("id"));
      if (!of_set || type == "Patient" || ours.contains(name)) continue;
      emitted_.outcome.Report(Severity::kWarning, "not-supported", name + " came from elsewhere and is not in the set: it has no row id of this organisation.", name);
    }
  }

  std::span<const fhir::Document> stored_;
  const Maps& maps_;
  Emitted& emitted_;
};

}  // namespace

std::vector<std::string> FileNames(const Tables& tables) {
  std::vector<std::string> names;
  for (const Table& table : tables.all()) names.push_back(table.name + ".csv");
  return names;
}

std::vector<std::string> Heads(const Tables& tables) {
  std::vector<std::string> heads;
  for (const Table& table : tables.all()) {
    std::string head;
    for (const Column& column : table.columns) (head += head.empty() ? "" : ",") += column.name;
    heads.push_back(head.append(kLineEnd));
  }
  return heads;
}

Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const Maps& maps) {
  Emitted emitted;
  Emission emission(stored, maps, emitted);
  for (const fhir::Document& document : stored) {
    if (!document.root || document.root->resource_type() != "Patient") continue;
    for (const Owner& owner : OwnersOf(*document.root)) {
      TRY(emission.Write(owner));
    }
  }
  return emitted;
}

}  // namespace adapters::gp::tpp
