// Loading and running mappings/council/back. What a map cannot do by itself is here: choosing between a code and
// its words, and following a reference to the identifier that a cell holds.
#include "adapters/council/cld/back_maps.h"

#include <algorithm>

#include "adapters/base/embedded.h"
#include "adapters/council/cld/keys.h"
#include "fhir/mapping/coverage.h"
#include "fhir/mapping/engine.h"

namespace adapters::council::cld {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::mapping::Datum;
using fhir::mapping::TransformCall;

namespace {

constexpr std::string_view kFolder = "council/back/";
constexpr std::string_view kUrl = "https://careloom.example/fhir/StructureMap/cld/back/";
constexpr std::string_view kPersonId = "https://careloom.example/fhir/id/la-person-id/";

struct BackMap {
  std::string_view file, type;
};
constexpr BackMap kMaps[] = {{"patient", "Patient"},          {"condition", "Condition"},    {"observation", "Observation"},
                             {"account", "Account"},          {"charge_item", "ChargeItem"}, {"service_request", "ServiceRequest"},
                             {"task", "Task"},                {"episode_of_care", "EpisodeOfCare"}};

const std::map<std::string_view, Column>& ColumnsByCode() {
  static const std::map<std::string_view, Column> columns = [] {
    std::map<std::string_view, Column> all;
    for (const ColumnFacts& facts : Columns()) all.emplace(facts.code, facts.column);
    return all;
  }();
  return columns;
}

Datum Text(std::string_view text, std::initializer_list<const Element*> from) {
  Datum datum;
  if (text.empty()) return datum;
  datum.kind = fhir::ValueKind::kString;
  datum.type = "string";
  datum.text = text;
  for (const Element* element : from) {
    if (element && element->leaf != 0) datum.leaves.push_back(element->leaf);
  }
  return datum;
}

// words(concept, 'column')
Result<Datum> Words(const BackMaps& maps, const TransformCall& call) {
  if (call.arguments.size() != 2 || !call.arguments[0].element) return Error(ErrorKind::kInvalid, "words() takes an element and a column's code");
  const auto column = ColumnsByCode().find(call.arguments[1].text);
  if (column == ColumnsByCode().end()) return Error(ErrorKind::kInvalid, "there is no column '" + call.arguments[1].text + "'");
  const Element& said = *call.arguments[0].element;
  if (said.has_value()) return Text(said.value(), {&said});
  const BackMaps::Said found = maps.WordsOf(said, column->second);
  return Text(found.words, {found.code, found.text});
}

// The identifier's value of the Reference's target; where the target is not here, the one in the reference itself.
Result<Datum> Named(const TransformCall& call, const Stored& stored, std::string_view type, std::string_view system) {
  if (call.arguments.size() != 1 || !call.arguments[0].element) return Error(ErrorKind::kInvalid, std::string(call.name) + "() takes a Reference");
  const Element& reference = *call.arguments[0].element;
  const Element* target = stored.Resolve(&reference, type);
  const std::string_view value = IdentifierStarting(target ? *target : reference, system);
  return Text(value, {reference.Find("reference"), reference.Walk("identifier", "value")});
}

}  // namespace

Result<std::shared_ptr<const BackMaps>> BackMaps::Load(const AdapterContext& context, std::shared_ptr<const fhir::schema::Registry> registry) {
  const std::vector<MappingFile> files = MappingsOf(context, kFolder);
  auto maps = std::make_shared<BackMaps>();
  fhir::mapping::MapSources sources;
  sources.own_transforms = {"words", "person", "council"};
  const auto add = [&](std::string_view file) -> Result<void> {
    const std::string name = std::string(kFolder) + std::string(file) + ".map";
    const auto at = std::ranges::find(files, name, &MappingFile::name);
    if (at == files.end()) {
      return Error(ErrorKind::kNotFound, "The mapping file " + name + " is not among the mappings given; a folder of mappings must be whole. " +
                                             "Copy it from mappings/ of the project.")
          .At(name);
    }
    sources.maps.push_back({at->name, at->content});
    return {};
  };
  TRY(add("event"));
  for (const BackMap& map : kMaps) {
    TRY(add(map.file));
  }
  maps->registry_ = std::move(registry);
  TRY_ASSIGN(maps->lists_, Lists::Load(context));
  TRY_ASSIGN(maps->set_, fhir::mapping::MapSet::Compile(sources, *maps->registry_));
  for (const BackMap& map : kMaps) {
    TRY_ASSIGN(maps->groups_[std::string(map.type)], maps->set_->GetGroup(std::string(kUrl) + std::string(map.type), map.type));
  }
  return std::shared_ptr<const BackMaps>(std::move(maps));
}

Result<PartOfRow> BackMaps::Run(const Stored::Item& item, const Stored& stored, bool wants_carried, fhir::IssueSink& outcome) const {
  const auto group = groups_.find(item.resource->resource_type());
  if (group == groups_.end()) return Error(ErrorKind::kInternal, "no map back for " + std::string(item.resource->resource_type()));
  fhir::IssueSink issues;
  fhir::mapping::Coverage coverage;
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.coverage = wants_carried ? &coverage : nullptr;
  context.transforms["words"] = [this](const TransformCall& call) { return Words(*this, call); };
  context.transforms["person"] = [&](const TransformCall& call) { return Named(call, stored, "Patient", kPersonId); };
  context.transforms["council"] = [&](const TransformCall& call) { return Named(call, stored, "Organization", kCouncilSystem); };
  fhir::Document target;
  const Element* sources[] = {item.resource};
  TRY_ASSIGN(const Element* row, fhir::mapping::Transform(*set_, *group->second, sources, target, context));
  PartOfRow part;
  for (const Element& cell : fhir::Children(*row)) {
    const auto column = ColumnsByCode().find(cell.name);
    if (column != ColumnsByCode().end()) part.cells[static_cast<std::size_t>(column->second)] = cell.value();
  }
  if (wants_carried) part.carried = coverage.CarriedIn(*row, item.leaf_count);
  for (const fhir::Issue& issue : issues.issues()) outcome.Report(fhir::Severity::kWarning, issue.code, issue.text, issue.expression);
  return part;
}

BackMaps::Said BackMaps::WordsOf(const Element& concept_element, Column column) const {
  Said said;
  said.text = concept_element.Find("text");
  if (FactsOf(column).holds == Holds::kList) {
    for (const Element& coding : fhir::Repeats(concept_element, "coding")) {
      if (coding.ValueOf("system") == lists_->SystemOf(column)) said.code = coding.Find("code");
      if (said.code) break;
    }
  }
  if (said.text && said.code && lists_->ReleaseTwoOf(column, said.text->value()) != said.code->value()) said.text = nullptr;
  said.words = said.text ? said.text->value() : said.code ? said.code->value() : std::string_view();
  return said;
}

}  // namespace adapters::council::cld
