// Compiling a set: parse all, make the concept maps, follow imports, bind.
#include "fhir/mapping/map_set.h"

#include <algorithm>

#include "fhir/mapping/binder.h"
#include "fhir/mapping/lexer.h"
#include "fhir/mapping/map_set_impl.h"
#include "fhir/mapping/parser.h"

namespace fhir::mapping {
namespace {

// '*' stands for any text.
bool Fits(std::string_view url, std::string_view pattern) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return url == pattern;
  const std::string_view before = pattern.substr(0, star), after = pattern.substr(star + 1);
  return url.size() >= before.size() + after.size() && url.starts_with(before) && url.ends_with(after);
}

class Compiler {
 public:
  Compiler(const MapSources& sources, MapSet::Impl& set, IssueSink& issues) : sources_(sources), set_(set), issues_(issues) {}

  void Run() {
    Parse();
    if (issues_.HasErrors()) return;
    MakeConceptMaps();
    for (auto& map : set_.maps) FollowImports(*map);
    for (auto& map : set_.maps) BindGroups(*map, set_, issues_);
    for (auto& map : set_.maps) BindRules(*map, set_, issues_);
  }

 private:
  void Report(const Error& error) { issues_.Report(Severity::kError, error.issue_type(), error.text(), error.path()); }

  void Parse() {
    for (const MapFile& file : sources_.maps) {
      auto map = ParseMap(file.name, file.bytes);
      if (!map) {
        Report(map.error());
        continue;
      }
      for (const auto& other : set_.maps) {
        if (other->url == (*map)->url) issues_.Report(Severity::kError, "duplicate", "the map " + other->url + " is in " + other->file + " already", file.name);
      }
      set_.maps.push_back(*std::move(map));
    }
  }

  void Add(Result<std::unique_ptr<ConceptMap>> made, const std::string& where) {
    if (!made) return issues_.Report(Severity::kError, made.error().issue_type(), made.error().text(), made.error().path().empty() ? where : made.error().path());
    if (!set_.concept_maps_by_url.emplace((*made)->url(), made->get()).second) {
      return issues_.Report(Severity::kError, "duplicate", "there are two concept maps " + (*made)->url(), where);
    }
    set_.concept_maps.push_back(*std::move(made));
  }

  void MakeConceptMaps() {
    for (const Document& document : sources_.concept_maps) {
      if (document.root) Add(ConceptMap::FromResource(*document.root), std::string(document.root->ValueOf("url")));
    }
    for (const auto& map : set_.maps) {
      for (const EmbeddedConceptMap& block : map->concept_maps) {
        const std::string id = block.id.starts_with('#') ? block.id : '#' + block.id;
        Add(ConceptMap::FromBlock(block, map->file, map->url + id), PlaceText(map->file, block.place));
      }
    }
    for (const auto& map : set_.concept_maps) {
      for (const std::string_view other : map->Others()) {
        const auto found = set_.concept_maps_by_url.find(other);
        if (found == set_.concept_maps_by_url.end()) {
          issues_.Report(Severity::kError, "not-found", "concept map " + map->url() + " hands unmapped codes to " + std::string(other) + ", which is not there", map->url());
        } else {
          map->Bind(other, found->second);
        }
      }
    }
  }

  void FollowImports(Map& map) {
    map.visible.push_back(&map);
    for (const Import& import : map.imports) {
      bool any = false;
      for (const auto& other : set_.maps) {
        if (!Fits(other->url, import.url)) continue;
        any = true;
        if (std::find(map.visible.begin(), map.visible.end(), other.get()) == map.visible.end()) map.visible.push_back(other.get());
      }
      if (any) continue;
      std::string known;
      for (const auto& other : set_.maps) known += (known.empty() ? "" : ", ") + other->url;
      issues_.Report(Severity::kError, "not-found", "imports \"" + import.url + "\": there is no such map; there are " + known, PlaceText(map.file, import.place));
    }
  }

  const MapSources& sources_;
  MapSet::Impl& set_;
  IssueSink& issues_;
};

}  // namespace

MapSet::MapSet(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MapSet::~MapSet() = default;

Result<std::shared_ptr<const MapSet>> MapSet::Compile(const MapSources& sources, const schema::Registry& registry, IssueSink* issues) {
  auto impl = std::make_unique<Impl>();
  impl->registry = &registry;
  impl->own_transforms = sources.own_transforms;
  IssueSink found;
  Compiler(sources, *impl, found).Run();
  if (issues) {
    for (const Issue& issue : found.issues()) issues->Report(issue);
  }
  if (found.HasErrors()) {
    const Issue& first = found.issues().front();
    const std::size_t more = found.error_count() - 1;
    return Error(ErrorKind::kInvalid, first.text + (more ? " (and " + std::to_string(more) + " more)" : "")).At(first.expression);
  }
  return std::make_shared<const MapSet>(std::move(impl));
}

const Group* MapSet::FindGroup(std::string_view map_url, std::string_view group) const {
  for (const auto& map : impl_->maps) {
    if (map->url != map_url) continue;
    for (const Group& candidate : map->groups) {
      if (group.empty() || candidate.name == group) return &candidate;
    }
  }
  return nullptr;
}

Result<const Group*> MapSet::GetGroup(std::string_view map_url, std::string_view group) const {
  if (const Group* found = FindGroup(map_url, group)) return found;
  std::string known;
  for (const auto& map : impl_->maps) {
    if (map->url == map_url) {
      for (const Group& candidate : map->groups) known += (known.empty() ? "" : ", ") + candidate.name;
      return Error(ErrorKind::kNotFound, "map " + map->url + " has no group '" + std::string(group) + "'; it has " + known);
    }
  }
  for (const auto& map : impl_->maps) known += (known.empty() ? "" : ", ") + map->url;
  return Error(ErrorKind::kNotFound, "there is no map " + std::string(map_url) + "; there are " + (known.empty() ? "none" : known));
}

std::vector<std::string_view> MapSet::urls() const {
  std::vector<std::string_view> urls;
  for (const auto& map : impl_->maps) urls.push_back(map->url);
  return urls;
}

const schema::Registry& MapSet::registry() const { return *impl_->registry; }

}  // namespace fhir::mapping
