// Loading mappings/tpp: all problems show here, before any file is read. And what a map cannot do by itself.
#include "adapters/gp/tpp/maps.h"

#include <array>
#include <vector>

#include "adapters/base/cell_text.h"
#include "adapters/base/embedded.h"
#include "adapters/base/keys.h"
#include "adapters/base/mapping_files.h"

namespace adapters::gp::tpp {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::mapping::Datum;
using fhir::mapping::TransformCall;

namespace {

struct Use {
  std::string_view type, file;
};
constexpr std::array<Use, 6> kForward = {
    {{"Patient", "patient"}, {"Condition", "need"}, {"Goal", "goal"}, {"CarePlan", "plan"}, {"Task", "review"}, {"ServiceRequest", "referral"}}};
// Tables without a line are kept as they came.
constexpr std::array<Use, 8> kBack = {{{"SRPatient", "SRPatient"},
                                       {"SRNeeds", "SRNeeds"},
                                       {"SRGoal", "SRGoal"},
                                       {"SRCarePlan", "CarePlan"},
                                       {"SRCarePlanDetail", "CarePlan"},
                                       {"SRCarePlanItem", "CarePlan"},
                                       {"SRCarePlanReview", "SRCarePlanReview"},
                                       {"SRReferralOut", "SRReferralOut"}}};
constexpr std::string_view kMapUrl = "https://careloom.example/fhir/StructureMap/tpp/";
constexpr std::string_view kBackUrl = "https://careloom.example/fhir/StructureMap/tpp/back/";
constexpr std::string_view kModelUrl = "https://careloom.example/fhir/StructureDefinition/tpp/";
constexpr std::size_t kDayBytes = 10;

std::string Url(std::string_view base, std::string_view name) { return std::string(base) + std::string(name); }

Datum Value(const TransformCall& call, fhir::ValueKind kind, std::string_view type, std::string text) {
  Datum datum;
  datum.kind = kind;
  datum.type = type;
  datum.text = std::move(text);
  datum.leaves = call.Leaves();
  return datum;
}

// day(time): the day of a time.
Result<Datum> Day(const TransformCall& call) {
  if (call.arguments.size() != 1) return Error(ErrorKind::kInvalid, "day() takes a time");
  return Value(call, fhir::ValueKind::kString, "date", call.arguments[0].text.substr(0, kDayBytes));
}

// score(text): a number from 1 to 10 as it is written; nothing for any other text.
Result<Datum> Score(const TransformCall& call) {
  if (call.arguments.size() != 1) return Error(ErrorKind::kInvalid, "score() takes a text");
  const std::string& text = call.arguments[0].text;
  const std::string number = ReadNumber(text);
  if (number.empty() || number != text) return Datum();
  const std::string_view whole = std::string_view(number).substr(0, number.find('.'));
  const bool is_ten = whole == "10" && number.find_first_not_of(".0", 2) == std::string::npos;
  if (!is_ten && (whole.size() != 1 || whole == "0")) return Datum();
  return Value(call, fhir::ValueKind::kNumber, "decimal", number);
}

Element* MakeIdentifier(const TransformCall& call, std::string_view scope, std::string_view name) {
  Element* identifier = call.target.New(name);
  call.target.AddString(identifier, "system", SystemOf(call.arguments[1].text, scope));
  call.target.AddString(identifier, "value", call.arguments[0].text);
  return identifier;
}

// identified(id, 'tpp-profile'): an Identifier; named(id, 'tpp-profile'): a Reference that has it.
Result<Datum> Identified(const TransformCall& call, std::string_view scope) {
  if (call.arguments.size() != 2) return Error(ErrorKind::kInvalid, std::string(call.name) + "() takes an id and a kind");
  Datum datum;
  datum.made = MakeIdentifier(call, scope, "identifier");
  datum.type = "Identifier";
  if (call.name == "named") {
    Element* reference = call.target.New("reference");
    call.target.Attach(reference, datum.made);
    datum.made = reference;
    datum.type = "Reference";
  }
  datum.leaves = call.Leaves();
  return datum;
}

}  // namespace

Result<std::shared_ptr<const Maps>> Maps::Load(const AdapterContext& context) {
  const std::vector<MappingFile> files = MappingsOf(context, "tpp/");
  for (const Use& use : kForward) {
    TRY(DemandMapping(files, "tpp/" + std::string(use.file) + ".map"));
    TRY(DemandMapping(files, "tpp/back/" + std::string(use.file) + ".map"));
    TRY(DemandMapping(files, "tpp/models/" + std::string(use.type) + "Record.json"));
  }
  auto maps = std::make_shared<Maps>();
  TRY_ASSIGN(const auto models, ReadMappings(files, "tpp/models/"));
  TRY_ASSIGN(maps->registry_, fhir::schema::Registry::LoadR4With(models));
  TRY_ASSIGN(maps->tables_, Tables::Load(models));
  TRY_ASSIGN(const auto concept_maps, ReadMappings(files, "tpp/concept_maps/"));
  fhir::mapping::MapSources forward, back;
  forward.own_transforms = {"day", "identified", "named", "score"};
  for (const MappingFile& file : files) {
    if (!file.name.ends_with(".map")) continue;
    (file.name.starts_with("tpp/back/") ? back : forward).maps.push_back({file.name, file.content});
  }
  forward.concept_maps = concept_maps;
  back.concept_maps = concept_maps;
  TRY_ASSIGN(maps->forward_, fhir::mapping::MapSet::Compile(forward, *maps->registry_));
  TRY_ASSIGN(maps->back_, fhir::mapping::MapSet::Compile(back, *maps->registry_));
  for (const Use& use : kForward) {
    TRY(maps->forward_->GetGroup(Url(kMapUrl, use.type), use.type));
  }
  for (const Use& use : kBack) {
    TRY(maps->back_->GetGroup(Url(kBackUrl, use.file), use.type));
    if (maps->tables_->Find(use.type) == kNone) return Error(ErrorKind::kNotFound, "The mapping file tpp/models/" + std::string(use.type) + ".json is not among the mappings given; a folder of mappings must be whole.");
  }
  return std::shared_ptr<const Maps>(std::move(maps));
}

Result<Element*> Maps::Forward(std::string_view type, std::string_view scope, Element& record, fhir::Document& target, fhir::IssueSink& issues) const {
  TRY_ASSIGN(const fhir::mapping::Group* group, forward_->GetGroup(Url(kMapUrl, type), type));
  const fhir::schema::Type* model = registry_->FindType(Url(kModelUrl, type) + "Record");
  if (!model) return Error(ErrorKind::kInternal, "there is no model of " + std::string(type));
  fhir::schema::Bind(record, *registry_, model);
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.transforms["day"] = &Day;
  context.transforms["score"] = &Score;
  context.transforms["identified"] = [scope](const TransformCall& call) { return Identified(call, scope); };
  context.transforms["named"] = [scope](const TransformCall& call) { return Identified(call, scope); };
  const Element* sources[] = {&record};
  return fhir::mapping::Transform(*forward_, *group, sources, target, context);
}

Result<const Element*> Maps::Back(std::string_view table, const Element& from, fhir::Document& target) const {
  const Use* use = nullptr;
  for (const Use& one : kBack) {
    if (one.type == table) use = &one;
  }
  if (!use) return nullptr;
  TRY_ASSIGN(const fhir::mapping::Group* group, back_->GetGroup(Url(kBackUrl, use->file), table));
  fhir::IssueSink issues(100);   // a code that the set has no word for leaves the cell to what was given
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  const Element* sources[] = {&from};
  TRY_ASSIGN(const Element* row, fhir::mapping::Transform(*back_, *group, sources, target, context));
  return row;
}

}  // namespace adapters::gp::tpp
