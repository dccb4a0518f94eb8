// A set of FHIR Mapping Language maps, compiled once: names resolved, FHIRPath compiled, transforms bound.
// Immutable afterwards and shared by threads. Grammar and limits: README.md beside this file.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace fhir::mapping {

struct Group;  // model.h

struct MapFile {
  std::string name;    // for error texts: "gp_connect/patient.map"
  std::string bytes;   // UTF-8
};

struct MapSources {
  std::vector<MapFile> maps;
  // ConceptMap resources as read from JSON. Views into them are not kept.
  std::span<const Document> concept_maps;
  // Names of transforms that the caller supplies when it runs the maps (TransformContext::transforms).
  // Any other name that is not in the catalogue is an error of the map.
  std::vector<std::string> own_transforms;
};

class MapSet {
 public:
  // Every problem found goes to `issues` when given (expression is "file:line:column"). Fails with kInvalid
  // and the first of them: a syntax error, an import, group, type, variable, concept map or transform that is not
  // there, an expression that is not FHIRPath. `registry` must outlive the set.
  static Result<std::shared_ptr<const MapSet>> Compile(const MapSources& sources, const schema::Registry& registry,
                                                       IssueSink* issues = nullptr);
  ~MapSet();

  // The first group of the map of that url, or the one of that name; null when there is none.
  const Group* FindGroup(std::string_view map_url, std::string_view group = {}) const;
  // The same as an error that lists what there is (kNotFound).
  Result<const Group*> GetGroup(std::string_view map_url, std::string_view group = {}) const;
  // Canonical urls of all maps, in the order given.
  std::vector<std::string_view> urls() const;
  const schema::Registry& registry() const;

  struct Impl;
  explicit MapSet(std::unique_ptr<Impl> impl);

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace fhir::mapping
