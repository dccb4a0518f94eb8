// $validate (https://hl7.org/fhir/R4/resource-operation-validate.html): the findings about a resource, which
// is the body itself or the "resource" of a Parameters body. Stores nothing; always 200 with an outcome.
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/interactions/check.h"
#include "server/interactions/parameters.h"
#include "server/operations/handlers.h"

namespace server::operations {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;

Answer Validate(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}, {"profile", "mode"}));
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kResource)) return *std::move(refusal);
  TRY_ASSIGN(fhir::Document document, interactions::ReadBody(call));
  if (document.root->text == "Parameters" && call.type != "Parameters") {
    Element* resource = nullptr;
    for (Element* parameter = document.root->first_child; parameter; parameter = parameter->next) {
      const std::string name(parameter->ValueOf("name"));
      if (name == "resource") resource = parameter->Find("resource");
      if (name == "profile" || name == "mode") return Error(ErrorKind::kUnsupported, "The parameter '" + name + "' is not supported yet. Leave it out: the resource is checked against R4 itself.");
    }
    if (!resource) return Error(ErrorKind::kInvalid, "The Parameters have no parameter 'resource'. Send the resource in it, or as the body itself.");
    document.root = document.Copy(*resource);
    document.root->name = {};
  }
  if (document.root->text != call.type) {
    return Error(ErrorKind::kInvalid, "The resource is a " + std::string(document.root->text) + ", but the URL says " + call.type + ". They must be the same.");
  }
  fhir::IssueSink issues;
  TRY(call.app.validator->Validate(*document.root, {}, issues));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, http::ToOperationOutcome(issues)};
}

}  // namespace server::operations
