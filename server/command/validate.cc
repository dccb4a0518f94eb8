// careloom validate: do resources keep the rules of R4? One OperationOutcome for each file on standard output.
#include <algorithm>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"
#include "server/command/files.h"
#include "server/http/error_response.h"

namespace server::command {
namespace {

Exit ValidateFile(const std::string& file, const fhir::validate::Validator& validator, const Terminal& terminal) {
  const auto bytes = ReadInput(file, terminal);
  if (!bytes) return Fail(terminal, "validate", bytes.error());
  auto document = fhir::json::Read(*bytes);
  fhir::IssueSink issues;
  const auto walked = document ? validator.Validate(*document->root, {}, issues) : fhir::Result<void>(std::move(document).error());
  if (!walked) {
    Say(terminal.out, http::ToOperationOutcome(walked.error()));
    return Fail(terminal, file, walked.error());
  }
  Say(terminal.out, http::ToOperationOutcome(issues));
  SayIssues(terminal, file, issues);
  if (issues.HasErrors()) return Exit::kFindings;
  Say(terminal.err, file + ": valid");
  return Exit::kDone;
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  if (arguments.Has("--profile")) {
    Say(terminal.err, "validate: profiles are not supported yet; without --profile the base definitions of R4 are used");
    return Exit::kWrongUse;
  }
  const auto registry = fhir::schema::Registry::LoadR4();
  if (!registry) return Fail(terminal, "validate", registry.error());
  const fhir::validate::Validator validator(**registry);
  Exit worst = Exit::kDone;
  for (const std::string& file : arguments.All("FILE")) worst = std::max(worst, ValidateFile(file, validator, terminal));
  return worst;
}

}  // namespace

Command Validate() {
  return {.name = "validate",
          .summary = "Check resources against R4; prints one OperationOutcome for each file",
          .example = "careloom validate patient.json bundle.json",
          .parameters = {{.name = "FILE", .value = "FILE", .help = "resources; - reads standard input", .required = true, .repeats = true},
                         {.name = "--profile", .value = "URL", .help = "not supported yet"}},
          .run = Run};
}

}  // namespace server::command
