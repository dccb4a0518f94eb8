// Figures over random histories, against the same reckoned plainly.
#include "server/care/pathway/figures.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "fhir/base/date_time.h"
#include "tests/server/care/either_store.h"

namespace {

using server::care::pathway::Figures;
using server::care::pathway::Question;

struct Walk {
  std::vector<std::pair<std::string, std::int64_t>> steps;   // state and day
};

std::string Date(std::int64_t days) {
  int year = 0, month = 0, day = 0;
  fhir::CivilFromDays(days, year, month, day);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
  return text;
}

// As a source would send it: steps and all, without the rule's look.
std::string TaskOf(int number, const Walk& walk) {
  std::string steps;
  for (const auto& [state, day] : walk.steps) {
    steps += (steps.empty() ? "" : ",") + std::string(R"({"url":"https://careloom.example/fhir/StructureDefinition/pathway-step","extension":[{"url":"state","valueCode":")") + state +
             R"("},{"url":"at","valueDateTime":")" + Date(day) + "\"}]}";
  }
  return R"({"resourceType":"Task","id":"t)" + std::to_string(number) + R"(","status":"requested","intent":"order","code":{"coding":[{"system":"https://careloom.example/fhir/CodeSystem/pathway","code":"peer-support"}]},"extension":[)" +
         steps + "]}";
}

class FiguresOf : public careloom_test::EitherStore {
 protected:
  std::vector<Walk> PutRandom(int count) {
    std::mt19937 random(11);
    const auto* pathway = fhir::pathway::BuiltIn().Find("peer-support");
    std::vector<Walk> walks;
    for (int i = 0; i < count; ++i) {
      Walk walk;
      std::int64_t day = 20'000 + static_cast<std::int64_t>(random() % 300);
      for (std::string state; walk.steps.size() < 12;) {
        std::vector<const fhir::pathway::Step*> next;
        for (const auto& step : pathway->steps) {
          if (step.from == state) next.push_back(&step);
        }
        if (next.empty() || (!state.empty() && random() % 8 == 0)) break;
        state = next[random() % next.size()]->to;
        walk.steps.emplace_back(state, day);
        day += static_cast<std::int64_t>(random() % 40);
      }
      walks.push_back(std::move(walk));
    }
    const auto stored = served_->app().store->Write([&](server::storage::WriteTransaction& transaction) -> fhir::Result<void> {
      for (std::size_t i = 0; i < walks.size(); ++i) {
        TRY_ASSIGN(fhir::Document task, fhir::json::Read(TaskOf(static_cast<int>(i), walks[i])));
        server::storage::PutRequest request;
        request.type = "Task";
        request.id = "t" + std::to_string(i);
        request.document = &task;
        TRY(transaction.Put(request));
      }
      return {};
    });
    EXPECT_TRUE(stored) << stored.error().ToString();
    return walks;
  }

  // "offered=steps/tasks … offered>seen=count/median/p90/least/most"
  std::map<std::string, std::string> Answered(const std::string& from, const std::string& to) {
    Question question{fhir::pathway::BuiltIn().Find("peer-support"), from, to, {}, {}};
    auto reader = served_->app().store->OpenReader();
    EXPECT_TRUE(reader);
    const auto figures = Figures(served_->app(), **reader, question);
    EXPECT_TRUE(figures) << figures.error().ToString();
    std::map<std::string, std::string> answer;
    for (const fhir::Element& parameter : fhir::Repeats(*figures->root, "parameter")) {
      std::string key, value;
      for (const fhir::Element& part : fhir::Repeats(parameter, "part")) {
        const std::string text(part.last_child->value());
        if (part.last_child->name == "valueCode") {
          key += (key.empty() ? "" : ">") + text;
        } else {
          value += (value.empty() ? "" : "/") + text;
        }
      }
      if (!key.empty() && value != "0/0") answer[key] = value;
    }
    return answer;
  }

  static std::map<std::string, std::string> Reckoned(const std::vector<Walk>& walks, const std::string& from, const std::string& to) {
    std::map<std::string, std::pair<int, std::set<std::size_t>>> states;
    std::map<std::string, std::vector<std::int64_t>> days;
    for (std::size_t i = 0; i < walks.size(); ++i) {
      std::map<std::string, std::int64_t> first;
      std::vector<std::string> order;
      for (const auto& [state, day] : walks[i].steps) {
        const bool counts = Date(day) >= from && Date(day) <= to;
        if (counts) {
          ++states[state].first;
          states[state].second.insert(i);
        }
        if (!first.emplace(state, day).second) continue;
        if (counts) {
          for (const std::string& before : order) days[before + ">" + state].push_back(day - first[before]);
        }
        order.push_back(state);
      }
    }
    std::map<std::string, std::string> answer;
    for (const auto& [state, counts] : states) answer[state] = std::to_string(counts.first) + "/" + std::to_string(counts.second.size());
    for (auto& [pair, list] : days) {
      std::ranges::sort(list);
      const std::size_t n = list.size();
      const std::int64_t twice = list[(n - 1) / 2] + list[n / 2];
      const auto rank = static_cast<std::size_t>(std::ceil(static_cast<double>(n) * 0.9 - 1e-9));
      answer[pair] = std::to_string(n) + "/" + std::to_string(twice / 2) + (twice % 2 ? ".5" : "") + "/" + std::to_string(list[rank - 1]) + "/" + std::to_string(list.front()) + "/" + std::to_string(list.back());
    }
    return answer;
  }
};

TEST_P(FiguresOf, RandomHistoriesOverSeveralPagesAreCountedAndTimedAsReckonedPlainly) {
  const std::vector<Walk> walks = PutRandom(1200);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{{Date(20'100), Date(20'200)}, {Date(19'000), Date(30'000)}, {Date(20'250), Date(20'250)}, {Date(1), Date(2)}}) {
    EXPECT_EQ(Answered(from, to), Reckoned(walks, from, to)) << from << " to " << to;
  }
  EXPECT_FALSE(Answered(Date(20'100), Date(20'200)).empty());
}

INSTANTIATE_TEST_SUITE_P(On, FiguresOf, testing::Bool(), careloom_test::StoreName);

}  // namespace
