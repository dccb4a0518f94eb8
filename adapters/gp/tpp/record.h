// Rows and the resources that they make: a record is all rows that make one resource. Each row is named in the resource by an
// extension `source-row`, with the cells that the resource does not say by itself, so that the rows can be had back whole.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/gp/tpp/maps.h"
#include "adapters/gp/tpp/set_row.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters::gp::tpp {

// What a resource is known by within its organisation.
struct RecordName {
  std::string type, kind, value;   // "Goal", "tpp-goal", "1234/77"
  auto operator<=>(const RecordName&) const = default;
};

// Of the row of that person.
RecordName NameOf(const Table& table, std::string_view person, const SetRow& row);
// The name of one of our resources of that organisation and person; an empty type: it is none.
RecordName NameOf(const fhir::Element& resource, std::string_view scope, std::string_view person);

struct Record {
  RecordName name;
  std::vector<SetRow> rows;
};

// References of a record's resource.
struct Links {
  std::string subject, organisation, plan;   // empty: none
  std::vector<std::string> goals, needs;
};

// Does the row say only a part of what another table's row is (an instruction of a plan, a status of a referral)?
bool IsPart(const Table& table);
// A record that nothing says what it is: rows of parts alone.
bool IsStub(const Tables& tables, const Record& record);

// The record as a resource in `target`. Words that have no FHIR code are named in `outcome`.
fhir::Result<fhir::Element*> MakeResource(const Maps& maps, std::string_view scope, std::string_view person, Record& record, const Links& links,
                                          fhir::Document& target, fhir::IssueSink& outcome);
// The rows that the resource names. It must be bound, and not be read by other threads meanwhile.
fhir::Result<std::vector<SetRow>> RowsOf(const Maps& maps, std::string_view scope, std::string_view person, const fhir::Element& resource);

}  // namespace adapters::gp::tpp
