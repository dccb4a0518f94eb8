// Missed standards.
#include "server/care/review/standards.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "fhir/base/date_time.h"
#include "fhir/pathway/follow.h"
#include "fhir/pathway/task.h"
#include "server/care/review/batch.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::Result;
using fhir::pathway::Need;
using fhir::pathway::Pathway;
using fhir::pathway::Raised;
using fhir::pathway::State;
using fhir::pathway::Step;
namespace path = fhir::pathway;

namespace {

std::string On(const Pathway& pathway, const std::string& states) {
  return "code=" + std::string(path::kPathwaySystem) + "|" + pathway.code + "&business-status=" + states;
}

std::string StateToken(std::string_view state) { return std::string(path::kStateSystem) + "|" + std::string(state); }

// The states from which a step leads there that `fits`, for a search; empty: none.
template <typename Fits>
std::string StatesBefore(const Pathway& pathway, std::string_view to, const Fits& fits) {
  std::string states;
  for (const Step& step : pathway.steps) {
    if (step.to == to && !step.from.empty() && fits(step)) states += (states.empty() ? "" : ",") + StateToken(step.from);
  }
  return states;
}

bool IsOverdueStep(const Step& step) { return std::ranges::any_of(step.needs, [](const Need& need) { return need.kind == Need::Kind::kOverdue; }); }

void Enter(Document& task, const State& state, std::string_view at, const std::string& now) {
  for (const char* old : {"businessStatus", "statusReason"}) {
    if (Element* element = task.root->Find(old)) Document::Detach(element);
  }
  path::SetCoding(task, task.root, "businessStatus", path::kStateSystem, state.name);
  path::SetText(task, task.root, "status", state.statuses[0]);
  path::SetText(task, task.root, "lastModified", now);
  path::AddStep(task, state.name, at);
}

// The day after the one that it was due, unless the last step was taken later; empty then: now.
std::string MissedOn(const Element& task) {
  const Element* end = task.Walk("restriction", "period", "end");
  auto due = end ? fhir::DateTime::Parse(end->value()) : std::nullopt;
  if (!due || due->precision < fhir::DatePrecision::kDay) return {};
  due->precision = fhir::DatePrecision::kDay;
  due->offset_minutes.reset();
  const auto day = due->Plus(1, fhir::CalendarUnit::kDay);
  const auto steps = path::StepsOf(task);
  const auto last = steps.empty() ? std::nullopt : fhir::DateTime::Parse(path::PartOf(*steps.back(), "at"));
  return !day || (last && day->EndMicrosecond() <= last->FirstMicrosecond()) ? std::string() : day->ToString();
}

void CopyTo(Document& document, const Element& from, std::string_view name) {
  const Element* element = from.Find(name);
  if (element) document.Attach(document.root, document.Copy(*element));
}

class Standards {
 public:
  explicit Standards(const Round& round) : round_(round) {}

  Result<std::vector<Tally>> All() {
    for (const Pathway& pathway : path::BuiltIn().pathways()) {
      for (const State& state : pathway.states) {
        const std::string before = StatesBefore(pathway, state.name, IsOverdueStep);
        if (before.empty()) continue;
        tallies_.push_back({pathway.code + "/" + state.name, 0, 0, 0, 0});
        TRY(Each(On(pathway, before) + "&due=lt" + round_.today, [&](std::vector<Stored>& page) { return Miss(state, page); }));
      }
      for (const Raised& raised : pathway.raises) {
        const Pathway& other = *path::BuiltIn().Find(raised.pathway);
        tallies_.push_back({other.code, 0, 0, 0, 0});
        const std::string open = StatesBefore(other, raised.end, [](const Step& step) { return step.needs.empty(); });
        TRY(Each(On(other, open), [&](std::vector<Stored>& page) { return End(raised, other, page); }));
        TRY(Each(On(pathway, StateToken(raised.state)), [&](std::vector<Stored>& page) { return Raise(raised, other, page); }));
      }
    }
    return tallies_;
  }

 private:
  template <typename Work>
  Result<void> Each(const std::string& raw, const Work& work) {
    return EachPage(round_, "Task", raw, [&](std::vector<Stored>& page) -> Result<void> {
      std::erase_if(page, [](const Stored& one) { return one.document.root->ValueOf("status") == "entered-in-error"; });
      return page.empty() ? Result<void>() : work(page);
    });
  }

  Result<void> Keep(const std::vector<Item>& items, std::int64_t Tally::*counted) {
    TRY_ASSIGN(const std::int64_t stored, Store(round_.app, items));
    tallies_.back().*counted += stored;
    tallies_.back().failed += static_cast<std::int64_t>(items.size()) - stored;
    return {};
  }

  Result<void> Miss(const State& state, std::vector<Stored>& page) {
    std::vector<Item> items;
    for (Stored& one : page) {
      ++tallies_.back().found;
      const std::string at = MissedOn(*one.document.root);
      Enter(one.document, state, at, round_.now);
      items.emplace_back().entries.push_back({std::move(one.document), one.version, {}});
    }
    return Keep(items, &Tally::raised);
  }

  Result<void> Raise(const Raised& raised, const Pathway& other, std::vector<Stored>& page) {
    const auto key = [&](const Stored& one) { return other.code + "/Task/" + one.id(); };
    std::string raw = "identifier=";
    for (const Stored& one : page) raw += (raw.ends_with('=') ? "" : ",") + IdentifierToken(key(one));
    TRY_ASSIGN(const storage::SearchPage found, Search(round_, "Task", raw));
    std::set<std::string> known;
    TRY_ASSIGN(const std::vector<Stored> raised_before, Read(found));
    for (const Stored& one : raised_before) {
      for (const Element& identifier : fhir::Repeats(*one.document.root, "identifier")) known.emplace(identifier.ValueOf("value"));
    }
    std::vector<Item> items;
    for (const Stored& one : page) {
      ++tallies_.back().found;
      if (!known.contains(key(one))) items.emplace_back().entries.push_back(TaskFor(one, raised, other, key(one)));
    }
    return Keep(items, &Tally::raised);
  }

  Item::Entry TaskFor(const Stored& one, const Raised& raised, const Pathway& other, const std::string& key) const {
    Item::Entry entry;
    entry.identifier = key;
    Document& task = entry.resource;
    task.root = task.NewResource("Task");
    Element* identifier = task.Add(task.root, "identifier", true);
    task.AddString(identifier, "system", kIdentifierSystem);
    task.AddString(identifier, "value", key);
    task.AddString(task.Add(task.root, "partOf", true), "reference", "Task/" + one.id());
    const State* state = other.FindState(raised.begin);
    path::SetCoding(task, task.root, "businessStatus", path::kStateSystem, state->name);
    task.AddString(task.root, "status", state->statuses[0]);
    task.AddString(task.root, "intent", "order");
    path::SetCoding(task, task.root, "code", path::kPathwaySystem, other.code);
    task.AddString(task.root, "description", state->text);
    if (one.document.root->Find("focus")) {
      CopyTo(task, *one.document.root, "focus");
    } else {
      task.AddString(task.Add(task.root, "focus"), "reference", "Task/" + one.id());
    }
    CopyTo(task, *one.document.root, "for");
    task.AddString(task.root, "authoredOn", round_.now);
    CopyTo(task, *one.document.root, "requester");
    CopyTo(task, *one.document.root, "owner");
    return entry;
  }

  // Those whose first Task is no longer in the state that raised them.
  Result<void> End(const Raised& raised, const Pathway& other, std::vector<Stored>& page) {
    const auto first = [](const Stored& one) {
      const Element* reference = one.document.root->Walk("partOf", "reference");
      const std::string_view text = reference ? reference->value() : std::string_view();
      const std::string id(text.starts_with("Task/") ? text.substr(5) : std::string_view());
      return IsId(id) ? id : std::string();
    };
    std::string raw = "business-status=" + StateToken(raised.state) + "&_id=";
    for (const Stored& one : page) raw += first(one).empty() ? "" : (raw.ends_with('=') ? "" : ",") + first(one);
    if (raw.ends_with('=')) return {};
    TRY_ASSIGN(const storage::SearchPage found, Search(round_, "Task", raw));
    std::set<std::string> staying;
    for (const storage::SearchEntry& entry : found.entries) staying.insert(entry.version.id);
    std::vector<Item> items;
    for (Stored& one : page) {
      if (first(one).empty() || staying.contains(first(one))) continue;
      Enter(one.document, *other.FindState(raised.end), {}, round_.now);
      items.emplace_back().entries.push_back({std::move(one.document), one.version, {}});
    }
    return Keep(items, &Tally::cleared);
  }

  const Round& round_;
  std::vector<Tally> tallies_;
};

}  // namespace

Result<std::vector<Tally>> RunStandards(const Round& round) { return Standards(round).All(); }

}  // namespace server::care::review
