// Everything of mappings/council_ledger, compiled: layouts, maps in both directions, and what words may mean.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/base/stored.h"
#include "adapters/council/ledger/reader.h"
#include "fhir/base/result.h"
#include "fhir/mapping/coverage.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::council::ledger {

class Maps {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const Maps>> Load(const AdapterContext& context);

  const Layouts& layouts() const { return *layouts_; }
  std::shared_ptr<const Layouts> shared_layouts() const { return layouts_; }

  // A resource of a row's tree (models/Row.json), made in `target` by the group Person, Budget, Package, Entry, Return or Agreement. What the map
  // finds wrong goes to `outcome`.
  fhir::Result<fhir::Element*> Make(std::string_view group, fhir::Element* tree, fhir::Document& target, fhir::mapping::Coverage& coverage,
      fhir::IssueSink& outcome) const;
  // What an Account, ChargeItem, Task or Contract says of a row. References are followed in `stored`; `scope`: whose own funder is "council".
  fhir::Result<Facts> Read(const fhir::Element& resource, const Stored& stored, std::string_view scope) const;
  // Empty: not known.
  std::string_view NameOfCouncil(std::string_view scope) const;

 private:
  std::shared_ptr<const Layouts> layouts_;
  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
  std::map<std::string, const fhir::mapping::Group*, std::less<>> groups_;   // forward by name, back by resource type
  const fhir::schema::Type* row_ = nullptr;
  std::map<std::string, std::string, std::less<>> councils_;
};

}  // namespace adapters::council::ledger
