// adapt for a file of many people.
#include <filesystem>
#include <unordered_set>

#include "fhir/json/writer.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
#include "server/command/people_use.h"
#include "server/inbox/process.h"
#include "server/inbox/report_sum.h"
#include "server/inbox/stage_file.h"

namespace server::command {
namespace {

// A Bundle on its way out, entry by entry.
class Printed {
 public:
  Printed(const Terminal& terminal, bool pretty) : terminal_(terminal), pretty_(pretty) {}

  // What several people share (the council) stands there once.
  fhir::Result<void> Add(const fhir::Element& bundle) {
    for (const fhir::Element& entry : fhir::Repeats(bundle, "entry")) {
      std::string text = pretty_ ? fhir::json::WritePretty(entry) : fhir::json::Write(entry);
      if (!seen_.insert(std::hash<std::string>()(text)).second) continue;
      TRY(WriteOutput("-", (begun_ ? "," : kHead) + text, terminal_));
      begun_ = true;
    }
    return {};
  }
  fhir::Result<void> End() { return WriteOutput("-", begun_ ? "]}\n" : "{\"resourceType\":\"Bundle\",\"type\":\"transaction\"}\n", terminal_); }

 private:
  static constexpr const char* kHead = "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[";
  const Terminal& terminal_;
  const bool pretty_;
  bool begun_ = false;
  std::unordered_set<std::size_t> seen_;
};

fhir::Result<adapters::Report> Print(const std::string& file, fhir::Result<inbox::ByteSource> bytes, const adapters::PeopleFile& format, const Arguments& arguments, const Terminal& terminal) {
  TRY_ASSIGN(const adapters::FileOptions options, FileOptionsOf(arguments));
  TRY_ASSIGN(const inbox::ByteSource source, std::move(bytes));
  adapters::Report read;
  auto staged = inbox::StageFile(format, options, source, std::filesystem::temp_directory_path().string(), read);
  if (!staged) {
    SayIssues(terminal, file, read.outcome);
    return std::move(staged).error();
  }
  inbox::ReportSum sum;
  sum.Add(read);
  Printed printed(terminal, arguments.Has("--pretty"));
  for (std::string last;;) {
    TRY_ASSIGN(const std::vector<adapters::Row> rows, inbox::NextPerson(*staged->staging, last));
    if (rows.empty()) break;
    last = rows.front().person;
    adapters::PersonPart part;
    part.scope = staged->facts.scope;
    part.person = last;
    part.file = {"adapt", staged->facts.from, staged->facts.to, 0};
    part.rows = rows;
    const auto adapted = format.AdaptPerson(part);
    if (!adapted) {
      fhir::Issue finding = inbox::AsFinding(adapted.error());
      finding.text = inbox::RowsInWords(format, rows) + ": " + finding.text;
      sum.AddHeld(format, rows, std::move(finding));
      continue;
    }
    sum.Add(adapted->report);
    TRY(printed.Add(*adapted->transaction.root));
  }
  TRY(printed.End());
  return sum.Take();
}

}  // namespace

Exit AdaptPeople(const std::string& file, fhir::Result<inbox::ByteSource> bytes, const adapters::PeopleFile& format, const Arguments& arguments, const Terminal& terminal) {
  const auto report = Print(file, std::move(bytes), format, arguments, terminal);
  if (!report) return Fail(terminal, file, report.error());
  if (auto written = WriteReportFile(arguments, *report, terminal); !written) return Fail(terminal, "adapt", written.error());
  Say(terminal.err, file + ": " + InWords(*report));
  return report->outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

}  // namespace server::command
