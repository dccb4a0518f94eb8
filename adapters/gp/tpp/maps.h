// The translation of the reporting set, compiled from mappings/tpp: tables, maps of records to resources, and back to rows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/gp/tpp/tables.h"
#include "fhir/base/result.h"
#include "fhir/mapping/engine.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::tpp {

class Maps {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const Maps>> Load(const AdapterContext& context);

  const Tables& tables() const { return *tables_; }
  std::shared_ptr<const Tables> shared_tables() const { return tables_; }
  const fhir::schema::Registry& registry() const { return *registry_; }

  // The record bound by the model `type` + "Record", as a resource of that type, made in `target`. References are named
  // within `scope`. What the map finds goes to `issues`.
  fhir::Result<fhir::Element*> Forward(std::string_view type, std::string_view scope, fhir::Element& record, fhir::Document& target,
                                       fhir::IssueSink& issues) const;
  // What the element (a resource, or the part of one that a row is) says of a row of the table, in `target`; null: the table
  // has no map back. The tree must not be read by other threads meanwhile.
  fhir::Result<const fhir::Element*> Back(std::string_view table, const fhir::Element& from, fhir::Document& target) const;

 private:
  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const Tables> tables_;
  std::shared_ptr<const fhir::mapping::MapSet> forward_, back_;
};

}  // namespace adapters::gp::tpp
