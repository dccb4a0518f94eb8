// What adapt, emit and ingest share.
#include "server/command/adapter_use.h"

#include "adapters/base/report.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/command/files.h"
#include "server/inbox/message_text.h"

namespace server::command {
namespace {

constexpr std::size_t kErrorsTold = 20;   // on the terminal; the report has the others

}  // namespace

Parameter AdapterParameter() {
  static const std::string help = "the outside system's format: " + inbox::AdapterNames();
  return {.name = "ADAPTER", .value = "ADAPTER", .help = help, .required = true};
}

Parameter MappingsParameter() {
  return {.name = "--mappings", .value = "DIR", .help = "use the maps in this folder (a copy of mappings/) instead of those in the program"};
}

Parameter EncodingParameter() {
  return {.name = "--encoding", .value = "NAME", .help = "how a CSV file is written: utf-8 or windows-1252", .fallback = "utf-8"};
}

Parameter StrictParameter() { return {.name = "--strict", .value = "", .help = "one bad row refuses the whole file"}; }

fhir::Result<adapters::FileOptions> FileOptionsOf(const Arguments& arguments) {
  adapters::FileOptions options{arguments.Get("--encoding"), arguments.Has("--strict")};
  TRY(inbox::CheckOptions(options));
  return options;
}

Exit TellMessage(const Terminal& terminal, std::string_view about, const storage::Message& message) {
  Say(terminal.out, inbox::WriteMessage(message, inbox::Shown::kCounts));
  const auto report = message.report.empty() ? fhir::json::Read("{}") : fhir::json::Read(message.report);
  if (!report) return Fail(terminal, about, report.error());
  std::string words(inbox::StateName(message.state));
  fhir::IssueSink errors(kErrorsTold);
  for (const fhir::Element& parameter : fhir::Repeats(*report->root, "parameter")) {
    const std::string_view name = parameter.ValueOf("name"), value = parameter.ValueOf("valueInteger");
    if (name == "resourcesCreated") words += ": " + std::string(value) + " created";
    if (name == "resourcesChanged") words += ", " + std::string(value) + " changed";
    if (name == "resourcesUnchanged") words += ", " + std::string(value) + " as before";
    if (name != "outcome") continue;
    for (const fhir::Element& issue : fhir::Repeats(*parameter.Find("resource"), "issue")) {
      if (issue.ValueOf("severity") != "error" && issue.ValueOf("severity") != "fatal") continue;
      errors.Report(fhir::Severity::kError, issue.ValueOf("code"), std::string(issue.ValueOf("diagnostics")), std::string(issue.ValueOf("expression")));
    }
  }
  SayIssues(terminal, about, errors);
  if (errors.More() > 0) Say(terminal.err, std::string(about) + ": " + std::to_string(errors.More()) + " more errors; careloom inbox show " + message.id + " has them all");
  Say(terminal.err, std::string(about) + ": " + words);
  return message.state == storage::MessageState::kHeld || errors.HasErrors() ? Exit::kFindings : Exit::kDone;
}

fhir::Result<void> WriteReportFile(const Arguments& arguments, const adapters::Report& report, const Terminal& terminal) {
  if (!arguments.Has("--report")) return {};
  const fhir::Document parameters = adapters::WriteReport(report);
  return WriteOutput(arguments.Get("--report"), fhir::json::WritePretty(*parameters.root) + "\n", terminal);
}

std::string InWords(const adapters::Report& report) {
  const auto counts = [](const char* what, std::uint32_t in, const char* kept, std::uint32_t one, std::uint32_t merged, std::uint32_t reported) {
    return std::to_string(in) + " " + what + " (" + std::to_string(one) + " " + kept + ", " + std::to_string(merged) + " merged, " + std::to_string(reported) + " reported)";
  };
  return counts("entries", report.entries_in, "stored", report.entries_stored, report.entries_merged, report.entries_reported) + ", " +
         counts("elements", report.elements_in, "carried", report.elements_carried, report.elements_merged, report.elements_reported);
}

}  // namespace server::command
