// Reading the table of pathways.
#include "fhir/pathway/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

namespace fhir::pathway {
namespace {

std::vector<std::string_view> Split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(by);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string Given(std::string_view column) { return column == "-" ? std::string() : std::string(column); }

std::vector<std::string> List(std::string_view column) {
  if (column == "-") return {};
  std::vector<std::string> parts;
  for (const std::string_view part : Split(column, ',')) parts.emplace_back(part);
  return parts;
}

Error Wrong(std::string text) { return Error(ErrorKind::kInvalid, std::move(text)); }

Result<bool> Yes(std::string_view column) {
  if (column == "yes" || column == "no") return column == "yes";
  return Wrong("'" + std::string(column) + "' stands where yes or no must be.");
}

struct LineKind {
  std::string_view name;
  std::size_t columns;                 // the name among them
};
constexpr std::array kLines = {LineKind{"detail", 5}, LineKind{"pathway", 4}, LineKind{"standard", 4}, LineKind{"state", 7}, LineKind{"step", 4},
                               LineKind{"raises", 5}};

}  // namespace

const State* Pathway::FindState(std::string_view name) const {
  const auto found = std::ranges::find(states, name, &State::name);
  return found == states.end() ? nullptr : &*found;
}

const State* Pathway::FindSnomed(std::string_view number) const {
  const auto found = std::ranges::find(states, number, &State::snomed);
  return number.empty() || found == states.end() ? nullptr : &*found;
}

const Step* Pathway::FindStep(std::string_view from, std::string_view to) const {
  const auto found = std::ranges::find_if(steps, [&](const Step& step) { return step.from == from && step.to == to; });
  return found == steps.end() ? nullptr : &*found;
}

std::string Pathway::After(std::string_view from) const {
  std::string list;
  for (const Step& step : steps) {
    if (step.from == from) list += (list.empty() ? "" : ", ") + step.to;
  }
  return list;
}

bool Pathway::LeadsOut(std::string_view from, Need::Kind kind) const {
  return std::ranges::any_of(steps, [&](const Step& step) {
    return step.from == from && std::ranges::any_of(step.needs, [&](const Need& need) { return need.kind == kind; });
  });
}

const Pathway* Table::Find(std::string_view code) const {
  const auto found = std::ranges::find(pathways_, code, &Pathway::code);
  return found == pathways_.end() ? nullptr : &*found;
}

const Detail* Table::FindDetail(std::string_view name) const {
  const auto found = std::ranges::find(details_, name, &Detail::name);
  return found == details_.end() ? nullptr : &*found;
}

std::string Table::Codes() const {
  std::string list;
  for (const Pathway& pathway : pathways_) list += (list.empty() ? "" : ", ") + pathway.code;
  return list;
}

Result<Need> Table::ReadNeed(std::string_view text) const {
  static constexpr std::array<std::pair<std::string_view, Need::Kind>, 8> kNames = {{{"reason", Need::Kind::kReason},
                                                                                     {"focus", Need::Kind::kFocus},
                                                                                     {"owner", Need::Kind::kOwner},
                                                                                     {"overdue", Need::Kind::kOverdue},
                                                                                     {"input", Need::Kind::kInput},
                                                                                     {"output", Need::Kind::kOutput},
                                                                                     {"new", Need::Kind::kNewOutput},
                                                                                     {"choice", Need::Kind::kChoice}}};
  const std::vector<std::string_view> parts = Split(text, ':');
  const auto found = std::ranges::find(kNames, parts[0], &std::pair<std::string_view, Need::Kind>::first);
  if (found == kNames.end()) return Wrong("'" + std::string(text) + "' is no need.");
  Need need{found->second, {}, {}};
  const std::size_t details = need.kind == Need::Kind::kChoice ? 2 : need.kind >= Need::Kind::kInput ? 1 : 0;
  if (parts.size() != details + 1) return Wrong("The need '" + std::string(text) + "' must name " + std::to_string(details) + " details.");
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!FindDetail(parts[i])) return Wrong("No detail is called '" + std::string(parts[i]) + "'.");
    (i == 1 ? need.detail : need.among) = parts[i];
  }
  return need;
}

Result<void> Table::ReadLine(const std::vector<std::string_view>& columns) {
  const auto kind = std::ranges::find(kLines, columns[0], &LineKind::name);
  if (kind == kLines.end()) return Wrong("A line begins with detail, pathway, standard, state, step or raises, not with '" + std::string(columns[0]) + "'.");
  if (columns.size() != kind->columns) {
    return Wrong("The line has " + std::to_string(columns.size()) + " columns, and must have " + std::to_string(kind->columns) + ".");
  }
  if (kind->name == "detail") {
    details_.push_back({std::string(columns[1]), List(columns[2]), Given(columns[3])});
    return {};
  }
  if (kind->name == "pathway") {
    if (Find(columns[1])) return Wrong("The pathway '" + std::string(columns[1]) + "' is there twice.");
    Pathway pathway;
    if (columns[2] != "-") {
      const Pathway* like = Find(columns[2]);
      if (!like) return Wrong("No pathway before is called '" + std::string(columns[2]) + "'.");
      pathway = *like;
    }
    pathway.code = columns[1];
    pathway.text = columns[3];
    pathways_.push_back(std::move(pathway));
    return {};
  }
  if (pathways_.empty()) return Wrong("The line stands before the first pathway.");
  Pathway& pathway = pathways_.back();
  if (kind->name == "standard") {
    int days = 0;
    const std::from_chars_result read = std::from_chars(columns[1].data(), columns[1].data() + columns[1].size(), days);
    if (read.ec != std::errc() || read.ptr != columns[1].data() + columns[1].size() || days < 1) {
      return Wrong("'" + std::string(columns[1]) + "' is no number of days.");
    }
    TRY(Yes(columns[2]));
    pathway.standard_days = days;
    return {};
  }
  if (kind->name == "state") {
    if (pathway.FindState(columns[1])) return Wrong("The state '" + std::string(columns[1]) + "' is there twice.");
    TRY_ASSIGN(const bool verified, Yes(columns[5]));
    State state{std::string(columns[1]), List(columns[2]), List(columns[3]), Given(columns[4]), verified, std::string(columns[6])};
    if (state.statuses.empty()) return Wrong("The state '" + state.name + "' has no Task.status.");
    pathway.states.push_back(std::move(state));
    return {};
  }
  if (kind->name == "raises") {
    pathway.raises.push_back({std::string(columns[1]), std::string(columns[2]), std::string(columns[3]), std::string(columns[4])});
    return {};
  }
  Step step{Given(columns[1]), std::string(columns[2]), {}};
  if (pathway.FindStep(step.from, step.to)) return Wrong("The step from '" + step.from + "' to '" + step.to + "' is there twice.");
  for (const std::string& need : List(columns[3])) {
    TRY_ASSIGN(step.needs.emplace_back(), ReadNeed(need));
  }
  pathway.steps.push_back(std::move(step));
  return {};
}

// Every state can be reached, and no step names one that is not there.
Result<void> Table::Check() const {
  for (const Pathway& pathway : pathways_) {
    const std::string where = "Pathway '" + pathway.code + "': ";
    std::set<std::string> reached = {""};
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      for (const Step& step : pathway.steps) {
        if ((!step.from.empty() && !pathway.FindState(step.from)) || !pathway.FindState(step.to)) {
          return Wrong(where + "the step from '" + step.from + "' to '" + step.to + "' names no state.");
        }
        if (reached.contains(step.from)) reached.insert(step.to);
      }
    }
    for (const State& state : pathway.states) {
      if (!reached.contains(state.name)) return Wrong(where + "no step leads to the state '" + state.name + "'.");
    }
    for (const Raised& raised : pathway.raises) {
      const Pathway* other = Find(raised.pathway);
      if (!pathway.FindState(raised.state) || !other || !other->FindStep({}, raised.begin) || !other->FindStep(raised.begin, raised.end)) {
        return Wrong(where + "what '" + raised.state + "' raises is no pathway that begins and ends so.");
      }
    }
  }
  return {};
}

Result<Table> Table::Read(std::string_view text) {
  Table table;
  std::size_t number = 0;
  for (std::string_view line : Split(text, '\n')) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const auto read = table.ReadLine(Split(line, '\t'));
    if (!read) return Wrong("Line " + std::to_string(number) + ": " + read.error().text());
  }
  TRY(table.Check());
  return table;
}

}  // namespace fhir::pathway
