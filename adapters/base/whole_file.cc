// People in the order of their ids; what several of them need (the council, a person cared for) stands once.
#include "adapters/base/whole_file.h"

#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "adapters/base/report.h"

namespace adapters {

using fhir::Element;
using fhir::Result;

namespace {

void AddReport(const Report& from, Report& to) {
  AddCounts(from, to);
  for (const fhir::Issue& issue : from.outcome.issues()) to.outcome.Report(issue);
}

// Rows of a person that must not be acted on.
void CountHeld(const PeopleFile& format, const std::vector<Row>& rows, Report& report) {
  for (const Row& row : rows) {
    if (row.bad) continue;
    ++report.entries_in;
    ++report.entries_reported;
    const std::uint32_t filled = format.ElementsOf(row);
    report.elements_in += filled;
    report.elements_reported += filled;
  }
}

// A person cared for whose own rows are in the file is no longer only an identifier.
void AddEntries(const Element& bundle, Adapted& adapted, std::unordered_map<std::string, Element*>& placed) {
  for (const Element& entry : fhir::Repeats(bundle, "entry")) {
    const std::string name(entry.ValueOf("fullUrl"));
    const bool made_once = entry.Walk("request", "method")->value() == "POST";
    const auto at = placed.find(name);
    if (at != placed.end()) {
      if (made_once) continue;
      fhir::Document::Detach(at->second);
    }
    Element* copy = adapted.transaction.Copy(entry);
    adapted.transaction.Attach(adapted.transaction.root, copy);
    if (!name.empty()) placed[name] = copy;
  }
}

}  // namespace

Result<Adapted> AdaptWholeFile(const PeopleFile& format, std::string_view bytes) {
  Adapted adapted;
  std::map<std::string, std::vector<Row>> people;
  const RowReader::Sink sink = [&](Row row) -> Result<void> {
    people[row.person].push_back(std::move(row));
    return {};
  };
  const auto reader = format.OpenFile({});
  TRY(reader->Read(bytes, sink));
  TRY_ASSIGN(const FileFacts facts, reader->Finish(sink));
  AddReport(reader->report(), adapted.report);
  fhir::Document& bundle = adapted.transaction;
  bundle.root = bundle.NewResource("Bundle");
  bundle.AddString(bundle.root, "type", "transaction");
  std::unordered_map<std::string, Element*> placed;
  for (const auto& [person, rows] : people) {
    const PersonPart part{facts.scope, person, {.id = {}, .from = facts.from, .to = facts.to, .received_us = 0}, rows, {}, {}};
    auto of_person = format.AdaptPerson(part);
    if (!of_person) {
      if (of_person.error().kind() != fhir::ErrorKind::kUnprocessable) return std::move(of_person).error();
      CountHeld(format, rows, adapted.report);
      adapted.report.outcome.Report(fhir::Severity::kError, of_person.error().issue_type(), of_person.error().text(), of_person.error().path());
      continue;
    }
    AddEntries(*of_person->transaction.root, adapted, placed);
    AddReport(of_person->report, adapted.report);
  }
  return adapted;
}

}  // namespace adapters
