// Loading, and running a map in either direction. What a map cannot do by itself is here: which code of a concept counts, and following a
// reference to the identifier that a cell holds.
#include "adapters/council/ledger/maps.h"

#include <array>
#include <vector>

#include "adapters/base/embedded.h"
#include "adapters/base/keys.h"
#include "adapters/base/mapping_files.h"
#include "fhir/mapping/engine.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;
using fhir::mapping::Datum;
using fhir::mapping::TransformCall;

namespace {

constexpr std::string_view kFolder = "council_ledger/";
constexpr std::string_view kMapUrl = "https://careloom.example/fhir/StructureMap/council-ledger/";
constexpr std::string_view kRowUrl = "https://careloom.example/fhir/StructureDefinition/council-ledger/Row";
constexpr std::string_view kCassr = "https://careloom.example/fhir/id/cassr-code";
constexpr std::string_view kOds = "https://fhir.nhs.uk/Id/ods-organization-code";

struct Use {
  std::string_view key, map, group;
};
constexpr Use kUses[] = {{"Person", "budget", "Person"},       {"Budget", "budget", "Budget"},        {"Package", "budget", "Package"},
                         {"Entry", "entry", "Entry"},          {"Return", "return", "Return"},
                          {"Agreement", "return", "Agreement"},        {"Account", "back", "Budget"},
                         {"ChargeItem", "back", "Entry"},      {"Task", "back", "Return"},           {"Contract", "back", "Agreement"}};

// The lists that give word fields their codes.
struct List {
  Field field;
  std::string_view file;
};
constexpr List kLists[] = {{Field::kBudgetType, "council_ledger/lists/budget_type.json"},      {Field::kStage, "council_ledger/lists/budget_stage.json"},
                           {Field::kMechanism, "council_ledger/lists/delivery_mechanism.json"},
                               {Field::kRightToHave, "council_ledger/lists/right_to_have.json"},
                           {Field::kKind, "council_ledger/lists/charge_kind.json"},             {Field::kFrequency, "council/lists/cost_frequency.json"},
                           {Field::kService, "council/lists/service_component.json"}};

Result<void> LoadCodes(const AdapterContext& context, Layouts& layouts) {
  layouts.codes[Field::kOverPolicy] = {"refuse", "flag"};
  for (std::size_t i = 0; i < kRecordCount; ++i) layouts.codes[Field::kRecord].emplace_back(NameOf(static_cast<Record>(i)));
  for (const List& list : kLists) {
    const std::string name(list.file);
    const std::vector<MappingFile> files = MappingsOf(context, name);
    TRY(DemandMapping(files, name));
    TRY_ASSIGN(const fhir::Document document, ReadMapping(*FindMapping(files, name)));
    layouts.systems[list.field] = document.root->ValueOf("url");
    for (const Element& entry : Repeats(*document.root, "concept")) layouts.codes[list.field].emplace_back(entry.ValueOf("code"));
  }
  return {};
}

Datum Text(std::string_view text) {
  Datum datum;
  if (text.empty()) return datum;
  datum.kind = fhir::ValueKind::kString;
  datum.type = "string";
  datum.text = text;
  return datum;
}

Result<const Element*> ReferenceIn(const TransformCall& call) {
  if (call.arguments.empty() || !call.arguments[0].element) return Error(ErrorKind::kInvalid, std::string(call.name) + "() takes an element first");
  return call.arguments[0].element;
}

// key(reference, 'Type', 'system')
Result<Datum> Key(const TransformCall& call, const Stored& stored) {
  TRY_ASSIGN(const Element* reference, ReferenceIn(call));
  if (call.arguments.size() != 3) return Error(ErrorKind::kInvalid, "key() takes a reference, a type and the start of an identifier system");
  const std::string& system = call.arguments[2].text;
  if (const std::string_view said = IdentifierStarting(*reference, system); !said.empty()) return Text(said);
  const Element* target = stored.Resolve(reference, call.arguments[1].text);
  return target ? Text(IdentifierStarting(*target, system)) : Datum();
}

// funder(reference)
Result<Datum> Funder(const TransformCall& call, const Stored& stored, std::string_view scope) {
  TRY_ASSIGN(const Element* reference, ReferenceIn(call));
  const Element* target = stored.Resolve(reference, "Organization");
  for (const Element* holder : {target, reference}) {
    if (!holder) continue;
    for (const Element& identifier : Repeats(*holder, "identifier")) {
      const std::string value(identifier.ValueOf("value"));
      if (identifier.ValueOf("system") == kCassr) return Text(value == scope ? "council" : "cassr:" + value);
      if (identifier.ValueOf("system") == kOds) return Text("ods:" + value);
    }
  }
  return Datum();
}

// code(concept, 'field')
Result<Datum> Code(const TransformCall& call, const Layouts& layouts, Facts& facts) {
  TRY_ASSIGN(const Element* given, ReferenceIn(call));
  const auto field = call.arguments.size() == 2 ? FindField(call.arguments[1].text) : std::nullopt;
  if (!field) return Error(ErrorKind::kInvalid, "code() takes a concept and the name of a field");
  facts.words[static_cast<std::size_t>(*field)] = given->ValueOf("text");
  for (const Element& coding : Repeats(*given, "coding")) {
    if (coding.ValueOf("system") == layouts.SystemOf(*field)) return Text(coding.ValueOf("code"));
  }
  return Datum();
}

}  // namespace

Result<std::shared_ptr<const Maps>> Maps::Load(const AdapterContext& context) {
  const std::vector<MappingFile> files = MappingsOf(context, kFolder);
  auto maps = std::make_shared<Maps>();
  auto layouts = std::make_shared<Layouts>();
  TRY(LoadCodes(context, *layouts));
  fhir::mapping::MapSources sources;
  sources.own_transforms = {"code", "key", "funder"};
  for (const MappingFile& file : files) {
    if (file.name.ends_with(".map")) sources.maps.push_back({file.name, file.content});
    if (!file.name.starts_with("council_ledger/layouts/")) continue;
    TRY_ASSIGN(Layout layout, ReadLayout(file, layouts->codes));
    if (layouts->Find(layout.name)) return Error(ErrorKind::kInvalid, "Two layouts are named '" + layout.name + "'; the second is this.").At(file.name);
    layouts->all.push_back(std::move(layout));
  }
  maps->layouts_ = std::move(layouts);
  for (const std::string_view name : {"council_ledger/budget.map", "council_ledger/entry.map", "council_ledger/return.map", "council_ledger/back/ledger.map",
                                      "council_ledger/models/Row.json", "council_ledger/models/Cells.json"}) {
    TRY(DemandMapping(files, std::string(name)));
  }
  TRY_ASSIGN(const auto models, ReadMappings(files, "council_ledger/models/"));
  TRY_ASSIGN(maps->registry_, fhir::schema::Registry::LoadR4With(models));
  maps->row_ = maps->registry_->FindType(kRowUrl);
  if (!maps->row_) return Error(ErrorKind::kInvalid, "council_ledger/models/Row.json does not define " + std::string(kRowUrl) + ".");
  TRY_ASSIGN(maps->set_, fhir::mapping::MapSet::Compile(sources, *maps->registry_));
  for (const Use& use : kUses) {
    TRY_ASSIGN(maps->groups_[std::string(use.key)], maps->set_->GetGroup(std::string(kMapUrl) + std::string(use.map), use.group));
  }
  const std::vector<MappingFile> shared = MappingsOf(context, "council/councils.json");
  TRY(DemandMapping(shared, "council/councils.json"));
  TRY_ASSIGN(const fhir::Document names, ReadMapping(shared.front()));
  for (const Element& row : Repeats(*names.root, "concept")) maps->councils_[std::string(row.ValueOf("code"))] = row.ValueOf("display");
  return std::shared_ptr<const Maps>(std::move(maps));
}

Result<Element*> Maps::Make(std::string_view group, Element* tree, fhir::Document& target, fhir::mapping::Coverage& coverage, fhir::IssueSink& outcome) const {
  fhir::schema::Bind(*tree, *registry_, row_);
  fhir::IssueSink issues(100);
  fhir::mapping::Coverage own;   // the engine looks through all that was noted
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.coverage = &own;
  const Element* sources[] = {tree};
  TRY_ASSIGN(Element * made, fhir::mapping::Transform(*set_, *groups_.find(group)->second, sources, target, context));
  for (const auto& pair : own.pairs()) coverage.Note(pair.leaf, pair.target);
  for (const fhir::Issue& issue : issues.issues()) outcome.Report(fhir::Severity::kWarning, issue.code, issue.text);
  return made;
}

Result<Facts> Maps::Read(const Element& resource, const Stored& stored, std::string_view scope) const {
  Facts facts;
  fhir::IssueSink issues(100);
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.transforms["code"] = [&](const TransformCall& call) { return Code(call, *layouts_, facts); };
  context.transforms["key"] = [&](const TransformCall& call) { return Key(call, stored); };
  context.transforms["funder"] = [&](const TransformCall& call) { return Funder(call, stored, scope); };
  fhir::Document target;
  const Element* sources[] = {&resource};
  TRY_ASSIGN(const Element* cells, fhir::mapping::Transform(*set_, *groups_.find(resource.resource_type())->second, sources, target, context));
  for (const Element& cell : fhir::Children(*cells)) {
    if (const auto field = FindElement(cell.name)) facts[*field] = cell.value();
  }
  return facts;
}

std::string_view Maps::NameOfCouncil(std::string_view scope) const {
  const auto at = councils_.find(scope);
  return at == councils_.end() ? std::string_view() : std::string_view(at->second);
}

}  // namespace adapters::council::ledger
