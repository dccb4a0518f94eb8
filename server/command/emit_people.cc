// emit for a file of many people.
#include <filesystem>
#include <memory>

#include "server/command/files.h"
#include "server/command/people_use.h"
#include "server/inbox/person_record.h"
#include "server/inbox/report_sum.h"
#include "server/storage/staging.h"

namespace server::command {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Result<adapters::EmitOptions> OptionsOf(const Arguments& arguments) {
  const std::string& period = arguments.Get("--period");
  const std::size_t slash = period.find('/');
  adapters::EmitOptions options{{}, {}, arguments.Get("--release"), arguments.Get("--what"), arguments.Get("--layout")};
  if (period.empty()) return options;   // the adapter says whether it needs one
  if (slash == std::string::npos) {
    return Error(ErrorKind::kInvalid, "--period '" + period + "' is not a period; write START/END, such as 2024-04-01/2025-03-31");
  }
  options.from = period.substr(0, slash);
  options.to = period.substr(slash + 1);
  return options;
}

constexpr std::size_t kFindingsTold = 20;   // one by one; more of a kind are counted

class Emission {
 public:
  Emission(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal)
      : format_(format), app_(app), terminal_(terminal), folder_(ScratchFolder(arguments.Get("--data"))), only_(arguments.Get("--council")) {}

  // All of it from one state of the store.
  Result<void> Write(const adapters::EmitOptions& options) {
    options_ = options;
    TRY_ASSIGN(const std::string head, format_.EmitHead(options));
    TRY_ASSIGN(reader_, app_.store->OpenReader());
    TRY_ASSIGN(const std::unique_ptr<storage::Staging> scopes, InOrder(app_, *reader_, "Organization", format_.ScopeSystem(), folder_));
    if (!only_.empty()) {
      TRY_ASSIGN(const bool known, scopes->Holds(only_));
      if (!known) return Error(ErrorKind::kNotFound, "--council: nothing is stored of a council '" + only_ + "'");
    }
    TRY(WriteOutput("-", head, terminal_));
    for (std::string last;;) {
      TRY_ASSIGN(const std::vector<storage::StagedRow> next, scopes->RowsAfter(last));
      if (next.empty()) return {};
      last = next.front().person;
      if (only_.empty() || last == only_) { TRY(WriteScope(last)); }
    }
  }

  adapters::Report TakeReport() { return sum_.Take(); }

 private:
  Result<void> WriteScope(const std::string& scope) {
    TRY_ASSIGN(const std::unique_ptr<storage::Staging> people, InOrder(app_, *reader_, "Patient", format_.PersonSystem(scope), folder_));
    for (std::string last;;) {
      TRY_ASSIGN(const std::vector<storage::StagedRow> next, people->RowsAfter(last));
      if (next.empty()) return {};
      last = next.front().person;
      TRY(WritePerson(next.front().bytes));
    }
  }

  Result<void> WritePerson(const std::string& patient_id) {
    TRY_ASSIGN(const std::vector<fhir::Document> stored, inbox::ReadOwnRecord(app_, *reader_, patient_id));
    const auto emitted = format_.EmitPerson(stored, options_);
    if (!emitted) {
      const Error& error = emitted.error();
      sum_.Add(fhir::Issue{fhir::Severity::kError, std::string(error.issue_type()), "Patient/" + patient_id + " is not in the file: " + error.text(), error.path()});
      return {};
    }
    sum_.Add(emitted->outcome);
    return WriteOutput("-", emitted->bytes, terminal_);
  }

  const adapters::PeopleFile& format_;
  App& app_;
  const Terminal& terminal_;
  const std::string folder_, only_;   // for scratch files; the one scope that is wanted
  adapters::EmitOptions options_;
  std::unique_ptr<storage::Reader> reader_;
  inbox::ReportSum sum_{kFindingsTold};
};

}  // namespace

std::string ScratchFolder(const std::string& data) {
  std::error_code ignored;
  return std::filesystem::is_directory(data, ignored) ? data : std::filesystem::temp_directory_path(ignored).string();
}

Result<std::unique_ptr<storage::Staging>> InOrder(App& app, storage::Reader& reader, std::string_view type, std::string_view system, const std::string& folder) {
  TRY_ASSIGN(std::unique_ptr<storage::Staging> staging, storage::OpenStaging(folder));
  std::string cursor;
  do {
    TRY_ASSIGN(inbox::IdentifiedPage page, inbox::ResourcesOfSystem(app, reader, type, system, cursor));
    for (inbox::Identified& one : page.resources) {
      TRY(staging->Add({std::move(one.value), 0, false, std::move(one.id)}));
    }
    cursor = std::move(page.next_cursor);
  } while (!cursor.empty());
  return staging;
}

Exit EmitPeople(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal) {
  if (!format.FileNames().empty()) return EmitSet(format, app, arguments, terminal);
  const auto options = OptionsOf(arguments);
  if (!options) return Fail(terminal, "emit", options.error());
  Emission emission(format, app, arguments, terminal);
  const auto done = emission.Write(*options);
  const adapters::Report report = emission.TakeReport();
  SayIssues(terminal, "emit", report.outcome);
  if (!done) return Fail(terminal, "emit", done.error());
  return report.outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

}  // namespace server::command
