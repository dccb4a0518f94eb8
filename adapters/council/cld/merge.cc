// One rule for what a file says and one for what it does not.
#include "adapters/council/cld/merge.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "adapters/council/cld/keys.h"

namespace adapters::council::cld {

using fhir::Severity;

namespace {

bool IsService(const Event& event) { return event[Column::kEventType] == "Service"; }

std::string InWords(const Event& event) {
  std::string words = event[Column::kEventType];
  return words + " that started on " + event[Column::kEventStart];
}

std::string PlaceIn(const Event& event, Column column) {
  return event.row == 0 ? std::string() : "row " + std::to_string(event.row) + ", column " + std::string(FactsOf(column).header);
}

// The event was said by an earlier file than this one, which does not hold it.
bool ApplyAbsence(Event& event, const Submission& file, fhir::IssueSink& outcome) {
  bool changed = false;
  std::string& end = event[Column::kEventEnd];
  if (IsService(event) && end.empty()) {
    end = std::max(event.said_by.to, event[Column::kEventStart]);
    changed = true;
    outcome.Report(Severity::kInformation, "informational", "The " + InWords(event) + " was said to be open by the file up to " + event.said_by.to + "; the file up to " +
                       file.to + " does not hold it, so it ends on " + end + ".", PlaceIn(event, Column::kEventEnd));
  }
  if (!event.withdrawn && Covers(file, event)) {
    event.withdrawn = true;
    changed = true;
    outcome.Report(Severity::kInformation, "informational", "The " + InWords(event) + " is not in the file of " + file.from + " to " + file.to +
                       ", which covers it: it is kept as entered in error.", PlaceIn(event, Column::kEventType));
  }
  return changed;
}

}  // namespace

bool RanksAfter(const Submission& a, const Submission& b) { return std::tie(a.to, a.received_us) > std::tie(b.to, b.received_us); }

bool Covers(const Submission& file, const Event& event) {
  const std::string &start = event[Column::kEventStart], &end = event[Column::kEventEnd];
  if (start > file.to) return false;
  if (IsService(event)) return end.empty() || end >= file.from;
  return end >= file.from && end <= file.to;
}

std::vector<Said> MergeEvents(const MergeInput& input, bool& changed, fhir::IssueSink& outcome) {
  const PersonPart& part = input.part;
  std::map<std::string, Said> events;
  for (const Event& event : input.stored) events.emplace(event.key, Said{event, 0});
  for (Said& said : input.rows.events) {
    const auto at = events.find(said.event.key);
    if (at != events.end() && RanksAfter(at->second.event.said_by, part.file)) {
      input.rows.lines[said.line - 1].stands = false;
      continue;
    }
    changed = true;
    events.insert_or_assign(said.event.key, std::move(said));
  }
  std::vector<const Submission*> later;
  for (const Submission& file : part.later) {
    if (!input.had_bad_rows(part, file)) later.push_back(&file);
  }
  std::ranges::sort(later, [](const Submission* a, const Submission* b) { return RanksAfter(*b, *a); });
  std::vector<Said> merged;
  for (auto& [key, said] : events) {
    if (said.line != 0) {
      for (const Submission* file : later) ApplyAbsence(said.event, *file, outcome);
    } else if (input.rows.bad == 0 && RanksAfter(part.file, said.event.said_by)) {
      changed = ApplyAbsence(said.event, part.file, outcome) || changed;
    }
    merged.push_back(std::move(said));
  }
  return merged;
}

}  // namespace adapters::council::cld
