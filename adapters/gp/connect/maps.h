// The translation of GP Connect, compiled from mappings/gp_connect: maps, logical models, concept maps and
// the table of care-planning codes.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/gp/connect/record.h"
#include "fhir/base/result.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::gp::connect {

// A code that means care planning, and the group of care_planning.map that says what it becomes.
struct CarePlanningCode {
  std::string system, code, display;
  std::string on;      // STU3 type of the entry: "Observation"
  std::string group;   // "CarePlanOfObservation"
  std::string suffix;  // of the key: "care-plan"
  std::string r4_type;
};

class Maps {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const Maps>> Load(const AdapterContext& context);

  const fhir::schema::Registry& registry() const { return *registry_; }
  std::shared_ptr<const fhir::schema::Registry> shared_registry() const { return registry_; }
  const fhir::mapping::MapSet& set() const { return *set_; }
  const fhir::mapping::Group& GroupOf(const Kind& kind) const { return *groups_.find(kind.type)->second; }
  const fhir::schema::Type* ModelOf(const Kind& kind) const { return models_.find(kind.type)->second; }
  const std::vector<CarePlanningCode>& care_planning() const { return care_planning_; }
  // The group of that name in care_planning.map; never null for a group of care_planning().
  const fhir::mapping::Group* CarePlanningGroup(std::string_view name) const;

 private:
  fhir::Result<void> ReadModels(const std::vector<MappingFile>& files);
  fhir::Result<void> ReadMaps(const std::vector<MappingFile>& files);
  fhir::Result<void> ReadCarePlanning(const std::vector<MappingFile>& files);

  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
  std::map<std::string_view, const fhir::mapping::Group*> groups_;  // by STU3 type
  std::map<std::string_view, const fhir::schema::Type*> models_;
  std::vector<CarePlanningCode> care_planning_;
};

}  // namespace adapters::gp::connect
