// capabilities: the CapabilityStatement (https://hl7.org/fhir/R4/capabilitystatement.html), from the
// catalogues, the definitions and the search parameters, so that it cannot say other than the server does.
#include <algorithm>
#include <array>
#include <set>

#include "fhir/json/writer.h"
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/http/router.h"
#include "server/http/versions.h"
#include "server/interactions/handlers.h"
#include "server/interactions/parameters.h"
#include "server/operations/catalogue.h"

namespace server::interactions {
namespace {

using fhir::Document;
using fhir::Element;
using http::Level;
using http::Route;

bool IsOperation(const Route& route) { return route.pattern.find('$') != std::string_view::npos; }

void AddInteractions(const http::Router& router, bool of_system, Document& document, Element* to) {
  std::set<std::string_view> codes;
  for (const Route* route : router.routes()) {
    if (!route->handler || IsOperation(*route) || route->level == Level::kServer || route->code == "capabilities") continue;
    if ((route->level == Level::kSystem) == of_system) codes.insert(route->code);
  }
  if (codes.contains("transaction")) codes.insert("batch");
  for (const std::string_view code : codes) {
    Element* interaction = document.Add(to, "interaction", true);
    document.AddString(interaction, "code", code);
  }
}

// Who defines the operation of that name: HL7's R4 or its guide for forms, or Careloom.
std::string DefinitionOf(std::string_view defined_on, std::string_view code) {
  static constexpr std::array<std::string_view, 5> kR4 = {"apply", "document", "evaluate-measure", "everything", "validate"};
  std::string_view base = "https://careloom.example/fhir/OperationDefinition/";
  if (std::ranges::find(kR4, code) != kR4.end()) base = "http://hl7.org/fhir/OperationDefinition/";
  if (code == "extract") base = "http://hl7.org/fhir/uv/sdc/OperationDefinition/";
  return std::string(base) + std::string(defined_on) + "-" + std::string(code);
}

// Those of the type, or of the system when it is empty.
void AddOperations(const http::Router& router, std::string_view type, Document& document, Element* to) {
  std::set<std::string_view> seen;
  const std::string begin = type.empty() ? "/$" : "/" + std::string(type) + "/";
  for (const Route* route : router.routes()) {
    if (!route->handler || !IsOperation(*route)) continue;
    const bool of_all = !type.empty() && route->pattern.starts_with("/[type]/");
    if ((!of_all && !route->pattern.starts_with(begin)) || !seen.insert(route->code).second) continue;
    Element* operation = document.Add(to, "operation", true);
    document.AddString(operation, "name", route->code);
    document.AddString(operation, "definition", DefinitionOf(of_all ? "Resource" : type.empty() ? "System" : type, route->code));
  }
}

void AddSearchParameter(std::string_view name, std::string_view definition, std::string_view type, Document& document, Element* to) {
  Element* parameter = document.Add(to, "searchParam", true);
  document.AddString(parameter, "name", name);
  document.AddString(parameter, "definition", definition);
  document.AddString(parameter, "type", type);
}

void AddResource(const App& app, const http::Router& router, std::string_view type, Document& document, Element* rest) {
  Element* resource = document.Add(rest, "resource", true);
  document.AddString(resource, "type", type);
  document.AddString(resource, "profile", "http://hl7.org/fhir/StructureDefinition/" + std::string(type));
  AddInteractions(router, false, document, resource);
  document.AddString(resource, "versioning", "versioned-update");
  document.AddBoolean(resource, "readHistory", true);
  document.AddBoolean(resource, "updateCreate", true);
  document.AddBoolean(resource, "conditionalCreate", true);
  document.AddString(resource, "conditionalRead", "full-support");
  document.AddBoolean(resource, "conditionalUpdate", true);
  document.AddString(resource, "conditionalDelete", "single");
  for (const fhir::schema::SearchParameter* parameter : app.extractor->ParametersOf(type)) {
    if (parameter->type == "reference") document.AddString(resource, "searchInclude", std::string(type) + ":" + std::string(parameter->code), true);
  }
  AddSearchParameter("_id", "http://hl7.org/fhir/SearchParameter/Resource-id", "token", document, resource);
  AddSearchParameter("_lastUpdated", "http://hl7.org/fhir/SearchParameter/Resource-lastUpdated", "date", document, resource);
  for (const fhir::schema::SearchParameter* parameter : app.extractor->ParametersOf(type)) {
    if (parameter->type == "composite" || parameter->type == "special" || parameter->code.starts_with("_")) continue;  // not searched yet
    AddSearchParameter(parameter->code, parameter->url, parameter->type, document, resource);
  }
  AddOperations(router, type, document, resource);
}

// Stands for the base URL, which differs by caller, in the text that is kept.
constexpr std::string_view kBase = "{base}";

std::string MakeStatement(const App& app, const http::Router& router) {
  Document document;
  Element* root = document.root = document.NewResource("CapabilityStatement");
  document.AddString(root, "status", "active");
  document.AddString(root, "date", http::Instant(app.now_us()));
  document.AddString(root, "kind", "instance");
  Element* software = document.Add(root, "software");
  document.AddString(software, "name", "Careloom");
  document.AddString(software, "version", kSoftwareVersion);
  Element* implementation = document.Add(root, "implementation");
  document.AddString(implementation, "description", "Careloom, a FHIR R4 integration server for personalised care");
  document.AddString(implementation, "url", kBase);
  document.AddString(root, "fhirVersion", "4.0.1");
  document.AddString(root, "format", "application/fhir+json", true);
  document.AddString(root, "format", "json", true);
  Element* rest = document.Add(root, "rest", true);
  document.AddString(rest, "mode", "server");
  for (const std::string_view type : app.registry->ResourceTypes()) {
    if (type != "Parameters") AddResource(app, router, type, document, rest);
  }
  AddInteractions(router, true, document, rest);
  AddOperations(router, {}, document, rest);
  return fhir::json::Write(*root);
}

}  // namespace

Answer Capabilities(const http::Call& call) {
  TRY(CheckParameters(call, {"mode"}));
  std::string body = call.router.CapabilityStatement(MakeStatement);
  if (const std::size_t at = body.find(kBase); at != std::string::npos) body.replace(at, kBase.size(), call.base);
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, std::move(body)};
}

}  // namespace server::interactions
