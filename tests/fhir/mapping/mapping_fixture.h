// What mapping tests share: the definitions, compiling maps from text, running one over JSON.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/mapping/engine.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace fhir::mapping {

inline const schema::Registry& R4() {
  static const std::shared_ptr<const schema::Registry> registry = *schema::Registry::LoadR4();
  return *registry;
}

// One run of the first group of the first map over an input, and all that is known afterwards.
struct Outcome {
  std::string error;                      // of reading, compiling or running; else empty
  std::string json;
  std::vector<std::string> issues;        // "severity code path: text"
  std::vector<std::string> not_carried;   // paths of source scalars without a target in the output
  std::vector<std::string> log;
};

inline void CollectNotCarried(const Element& element, const std::vector<bool>& carried, std::vector<std::string>& out) {
  if (element.leaf != 0 && !carried[element.leaf]) out.push_back(PathOf(element));
  for (const Element& child : Children(element)) CollectNotCarried(child, carried, out);
}

inline Outcome RunCompiled(const MapSet& maps, std::string_view input, TransformContext& context, bool bind = true) {
  Outcome outcome;
  auto source = json::Read(input);
  if (!source) return {source.error().ToString(), {}, {}, {}, {}};
  if (bind) schema::Bind(*source->root, R4());
  IssueSink issues;
  Coverage coverage;
  context.issues = &issues;
  context.coverage = &coverage;
  context.log = [&](std::string_view text, const Element& at) { outcome.log.push_back(PathOf(at) + ": " + std::string(text)); };
  auto made = Transform(maps, *maps.FindGroup(maps.urls()[0]), *source->root, context);
  for (const Issue& issue : issues.issues()) {
    outcome.issues.push_back(std::string(SeverityCode(issue.severity)) + ' ' + issue.code + ' ' + issue.expression + ": " + issue.text);
  }
  if (!made) {
    outcome.error = made.error().ToString();
    return outcome;
  }
  outcome.json = json::Write(*made->root);
  CollectNotCarried(*source->root, coverage.CarriedIn(*made->root, source->leaf_count), outcome.not_carried);
  return outcome;
}

// The head of a map from one R4 type to another, with `rules` in its one group "main".
inline std::string MapOf(std::string_view from, std::string_view to, std::string_view rules, std::string_view more = {}) {
  std::string text = "map \"http://x/m\" = \"m\"\n";
  text += "uses \"http://hl7.org/fhir/StructureDefinition/" + std::string(from) + "\" alias From as source\n";
  text += "uses \"http://hl7.org/fhir/StructureDefinition/" + std::string(to) + "\" alias To as target\n";
  text += "group main(source src : From, target tgt : To) {\n" + std::string(rules) + "\n}\n" + std::string(more);
  return text;
}

inline Result<std::shared_ptr<const MapSet>> CompileOne(std::string text, std::vector<std::string> own = {}) {
  MapSources sources;
  sources.maps.push_back({"m.map", std::move(text)});
  sources.own_transforms = std::move(own);
  return MapSet::Compile(sources, R4());
}

inline Outcome RunMap(std::string text, std::string_view input) {
  auto maps = CompileOne(std::move(text));
  if (!maps) return {maps.error().ToString(), {}, {}, {}, {}};
  TransformContext context;
  return RunCompiled(**maps, input, context);
}

}  // namespace fhir::mapping
