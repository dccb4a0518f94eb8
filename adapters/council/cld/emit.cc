// Events to rows of a file.
#include "adapters/council/cld/emit.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "adapters/base/csv.h"
#include "fhir/base/date_time.h"

namespace adapters::council::cld {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kPersonSystem = "https://careloom.example/fhir/id/la-person-id/";
constexpr std::string_view kLineEnd = "\r\n", kDay = "YYYY-MM-DD";

bool IsDay(std::string_view text) {
  const auto date = fhir::DateTime::Parse(text);
  return date && date->has_date && date->precision == fhir::DatePrecision::kDay && text.size() == kDay.size();
}

Result<void> Check(const EmitOptions& options) {
  if (options.from.empty() && options.to.empty()) return Error(ErrorKind::kInvalid, "--period is needed; write START/END, such as 2024-04-01/2025-03-31");
  if (!options.what.empty() || !options.layout.empty()) return Error(ErrorKind::kInvalid, "Client Level Data is one kind of file with columns of its own; leave --what and --layout out.");
  if (!IsDay(options.from) || !IsDay(options.to) || options.to < options.from) {
    return Error(ErrorKind::kInvalid, "The period " + options.from + "/" + options.to +
                                          " is none; give its first and last day as YYYY-MM-DD/YYYY-MM-DD, as in 2025-04-01/2026-03-31.");
  }
  if (options.release != "1" && options.release != "2") {
    return Error(ErrorKind::kInvalid, "There is no release '" + options.release + "' of the specification; allowed are 1 and 2.");
  }
  return {};
}

bool Counts(const Event& event, const EmitOptions& options) {
  if (event.withdrawn) return false;
  const auto day = [&](Column column) { return std::string_view(event[column]).substr(0, kDay.size()); };
  const std::string_view end = day(Column::kEventEnd);
  if (day(Column::kEventStart) > options.to) return false;
  if (event[Column::kEventType] == "Service") return end.empty() || end >= options.from;
  return end >= options.from && end <= options.to;
}

class Writer {
 public:
  Writer(const EmitOptions& options, const Lists& lists, Emitted& emitted) : options_(options), lists_(lists), emitted_(emitted) {}

  void Write(Event event) {
    event[Column::kPeriodStart] = options_.from;
    event[Column::kPeriodEnd] = options_.to;
    for (const ColumnFacts& facts : Columns()) {
      if (facts.column != Column::kLaCode) emitted_.bytes += ',';
      const std::string& cell = event[facts.column];
      if (cell.empty()) continue;
      AppendCsvCell(emitted_.bytes, facts.holds == Holds::kDate ? Uk(event, facts) : facts.holds == Holds::kList ? Words(event, facts) : cell);
    }
    emitted_.bytes += kLineEnd;
  }

 private:
  std::string Uk(const Event& event, const ColumnFacts& facts) {
    const std::string& date = event[facts.column];
    if (date.size() != kDay.size()) {
      Say(Severity::kWarning, event, facts, "is not a day but more or less than one; the cell holds the day, or what there is.");
    }
    if (!IsDay(std::string_view(date).substr(0, kDay.size()))) return date;
    return date.substr(8, 2) + "/" + date.substr(5, 2) + "/" + date.substr(0, 4);
  }

  std::string Words(const Event& event, const ColumnFacts& facts) {
    const std::string& given = event[facts.column];
    const ListValue value = lists_.Find(facts.column, given);
    if (options_.release == "1") {
      if (value.release != Release::kTwo) return given;
      const auto words = lists_.ReleaseOneOf(facts.column, given);
      if (!words.empty()) return std::string(words.front());
      if (IsReworded(facts.column) && said_.emplace(facts.column, given).second) {
        Say(Severity::kInformation, event, facts, "is '" + given + "', for which no other wording of Release 1 is known; it was written as Release 2 has it.");
      }
      return given;
    }
    if (value.release != Release::kOne) return given;
    if (!value.code.empty()) return std::string(value.code);
    if (said_.emplace(facts.column, given).second) {
      Say(Severity::kWarning, event, facts, "is a value of Release 1 that has no Release 2 code; it was written as it was given.");
    }
    return given;
  }

  // Did Release 1 write some values of the list otherwise?
  bool IsReworded(Column column) const {
    return std::ranges::any_of(lists_.CodesOf(column), [&](const std::string& code) { return !lists_.ReleaseOneOf(column, code).empty(); });
  }

  void Say(Severity severity, const Event& event, const ColumnFacts& facts, const std::string& what) {
    emitted_.outcome.Report(severity, "value", std::string(facts.header) + " of the " + event[Column::kEventType] + " " + what, event.key);
  }

  const EmitOptions& options_;
  const Lists& lists_;
  Emitted& emitted_;
  std::set<std::pair<Column, std::string>> said_;  // once is enough for a person
};

// Does an event name the Patient as the one it is about? Others are here because somebody refers to them.
class Owners {
 public:
  explicit Owners(std::span<const fhir::Document> stored) {
    for (const fhir::Document& document : stored) {
      if (!document.root) continue;
      const std::string_view type = document.root->resource_type();
      const std::string_view member = type == "ServiceRequest" ? "subject" : type == "Task" ? "for" : type == "EpisodeOfCare" ? "patient" : "";
      const fhir::Element* owner = member.empty() ? nullptr : document.root->Find(member);
      if (!owner) continue;
      const std::string_view reference = owner->ValueOf("reference");
      if (reference.empty()) any_ = true;   // named by identifier only
      references_.insert(reference.substr(0, reference.find("/_history/")));
    }
  }
  bool Have(const fhir::Element& patient) const { return any_ || references_.contains("Patient/" + std::string(patient.ValueOf("id"))); }

 private:
  std::set<std::string_view, std::less<>> references_;
  bool any_ = false;
};

}  // namespace

Result<std::string> EmitHead(const EmitOptions& options) {
  TRY(Check(options));
  std::string head;
  for (const ColumnFacts& facts : Columns()) {
    if (facts.column != Column::kLaCode) head += ',';
    AppendCsvCell(head, facts.header);
  }
  return head.append(kLineEnd);
}

Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options, const Backward& backward, const Lists& lists) {
  TRY(Check(options));
  Emitted emitted;
  Writer writer(options, lists, emitted);
  const Owners owners(stored);
  for (const fhir::Document& document : stored) {
    if (!document.root || document.root->resource_type() != "Patient" || !owners.Have(*document.root)) continue;
    for (const fhir::Element& identifier : fhir::Repeats(*document.root, "identifier")) {
      const std::string_view system = identifier.ValueOf("system");
      if (!system.starts_with(kPersonSystem)) continue;
      TRY_ASSIGN(std::vector<Event> events,
                 backward.EventsOf(stored, system.substr(kPersonSystem.size()), identifier.ValueOf("value"), emitted.outcome));
      std::erase_if(events, [&](const Event& event) { return !Counts(event, options); });
      std::ranges::sort(events, {}, [](const Event& event) {
        return std::tie(event[Column::kPersonId], event[Column::kEventStart], event[Column::kEventType], event.key);
      });
      for (Event& event : events) writer.Write(std::move(event));
    }
  }
  return emitted;
}

}  // namespace adapters::council::cld
