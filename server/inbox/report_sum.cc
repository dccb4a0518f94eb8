// Sums of reports.
#include "server/inbox/report_sum.h"

#include <algorithm>

#include "adapters/base/report.h"

namespace server::inbox {
namespace {

using fhir::Issue;
using fhir::Severity;

bool IsError(const Issue& issue) { return issue.severity == Severity::kFatal || issue.severity == Severity::kError; }

// What findings of one kind have in common: their words without the values in quotes and the numbers.
std::string KindOf(const Issue& issue) {
  std::string kind(fhir::SeverityCode(issue.severity));
  kind += ' ' + issue.code + ' ';
  char quote = 0;
  for (const char c : issue.text) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
      kind += c;
    } else if (c < '0' || c > '9') {
      kind += c;
    }
  }
  return kind;
}

std::string WithCommas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace

void ReportSum::Add(const adapters::Report& part) {
  adapters::AddCounts(part, sum_);
  Add(part.outcome);
}

void ReportSum::Add(const fhir::IssueSink& issues) {
  for (const Issue& issue : issues.issues()) Add(issue);
  unlisted_ += issues.More();
}

void ReportSum::Add(Issue issue) {
  std::vector<Issue>& kept = IsError(issue) ? errors_ : others_;
  if (kept.size() < most_kept_) {
    kept.push_back(std::move(issue));
  } else {
    Count(issue);
  }
}

void ReportSum::AddHeld(const adapters::PeopleFile& format, std::span<const adapters::Row> rows, Issue why) {
  const auto held = static_cast<std::uint32_t>(std::ranges::count(rows, false, &adapters::Row::bad));
  sum_.entries_in += held;
  sum_.entries_reported += held;
  for (const adapters::Row& row : rows) {
    const std::uint32_t elements = row.bad ? 0 : format.ElementsOf(row);
    sum_.elements_in += elements;
    sum_.elements_reported += elements;
  }
  Add(std::move(why));
}

void ReportSum::Count(const Issue& issue) {
  const std::string key = KindOf(issue);
  const auto known = kinds_.find(key);
  if (known != kinds_.end()) {
    ++known->second.count;
  } else if (kinds_.size() < kKinds) {
    kinds_.emplace(key, Kind{issue, 1});
  } else {
    ++unlisted_;
  }
}

adapters::Report ReportSum::Take() {
  adapters::Report report = std::move(sum_);
  for (Issue& issue : errors_) report.outcome.Report(std::move(issue));
  const std::size_t room = most_kept_ - errors_.size();
  for (std::size_t i = 0; i < others_.size(); ++i) {
    if (i < room) {
      report.outcome.Report(std::move(others_[i]));
    } else {
      Count(others_[i]);
    }
  }
  for (const auto& [key, kind] : kinds_) {
    report.outcome.Report(kind.example.severity, kind.example.code, "and " + WithCommas(kind.count) + " more like: " + kind.example.text);
  }
  if (unlisted_ > 0) report.outcome.Report(Severity::kWarning, "incomplete", "and " + WithCommas(unlisted_) + " more of other kinds");
  *this = ReportSum(most_kept_);
  return report;
}

}  // namespace server::inbox
