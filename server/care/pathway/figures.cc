// Counting and timing of steps.
#include "server/care/pathway/figures.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "fhir/base/date_time.h"
#include "fhir/json/reader.h"
#include "fhir/pathway/task.h"
#include "server/care/parts.h"
#include "server/search/parse.h"

namespace server::care::pathway {

using fhir::Document;
using fhir::Element;
using fhir::Result;
namespace path = fhir::pathway;

namespace {

constexpr int kPage = 500;

struct Taken {
  std::string state;
  std::int64_t day = 0;                // since 1970
  bool counts = false;                 // in the period
};

// How often each number of days occurred: small, whatever the number of Tasks.
class Durations {
 public:
  void Add(std::int64_t days) {
    ++by_days_[days];
    ++count_;
  }
  std::int64_t count() const { return count_; }
  // The k-th smallest, from 1.
  std::int64_t At(std::int64_t k) const {
    for (const auto& [days, times] : by_days_) {
      k -= times;
      if (k <= 0) return days;
    }
    return by_days_.empty() ? 0 : by_days_.rbegin()->first;
  }
  // Of an even count the mean of the two in the middle, which may end in .5.
  std::string Median() const {
    const std::int64_t twice = At((count_ + 1) / 2) + At(count_ / 2 + 1);
    return std::to_string(twice / 2) + (twice % 2 == 0 ? "" : ".5");
  }
  // The smallest number of days within which so many of a hundred had passed.
  std::int64_t Percentile(std::int64_t percent) const { return At((count_ * percent + 99) / 100); }

 private:
  std::map<std::int64_t, std::int64_t> by_days_;
  std::int64_t count_ = 0;
};

bool HasDetail(const Element& task, std::string_view name, std::string_view value) {
  for (const char* list : {"input", "output"}) {
    for (const Element* one : path::DetailsOf(task, list, name)) {
      if (value.empty() || one->value() == value || one->ValueOf("reference") == value) return true;
      for (const Element& coding : fhir::Repeats(*one, "coding")) {
        if (coding.ValueOf("code") == value) return true;
      }
    }
  }
  return false;
}

struct Count {
  std::int64_t steps = 0, tasks = 0;
};

class Counting {
 public:
  explicit Counting(const Question& question) : question_(question) {}

  void Take(const Element& task) {
    if (task.ValueOf("status") == "entered-in-error") return;
    if (!question_.organization.empty()) {
      const Element *owner = task.Walk("owner", "reference"), *requester = task.Walk("requester", "reference");
      if (!(owner && owner->value() == question_.organization) && !(requester && requester->value() == question_.organization)) return;
    }
    for (const auto& [name, value] : question_.details) {
      if (!HasDetail(task, name, value)) return;
    }
    std::vector<Taken> steps;
    for (const Element* step : path::StepsOf(task)) {
      const std::string_view at = path::PartOf(*step, "at");
      const auto time = fhir::DateTime::Parse(at);
      if (!time || time->precision < fhir::DatePrecision::kDay) continue;
      const std::string_view day = at.substr(0, 10);
      const bool counts = (question_.from.empty() || day >= question_.from) && (question_.to.empty() || day <= question_.to);
      steps.push_back({std::string(path::PartOf(*step, "state")), fhir::DaysFromCivil(time->year, time->month, time->day), counts});
    }
    if (std::ranges::none_of(steps, &Taken::counts)) return;
    ++tasks_;
    Add(steps);
  }

  Document Write() const {
    Document answer;
    answer.root = answer.NewResource("Parameters");
    const auto number = [&](Element* parent, std::string_view name, std::int64_t value) {
      answer.AddNumber(AddParameter(answer, parent, name), "valueInteger", std::to_string(value));
    };
    answer.AddString(AddParameter(answer, answer.root, "pathway"), "valueCode", question_.pathway->code);
    if (!question_.from.empty()) answer.AddString(AddParameter(answer, answer.root, "from"), "valueDate", question_.from);
    if (!question_.to.empty()) answer.AddString(AddParameter(answer, answer.root, "to"), "valueDate", question_.to);
    answer.AddNumber(AddParameter(answer, answer.root, "tasks"), "valueInteger", std::to_string(tasks_));
    for (const path::State& state : question_.pathway->states) {
      Element* one = AddParameter(answer, answer.root, "state");
      answer.AddString(AddParameter(answer, one, "code"), "valueCode", state.name);
      const auto found = counts_.find(state.name);
      number(one, "steps", found == counts_.end() ? 0 : found->second.steps);
      number(one, "tasks", found == counts_.end() ? 0 : found->second.tasks);
    }
    for (const path::State& from : question_.pathway->states) {
      for (const path::State& to : question_.pathway->states) {
        const auto found = durations_.find({from.name, to.name});
        if (found == durations_.end()) continue;
        const Durations& durations = found->second;
        Element* one = AddParameter(answer, answer.root, "interval");
        answer.AddString(AddParameter(answer, one, "from"), "valueCode", from.name);
        answer.AddString(AddParameter(answer, one, "to"), "valueCode", to.name);
        number(one, "tasks", durations.count());
        answer.AddNumber(AddParameter(answer, one, "median-days"), "valueDecimal", durations.Median());
        number(one, "percentile-90-days", durations.Percentile(90));
        number(one, "least-days", durations.At(1));
        number(one, "most-days", durations.At(durations.count()));
      }
    }
    return answer;
  }

 private:
  void Add(const std::vector<Taken>& steps) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const bool is_first = IsFirst(steps, i);
      if (steps[i].counts) {
        Count& count = counts_[steps[i].state];
        ++count.steps;
        const auto is_same = [&](const Taken& other) { return other.counts && other.state == steps[i].state; };
        const bool is_counted = std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i), is_same);
        if (!is_counted) ++count.tasks;
      }
      if (!is_first || !steps[i].counts) continue;
      for (std::size_t before = 0; before < i; ++before) {
        if (IsFirst(steps, before)) durations_[{steps[before].state, steps[i].state}].Add(std::max<std::int64_t>(steps[i].day - steps[before].day, 0));
      }
    }
  }

  static bool IsFirst(const std::vector<Taken>& steps, std::size_t i) {
    return std::none_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(i), [&](const Taken& other) { return other.state == steps[i].state; });
  }

  const Question& question_;
  std::int64_t tasks_ = 0;
  std::map<std::string, Count> counts_;
  std::map<std::pair<std::string, std::string>, Durations> durations_;
};

}  // namespace

Result<Document> Figures(const App& app, storage::Reader& reader, const Question& question) {
  std::string raw = "code=" + std::string(path::kPathwaySystem) + "%7C" + question.pathway->code + "&_count=" + std::to_string(kPage);
  if (!question.from.empty()) raw += "&step-date=ge" + question.from;
  if (!question.to.empty()) raw += "&step-date=le" + question.to;
  TRY_ASSIGN(search::Query query, search::ParseQuery("Task", raw, *app.registry, *app.extractor));
  Counting counting(question);
  for (;;) {
    TRY_ASSIGN(const storage::SearchPage page, reader.Search(query));
    for (const storage::SearchEntry& entry : page.entries) {
      TRY_ASSIGN(const Document task, fhir::json::Read(entry.version.body));
      counting.Take(*task.root);
    }
    if (page.next_cursor.empty()) return counting.Write();
    query.cursor = page.next_cursor;
  }
}

}  // namespace server::care::pathway
