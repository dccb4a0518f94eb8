// Edit distance over a handful of names.
#include "fhir/validate/nearest.h"

#include <algorithm>
#include <cctype>

namespace fhir::validate {
namespace {

constexpr std::size_t kLongest = 64;   // longer than any name there is; hostile ones cost nothing
constexpr std::size_t kNames = 3;

char Lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Insertions, deletions and changes, case apart.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (Lower(a[i - 1]) == Lower(b[j - 1]) ? 0U : 1U);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string Hint(std::string_view unknown, std::vector<std::string_view> known) {
  if (unknown.empty() || unknown.size() > kLongest) return {};
  const std::size_t limit = std::max<std::size_t>(1, unknown.size() / 3);
  std::vector<std::pair<std::size_t, std::string_view>> near;
  for (const std::string_view name : known) {
    const std::size_t longer = std::max(name.size(), unknown.size()), shorter = std::min(name.size(), unknown.size());
    if (longer - shorter > limit) continue;
    if (const std::size_t distance = Distance(unknown, name); distance <= limit) near.emplace_back(distance, name);
  }
  std::sort(near.begin(), near.end());
  std::string text;
  for (std::size_t i = 0; i < near.size() && i < kNames; ++i) text += (i == 0 ? "; did you mean " : " or ") + std::string(near[i].second);
  return text.empty() ? text : text + "?";
}

}  // namespace fhir::validate
