// careloom transform: runs a FHIR Mapping Language map over a file.
#include <random>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/mapping/engine.h"
#include "fhir/mapping/map_set.h"
#include "fhir/mapping/model.h"
#include "fhir/schema/registry.h"
#include "server/command/files.h"

namespace server::command {
namespace {

using fhir::Document;
using fhir::mapping::MapSet;
using fhir::schema::Registry;

// What --with brought: further maps, ConceptMaps, and StructureDefinitions of logical models.
struct Companions {
  std::vector<fhir::mapping::MapFile> maps;
  std::vector<Document> concept_maps, models;
};

fhir::Result<Companions> ReadCompanions(const std::vector<std::string>& files, const Terminal& terminal) {
  Companions companions;
  for (const std::string& file : files) {
    TRY_ASSIGN(std::string bytes, ReadInput(file, terminal));
    if (file.ends_with(".map")) {
      companions.maps.push_back({file, std::move(bytes)});
      continue;
    }
    auto document = fhir::json::Read(bytes);
    if (!document) return fhir::Error(fhir::ErrorKind::kInvalid, document.error().ToString()).At(file);
    const std::string_view type = document->root->resource_type();
    if (type != "ConceptMap" && type != "StructureDefinition") {
      return fhir::Error(fhir::ErrorKind::kNotFound, "--with takes .map files, ConceptMaps and StructureDefinitions; " + file + " is none of these");
    }
    (type == "ConceptMap" ? companions.concept_maps : companions.models).push_back(*std::move(document));
  }
  return companions;
}

std::string RandomUuid() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  for (char& c : text) {
    if (c == 'x') c = kHex[random() & 15];
    if (c == 'y') c = kHex[8 + (random() & 3)];
  }
  return text;
}

fhir::Result<Document> Transform(const Arguments& arguments, const Terminal& terminal, fhir::IssueSink& issues) {
  TRY_ASSIGN(Companions companions, ReadCompanions(arguments.All("--with"), terminal));
  TRY_ASSIGN(const std::shared_ptr<const Registry> registry, Registry::LoadR4With(companions.models));
  TRY_ASSIGN(std::string map, ReadInput(arguments.Get("MAP"), terminal));
  companions.maps.insert(companions.maps.begin(), {arguments.Get("MAP"), std::move(map)});
  TRY_ASSIGN(const auto maps, MapSet::Compile({std::move(companions.maps), companions.concept_maps, {}}, *registry, &issues));
  TRY_ASSIGN(const fhir::mapping::Group* group, maps->GetGroup(maps->urls().front()));
  TRY_ASSIGN(const std::string bytes, ReadInput(arguments.Get("FILE"), terminal));
  TRY_ASSIGN(Document source, fhir::json::Read(bytes, {.allow_empty = true}));
  fhir::schema::Bind(*source.root, *registry, source.root->is_resource ? nullptr : group->parameters.front().known_type);
  fhir::mapping::TransformContext context;
  context.issues = &issues;
  context.uuid = RandomUuid;
  context.now = NowText();
  context.log = [&terminal](std::string_view text, const fhir::Element& at) { Say(terminal.err, "log: " + fhir::PathOf(at) + ": " + std::string(text)); };
  return fhir::mapping::Transform(*maps, *group, *source.root, context);
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  fhir::IssueSink issues;
  const auto result = Transform(arguments, terminal, issues);
  SayIssues(terminal, "transform", issues);
  if (!result) return issues.empty() ? Fail(terminal, "transform", result.error()) : Exit::kFindings;
  Say(terminal.out, arguments.Has("--pretty") ? fhir::json::WritePretty(*result->root) : fhir::json::Write(*result->root));
  return issues.HasErrors() ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Transform() {
  return {.name = "transform",
          .summary = "Run a FHIR Mapping Language map over a file; the map's first group takes the file",
          .example = "careloom transform patient.map patient.json --with codes.json",
          .parameters = {{.name = "MAP", .value = "FILE", .help = "the map", .required = true},
                         {.name = "FILE", .value = "FILE", .help = "what to transform, as JSON; - reads standard input", .required = true},
                         {.name = "--with", .value = "FILE", .help = "maps it imports (.map), its ConceptMaps and logical models (.json)", .repeats = true},
                         {.name = "--pretty", .value = "", .help = "with line breaks, for people"}},
          .run = Run};
}

}  // namespace server::command
