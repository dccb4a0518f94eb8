// Reading the table of watches.
#include "server/care/review/watch.h"

#include <algorithm>
#include <charconv>

namespace server::care::review {

using fhir::Error;
using fhir::ErrorKind;

namespace {

constexpr std::string_view kUnreturned = "unreturned:";

std::vector<std::string> Columns(std::string_view line) {
  std::vector<std::string> columns;
  for (;;) {
    const std::size_t end = line.find('\t');
    columns.emplace_back(line.substr(0, end));
    if (end == std::string_view::npos) return columns;
    line.remove_prefix(end + 1);
  }
}

}  // namespace

fhir::Result<std::vector<Watch>> ReadWatches(std::string_view text) {
  std::vector<Watch> watches;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const std::vector<std::string> columns = Columns(line);
    const auto wrong = [&](const std::string& what) { return Error(ErrorKind::kInvalid, "Line " + std::to_string(number) + ": " + what); };
    if (columns.size() != 7) return wrong("it has " + std::to_string(columns.size()) + " columns, and must have 7.");
    Watch watch{Watch::Found::kSearch, 0, columns[1], columns[2], columns[3], columns[4], columns[5], columns[6]};
    if (columns[0] == "over") {
      watch.found = Watch::Found::kOver;
    } else if (columns[0] == "under") {
      watch.found = Watch::Found::kUnder;
    } else if (columns[0].starts_with(kUnreturned)) {
      const char *begin = columns[0].data() + kUnreturned.size(), *end = columns[0].data() + columns[0].size();
      if (const auto read = std::from_chars(begin, end, watch.days); read.ec != std::errc() || read.ptr != end || watch.days < 1) {
        return wrong("'" + columns[0] + "' does not say a number of days.");
      }
      watch.found = Watch::Found::kUnreturned;
    } else if (columns[0] != "search") {
      return wrong("it begins with '" + columns[0] + "', and must with search, over, under or unreturned:DAYS.");
    }
    watches.push_back(std::move(watch));
  }
  return watches;
}

}  // namespace server::care::review
