// The translation of CLD, compiled from mappings/council: maps, logical models, concept maps, lists, councils.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "adapters/base/adapter.h"
#include "adapters/council/cld/lists.h"
#include "fhir/base/result.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::council::cld {

// A group of a map and the logical model of what it reads.
struct Translation {
  const fhir::mapping::Group* group = nullptr;
  const fhir::schema::Type* model = nullptr;
};

class Maps {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const Maps>> Load(const AdapterContext& context);

  const fhir::schema::Registry& registry() const { return *registry_; }
  std::shared_ptr<const fhir::schema::Registry> shared_registry() const { return registry_; }
  const fhir::mapping::MapSet& set() const { return *set_; }
  const Lists& lists() const { return *lists_; }
  std::shared_ptr<const Lists> shared_lists() const { return lists_; }
  // By the group's name: Person, Request, Work, Service, Charge, Fact, Need, Budget, Plan, Carer.
  const Translation& Of(std::string_view group) const { return translations_.find(group)->second; }
  // Empty: not known.
  std::string_view NameOfCouncil(std::string_view scope) const;

 private:
  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
  std::shared_ptr<const Lists> lists_;
  std::map<std::string_view, Translation> translations_;
  std::map<std::string, std::string, std::less<>> councils_;
};

}  // namespace adapters::council::cld
