// The table of stages, read once.
#include "server/rules/budget_stages.h"

#include <algorithm>
#include <array>
#include <sstream>

namespace server::rules {

using fhir::money::Stage;

namespace {

constexpr std::size_t kStages = 5;

std::array<BudgetStage, kStages> ReadTable() {
  std::array<BudgetStage, kStages> rows;
  std::istringstream lines{std::string(BudgetStagesTable())};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.starts_with('#')) continue;
    std::istringstream words(line);
    std::string name, next;
    words >> name;
    const Stage stage = fhir::money::StageOf(name).value_or(Stage::kUnsaid);
    BudgetStage& row = rows[static_cast<std::size_t>(stage)];
    row.stage = stage;
    words >> row.status;
    while (words >> next) row.next.push_back(fhir::money::StageOf(next).value_or(Stage::kUnsaid));
  }
  return rows;
}

}  // namespace

const BudgetStage& RowOf(Stage stage) {
  static const std::array<BudgetStage, kStages> rows = ReadTable();
  return rows[static_cast<std::size_t>(stage)];
}

bool MayFollow(Stage from, Stage to) {
  return std::ranges::find(RowOf(from).next, to) != RowOf(from).next.end();
}

std::string NextStagesOf(Stage from) {
  const std::vector<Stage>& next = RowOf(from).next;
  if (next.empty()) return "none, it is final";
  std::string text;
  for (std::size_t i = 0; i < next.size(); ++i) text += (i == 0 ? "" : i + 1 == next.size() ? " or " : ", ") + std::string(CodeOf(next[i]));
  return text;
}

}  // namespace server::rules
