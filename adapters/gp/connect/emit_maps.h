// The translation back to GP Connect, compiled from mappings/gp_connect/back.
#pragma once

#include <map>
#include <memory>
#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/gp/connect/record.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::connect {

class BackMaps {
 public:
  // `registry` knows the logical models of mappings/gp_connect/models. Fails with kNotFound naming a file that
  // is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const BackMaps>> Load(const AdapterContext& context,
                                                            std::shared_ptr<const fhir::schema::Registry> registry);

  const fhir::schema::Registry& registry() const { return *registry_; }
  const fhir::mapping::MapSet& set() const { return *set_; }
  const fhir::mapping::Group& GroupOf(const Kind& kind) const { return *groups_.find(kind.type)->second; }

 private:
  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
  std::map<std::string_view, const fhir::mapping::Group*> groups_;  // by STU3 type
};

}  // namespace adapters::gp::connect
