// Reading and checking of resources to be written.
#include "server/interactions/check.h"

#include <algorithm>

#include "fhir/json/reader.h"
#include "server/http/router.h"

namespace server::interactions {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

// The validator's findings, their paths under `place` instead of the resource's own type. Of a Bundle's
// entries only the errors: nobody is shown a thousand warnings, and they must not push errors out.
Result<void> Validate(const App& app, fhir::Element& root, const std::string& place, bool errors_only, fhir::IssueSink& issues) {
  fhir::IssueSink found;
  TRY(app.validator->Validate(root, {}, found));
  for (const fhir::Issue& issue : found.issues()) {
    if (errors_only && issue.severity > fhir::Severity::kError) continue;
    const std::size_t dot = std::min(issue.expression.find('.'), issue.expression.size());
    issues.Report(issue.severity, issue.code, issue.text, place + issue.expression.substr(dot));
  }
  return {};
}

}  // namespace

Result<fhir::Document> ReadBody(const http::Call& call) {
  if (call.request.body.empty()) return Error(ErrorKind::kInvalid, "The request has no body. Send the resource as FHIR JSON.");
  fhir::json::ReadOptions options;
  options.max_depth = call.app.limits.json_depth;
  options.max_elements = call.app.limits.json_elements;
  TRY_ASSIGN(fhir::Document document, fhir::json::Read(call.request.body, options));
  if (!document.root || !document.root->is_resource) return Error(ErrorKind::kInvalid, "The body has no resourceType, so it is no FHIR resource.");
  return document;
}

Result<void> CheckResource(const App& app, PlannedEntry& planned, fhir::IssueSink& issues) {
  fhir::Element& root = *planned.document.root;
  const std::string place = planned.place.empty() ? std::string(root.text) : planned.place + ".resource";
  if (!root.is_resource) return Error(ErrorKind::kInvalid, "The resource has no resourceType.").At(place);
  if (root.text != planned.type) {
    return Error(ErrorKind::kInvalid, "The resource is a " + std::string(root.text) + ", but the URL says " + planned.type + ". They must be the same.").At(place);
  }
  if (fhir::Element* id = root.Find("id"); id && planned.verb == Verb::kPost) fhir::Document::Detach(id);
  const std::string_view own_id = root.ValueOf("id");
  if (!own_id.empty() && !http::IsId(own_id)) {
    return Error(ErrorKind::kInvalid, "'" + std::string(own_id) + "' cannot be an id. An id is 1 to 64 letters, digits, '-' and '.'.").At(place + ".id");
  }
  if (!planned.id.empty() && own_id != planned.id) {
    return Error(ErrorKind::kInvalid, (own_id.empty() ? "The resource has no id" : "The resource's id is '" + std::string(own_id) + "'") + ", but the URL says '" + planned.id + "'. Make them the same.").At(place + ".id");
  }
  planned.own_id = own_id;
  return Validate(app, root, place, !planned.place.empty(), issues);
}

}  // namespace server::interactions
