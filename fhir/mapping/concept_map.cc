// Building and asking concept maps.
#include "fhir/mapping/concept_map.h"

#include "fhir/mapping/lexer.h"

namespace fhir::mapping {
namespace {

constexpr int kLongestChain = 8;

bool Matches(std::string_view equivalence) { return equivalence != "unmatched" && equivalence != "disjoint"; }

}  // namespace

Result<std::unique_ptr<ConceptMap>> ConceptMap::FromResource(const Element& resource) {
  if (resource.resource_type() != "ConceptMap") {
    return Error(ErrorKind::kInvalid, "expected a ConceptMap, found " + std::string(resource.resource_type().empty() ? "no resource" : resource.resource_type()));
  }
  auto map = std::make_unique<ConceptMap>();
  map->url_ = std::string(resource.ValueOf("url"));
  if (map->url_.empty()) return Error(ErrorKind::kInvalid, "this ConceptMap has no url, so that no map can name it").At("ConceptMap.url");
  for (const Element& group : Repeats(resource, "group")) {
    TRY(map->AddGroup(group));
  }
  return map;
}

Result<void> ConceptMap::AddGroup(const Element& from) {
  Group& group = groups_.emplace_back();
  group.source = std::string(from.ValueOf("source"));
  group.target = std::string(from.ValueOf("target"));
  for (const Element& row : Repeats(from, "element")) {
    TRY(AddRow(row, group));
  }
  if (const Element* unmapped = from.Find("unmapped")) {
    group.unmapped_mode = std::string(unmapped->ValueOf("mode"));
    group.unmapped_code = std::string(unmapped->ValueOf("code"));
    group.unmapped_display = std::string(unmapped->ValueOf("display"));
    group.other_url = std::string(unmapped->ValueOf("url"));
    if (group.unmapped_mode != "provided" && group.unmapped_mode != "fixed" && group.unmapped_mode != "other-map") {
      return Error(ErrorKind::kInvalid, "unmapped.mode is provided, fixed or other-map, found '" + group.unmapped_mode + "'").At(PathOf(*unmapped));
    }
    if (group.unmapped_mode == "fixed" && group.unmapped_code.empty()) {
      return Error(ErrorKind::kInvalid, "unmapped.mode fixed needs unmapped.code").At(PathOf(*unmapped));
    }
  }
  return {};
}

Result<void> ConceptMap::AddRow(const Element& from, Group& group) const {
  const std::string code(from.ValueOf("code"));
  if (code.empty()) return Error(ErrorKind::kInvalid, "a row of ConceptMap " + url_ + " has no code").At(PathOf(from));
  Target chosen;
  chosen.matches = false;
  for (const Element& target : Repeats(from, "target")) {
    if (target.Find("dependsOn") || target.Find("product")) {
      return Error(ErrorKind::kUnsupported, "ConceptMap " + url_ + ": dependsOn and product are not supported; decide in the map with where").At(PathOf(target));
    }
    if (!Matches(target.ValueOf("equivalence"))) continue;
    if (target.ValueOf("code").empty()) return Error(ErrorKind::kInvalid, "a target of ConceptMap " + url_ + " has no code").At(PathOf(target));
    chosen = {std::string(target.ValueOf("code")), std::string(target.ValueOf("display")), true};
    break;
  }
  if (!group.rows.emplace(code, std::move(chosen)).second) {
    return Error(ErrorKind::kInvalid, "ConceptMap " + url_ + " has two rows for '" + code + "' in one group").At(PathOf(from));
  }
  return {};
}

ConceptMap::Group& ConceptMap::GroupOf(const std::string& source, const std::string& target) {
  for (Group& group : groups_) {
    if (group.source == source && group.target == target) return group;
  }
  Group& group = groups_.emplace_back();
  group.source = source;
  group.target = target;
  return group;
}

Result<std::unique_ptr<ConceptMap>> ConceptMap::FromBlock(const EmbeddedConceptMap& block, std::string_view file, std::string name) {
  auto map = std::make_unique<ConceptMap>();
  map->url_ = std::move(name);
  const auto fail = [&](std::string text) { return Error(ErrorKind::kInvalid, std::move(text)).At(PlaceText(file, block.place)); };
  std::map<std::string, std::string> systems;
  for (const auto& prefix : block.prefixes) systems[prefix.name] = prefix.system;
  for (const auto& row : block.rows) {
    for (const std::string& prefix : {row.source_prefix, row.target_prefix}) {
      if (!systems.contains(prefix)) return fail("conceptmap " + block.id + " uses the prefix '" + prefix + "', which it does not declare");
    }
    Group& group = map->GroupOf(systems[row.source_prefix], systems[row.target_prefix]);
    Target target{row.target_code, {}, Matches(row.equivalence)};
    const auto [at, fresh] = group.rows.emplace(row.source_code, target);
    if (fresh) continue;
    if (at->second.matches) return fail("conceptmap " + block.id + " has two rows for '" + row.source_code + "'");
    at->second = target;
  }
  for (const auto& unmapped : block.unmapped) {
    if (!systems.contains(unmapped.prefix)) return fail("conceptmap " + block.id + " uses the prefix '" + unmapped.prefix + "', which it does not declare");
    for (Group& group : map->groups_) {
      if (group.source != systems[unmapped.prefix]) continue;
      group.unmapped_mode = unmapped.mode;
      group.other_url = unmapped.value;
    }
  }
  return map;
}

std::vector<std::string_view> ConceptMap::Others() const {
  std::vector<std::string_view> urls;
  for (const Group& group : groups_) {
    if (group.unmapped_mode == "other-map") urls.push_back(group.other_url);
  }
  return urls;
}

void ConceptMap::Bind(std::string_view other_url, const ConceptMap* other) {
  for (Group& group : groups_) {
    if (group.other_url == other_url) group.other = other;
  }
}

ConceptMap::Answer ConceptMap::Translate(std::string_view system, std::string_view code, int depth) const {
  const auto covers = [&](const Group& group) { return system.empty() || group.source.empty() || group.source == system; };
  for (const Group& group : groups_) {
    if (!covers(group)) continue;
    const auto row = group.rows.find(std::string(code));
    if (row == group.rows.end()) continue;
    const bool used_system = !system.empty() && !group.source.empty();
    if (!row->second.matches) return {Outcome::kUnmatched, {}, {}, {}, used_system};
    return {Outcome::kMapped, group.target, row->second.code, row->second.display, used_system};
  }
  for (const Group& group : groups_) {
    if (!covers(group) || group.unmapped_mode.empty()) continue;
    if (Answer answer = Unmapped(group, system, code, depth); answer.outcome != Outcome::kUnknown) return answer;
  }
  return {};
}

ConceptMap::Answer ConceptMap::Unmapped(const Group& group, std::string_view system, std::string_view code, int depth) const {
  const bool used_system = !system.empty() && !group.source.empty();
  if (group.unmapped_mode == "provided") return {Outcome::kProvided, system.empty() ? group.source : system, code, {}, used_system};
  if (group.unmapped_mode == "fixed") return {Outcome::kFixed, group.target, group.unmapped_code, group.unmapped_display, false};
  return group.other && depth < kLongestChain ? group.other->Translate(system, code, depth + 1) : Answer{};
}

}  // namespace fhir::mapping
