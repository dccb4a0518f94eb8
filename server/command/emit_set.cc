// emit for a set of several files: a person's rows go into each of them, so all are open at once.
#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "adapters/base/multipart.h"
#include "server/command/files.h"
#include "server/command/packed_files.h"
#include "server/command/people_use.h"
#include "server/inbox/person_record.h"
#include "server/inbox/report_sum.h"

namespace server::command {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr std::size_t kFindingsTold = 20;   // one by one; more of a kind are counted
constexpr std::size_t kPieceBytes = std::size_t{1} << 16;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class Emission {
 public:
  Emission(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal)
      : format_(format), app_(app), terminal_(terminal), folder_(ScratchFolder(arguments.Get("--data"))), into_(arguments.Get("--into")), only_(arguments.Get("--organisation")) {}

  // All of it from one state of the store.
  Result<void> Write() {
    TRY_ASSIGN(reader_, app_.store->OpenReader());
    TRY_ASSIGN(const std::unique_ptr<storage::Staging> people, People());
    TRY(Open());
    for (std::string last;;) {
      TRY_ASSIGN(const std::vector<storage::StagedRow> next, people->RowsAfter(last));
      if (next.empty()) break;
      last = next.front().person;
      TRY(WritePerson(next.front().bytes));
    }
    return Close();
  }

  adapters::Report TakeReport() { return sum_.Take(); }

 private:
  // Of the organisation asked for, or the only one that has any.
  Result<std::unique_ptr<storage::Staging>> People() {
    TRY_ASSIGN(const std::unique_ptr<storage::Staging> scopes, InOrder(app_, *reader_, "Organization", format_.ScopeSystem(), folder_));
    std::unique_ptr<storage::Staging> found;
    std::string whose;
    for (std::string last;;) {
      TRY_ASSIGN(const std::vector<storage::StagedRow> next, scopes->RowsAfter(last));
      if (next.empty()) break;
      last = next.front().person;
      if (!only_.empty() && last != only_) continue;
      TRY_ASSIGN(std::unique_ptr<storage::Staging> people, InOrder(app_, *reader_, "Patient", format_.PersonSystem(last), folder_));
      TRY_ASSIGN(const std::vector<storage::StagedRow> first, people->RowsAfter(""));
      if (first.empty()) continue;
      if (found) return Error(ErrorKind::kInvalid, "people of " + whose + " and of " + last + " are stored, and a set is of one organisation; say --organisation " + whose);
      found = std::move(people);
      whose = last;
    }
    if (!found) return Error(ErrorKind::kNotFound, only_.empty() ? "nobody is stored out of such a set" : "--organisation: nobody of '" + only_ + "' is stored out of such a set");
    return found;
  }

  Result<void> Open() {
    const std::vector<std::string> names = format_.FileNames(), heads = format_.FileHeads();
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::string path = into_.empty() ? std::string() : (std::filesystem::path(into_) / names[i]).string();
      files_.emplace_back(into_.empty() ? std::tmpfile() : std::fopen(path.c_str(), "wb"));
      if (!files_.back()) return Error(ErrorKind::kUnavailable, into_.empty() ? "cannot make a temporary file" : "cannot write '" + path + "'; the folder of --into must be there");
      TRY(Put(i, heads[i]));
    }
    return {};
  }

  Result<void> Put(std::size_t file, std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), files_[file].get()) == bytes.size()) return {};
    return Error(ErrorKind::kUnavailable, "cannot write " + format_.FileNames()[file] + ": is the disk full?");
  }

  Result<void> WritePerson(const std::string& patient_id) {
    TRY_ASSIGN(const std::vector<fhir::Document> stored, inbox::ReadOwnRecord(app_, *reader_, patient_id));
    const auto emitted = format_.EmitPerson(stored, {});
    if (!emitted) {
      const Error& error = emitted.error();
      sum_.Add(fhir::Issue{fhir::Severity::kError, std::string(error.issue_type()), "Patient/" + patient_id + " is not in the set: " + error.text(), error.path()});
      return {};
    }
    sum_.Add(emitted->outcome);
    for (std::size_t i = 0; i < emitted->files.size(); ++i) {
      if (!emitted->files[i].empty()) { TRY(Put(i, emitted->files[i])); }
    }
    return {};
  }

  Result<void> Close() {
    const std::vector<std::string> names = format_.FileNames();
    for (std::size_t i = 0; i < files_.size(); ++i) {
      if (std::fflush(files_[i].get()) != 0) return Error(ErrorKind::kUnavailable, "cannot write " + names[i] + ": is the disk full?");
      if (!into_.empty()) continue;
      TRY(WriteOutput("-", adapters::PartHead(kBoundary, names[i].substr(0, names[i].find('.')), names[i], i == 0), terminal_));
      std::rewind(files_[i].get());
      std::string block(kPieceBytes, '\0');
      for (std::size_t got = 0; (got = std::fread(block.data(), 1, block.size(), files_[i].get())) > 0;) {
        TRY(WriteOutput("-", std::string_view(block).substr(0, got), terminal_));
      }
    }
    return into_.empty() ? WriteOutput("-", adapters::ClosingBoundary(kBoundary), terminal_) : Result<void>();
  }

  const adapters::PeopleFile& format_;
  App& app_;
  const Terminal& terminal_;
  const std::string folder_, into_, only_;   // for scratch files; for the files, empty: one body; the one scope that is wanted
  std::unique_ptr<storage::Reader> reader_;
  std::vector<File> files_;
  inbox::ReportSum sum_{kFindingsTold};
};

}  // namespace

Exit EmitSet(const adapters::PeopleFile& format, App& app, const Arguments& arguments, const Terminal& terminal) {
  Emission emission(format, app, arguments, terminal);
  const auto done = emission.Write();
  const adapters::Report report = emission.TakeReport();
  SayIssues(terminal, "emit", report.outcome);
  if (!done) return Fail(terminal, "emit", done.error());
  return report.outcome.HasErrors() ? Exit::kFindings : Exit::kDone;
}

}  // namespace server::command
