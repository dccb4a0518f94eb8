// The translation back to a council's columns, compiled from mappings/council/back: a group for each resource type.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/base/stored.h"
#include "adapters/council/cld/columns.h"
#include "adapters/council/cld/lists.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace adapters::council::cld {

// What one resource says of a row.
struct PartOfRow {
  std::array<std::string, kColumnCount> cells;   // empty: it says nothing of that column
  std::vector<bool> carried;                     // by Element::leaf: the scalars that stand in a cell; empty when not asked for
};

class BackMaps {
 public:
  // Fails with kNotFound naming a file that is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const BackMaps>> Load(const AdapterContext& context,
                                                            std::shared_ptr<const fhir::schema::Registry> registry);

  // `item` is of a type that has a map. References are followed in `stored`; findings go to `outcome`.
  fhir::Result<PartOfRow> Run(const Stored::Item& item, const Stored& stored, bool wants_carried, fhir::IssueSink& outcome) const;

  // The words of a CodeableConcept of that column: its text where that is a wording of its code (or there is no
  // code of the column's list), otherwise the code.
  struct Said {
    std::string_view words;
    const fhir::Element* code = nullptr;
    const fhir::Element* text = nullptr;
  };
  Said WordsOf(const fhir::Element& concept_element, Column column) const;
  const Lists& lists() const { return *lists_; }

 private:
  std::shared_ptr<const fhir::schema::Registry> registry_;
  std::shared_ptr<const Lists> lists_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
  std::map<std::string, const fhir::mapping::Group*, std::less<>> groups_;  // by resource type
};

}  // namespace adapters::council::cld
