// Requests and answers of the operations on personal budgets.
#include "server/operations/budget.h"

#include "fhir/json/writer.h"
#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/check.h"
#include "server/interactions/parameters.h"

namespace server::operations {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Result<Document> BudgetParameters(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  TRY_ASSIGN(Document document, interactions::ReadBody(call));
  if (document.root->text != "Parameters") return Error(ErrorKind::kInvalid, "The body is a " + std::string(document.root->text) + ". Send Parameters; server/care/budget/README.md lists them.").WithIssueType("value");
  fhir::IssueSink issues;
  TRY(call.app.validator->Validate(*document.root, {}, issues));
  for (const fhir::Issue& issue : issues.issues()) {
    if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal) return Error(ErrorKind::kUnprocessable, issue.text).At(issue.expression).WithIssueType(issue.code);
  }
  return document;
}

Result<Document> BudgetQuery(const http::Call& call, std::initializer_list<std::pair<std::string_view, std::string_view>> types) {
  Document document;
  document.root = document.NewResource("Parameters");
  for (const auto& [given, text] : call.target.parameters) {
    if (given == "_format" || given == "_pretty") continue;
    const std::pair<std::string_view, std::string_view>* known = nullptr;
    for (const auto& type : types) known = type.first == given ? &type : known;
    if (!known) {
      std::string allowed;
      for (const auto& [name, type] : types) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
      return Error(ErrorKind::kInvalid, "The parameter '" + given + "' is not known. Allowed are " + allowed + ".").At(given).WithIssueType("not-supported");
    }
    Element* parameter = document.Add(document.root, "parameter", true);
    document.AddString(parameter, "name", given);
    if (known->second == "valueBoolean") {
      if (text != "true" && text != "false") return Error(ErrorKind::kInvalid, "'" + given + "' is '" + text + "'. Allowed are true and false.").At(given).WithIssueType("value");
      document.AddBoolean(parameter, known->second, text == "true");
    } else {
      document.AddString(parameter, known->second, text);
    }
  }
  return document;
}

Answer BudgetAnswer(const http::Call& call, care::budget::Outcome outcome, bool always_bundle) {
  http::Headers headers = {{"Content-Type", std::string(http::kFhirJson)}};
  if (outcome.answer.root) return http::Response{outcome.status, std::move(headers), fhir::json::Write(*outcome.answer.root)};
  if (outcome.status == 201) headers.emplace_back("Location", call.base + "/" + http::VersionPath(outcome.resources.front()));
  if (outcome.resources.size() == 1 && !always_bundle) return http::Response{outcome.status, std::move(headers), std::move(outcome.resources.front().body)};
  std::string bundle = R"({"resourceType":"Bundle","type":"collection","entry":[)";
  for (std::size_t i = 0; i < outcome.resources.size(); ++i) {
    const storage::Version& version = outcome.resources[i];
    bundle += (i == 0 ? R"({"fullUrl":)" : R"(,{"fullUrl":)");
    fhir::json::WriteString(call.base + "/" + version.type + "/" + version.id, bundle);
    bundle += R"(,"resource":)" + version.body + "}";
  }
  return http::Response{outcome.status, std::move(headers), bundle + "]}"};
}

}  // namespace server::operations
