// Writing and reading the CSV, and the sum of its planned costs, from the specification alone.
#include "tests/support/cld_file.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace careloom_test {

namespace {

using adapters::council::cld::Columns;
using adapters::council::cld::Holds;

int Number(std::string_view digits) { return std::atoi(std::string(digits).c_str()); }

bool IsIso(std::string_view text) { return text.size() == 10 && text[4] == '-' && text[7] == '-'; }
bool IsUk(std::string_view text) { return text.size() == 10 && text[2] == '/' && text[5] == '/'; }

std::string Uk(const std::string& iso) {
  return IsIso(iso) ? iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4) : iso;
}

void AppendCell(std::string& out, const std::string& cell, bool quote) {
  if (!quote && cell.find_first_of(",\"\r\n") == std::string::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

// "12.50" in hundredths; more decimals are cut.
std::int64_t Hundredths(std::string_view written) {
  const std::size_t point = written.find('.');
  std::string digits(written.substr(0, point));
  std::string part(point == std::string_view::npos ? std::string_view() : written.substr(point + 1));
  part.resize(2, '0');
  return std::llabs(std::atoll((digits + part).c_str()));
}

// Units in a week over 5200.
std::int64_t UnitsOver5200(const CldPrice& price) {
  std::string frequency = price.frequency;
  std::ranges::transform(frequency, frequency.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const std::pair<std::string_view, std::int64_t> kinds[] = {
      {"weekly", 5200}, {"fortnightly", 2600}, {"4-weekly", 1300}, {"monthly", 1200}, {"quarterly", 400}, {"annually", 100}};
  for (const auto& [name, units] : kinds) {
    if (frequency.starts_with(name)) return units;
  }
  return Hundredths(price.units) * 52;
}

}  // namespace

int CldDay(std::string_view date) {
  const std::chrono::year_month_day day{std::chrono::year{Number(date.substr(0, 4))}, std::chrono::month{static_cast<unsigned>(Number(date.substr(5, 2)))},
                                        std::chrono::day{static_cast<unsigned>(Number(date.substr(8, 2)))}};
  return static_cast<int>(std::chrono::sys_days(day).time_since_epoch().count());
}

std::string CldDate(int day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string WriteCld(const std::vector<CldRow>& rows, const CldForm& form) {
  const std::string end = form.crlf ? "\r\n" : "\n";
  std::string out = form.bom ? "\xEF\xBB\xBF" : "";
  for (const auto& facts : Columns()) {
    if (facts.column != CldColumn::kLaCode) out += ',';
    AppendCell(out, std::string(facts.header), form.quote_all);
  }
  out += end;
  for (const CldRow& row : rows) {
    for (const auto& facts : Columns()) {
      if (facts.column != CldColumn::kLaCode) out += ',';
      const std::string& cell = row[facts.column];
      if (cell.empty()) {
        if (form.null_text) out += "NULL";
      } else {
        AppendCell(out, facts.holds == Holds::kDate && !form.iso_dates ? Uk(cell) : cell, form.quote_all);
      }
    }
    out += end;
  }
  return out;
}

std::vector<CldRow> ReadCld(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  std::vector<CldRow> rows(1);
  std::size_t column = 0;
  bool quoted = false;
  const auto at_end = [&] {
    if (column < rows.back().cells.size()) {
      std::string& cell = rows.back().cells[column];
      if (cell == "NULL") cell.clear();
      if (Columns()[column].holds == Holds::kDate && IsUk(cell)) cell = cell.substr(6, 4) + "-" + cell.substr(3, 2) + "-" + cell.substr(0, 2);
    }
    ++column;
  };
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (c == '"') {
      const bool pair = quoted && i + 1 < bytes.size() && bytes[i + 1] == '"';
      if (!pair) {
        quoted = !quoted;
        continue;
      }
      ++i;
    } else if (!quoted && c == ',') {
      at_end();
      continue;
    } else if (!quoted && c == '\r') {
      continue;
    } else if (!quoted && c == '\n') {
      at_end();
      rows.emplace_back();
      column = 0;
      continue;
    }
    if (column < rows.back().cells.size()) rows.back().cells[column] += c;
  }
  if (column == 0) rows.pop_back();
  rows.erase(rows.begin());
  return rows;
}

std::int64_t PennyParts(const CldPrice& price, std::string_view from, std::string_view to) {
  if (price.unit_cost.empty()) return 0;
  const int first = std::max(CldDay(price.from), CldDay(from));
  const int last = price.to.empty() ? CldDay(to) : std::min(CldDay(price.to), CldDay(to));
  if (last < first) return 0;
  const std::int64_t pennies = Hundredths(price.unit_cost);
  if (price.frequency.starts_with("One-off")) return pennies * kPennyParts;
  // pennies × units/5200 × days/7: 5200 × 7 = kPennyParts.
  return pennies * UnitsOver5200(price) * (last - first + 1);
}

std::int64_t Pennies(std::int64_t parts) { return (2 * parts + kPennyParts) / (2 * kPennyParts); }

std::int64_t PlannedPennies(const std::vector<CldRow>& rows, std::string_view from, std::string_view to) {
  std::int64_t parts = 0;
  for (const CldRow& row : rows) {
    if (row[CldColumn::kEventType] != "Service") continue;
    std::string end = row[CldColumn::kEventEnd];
    const std::string& death = row[CldColumn::kDateOfDeath];
    if (!death.empty() && (end.empty() || death < end)) end = death;
    parts += PennyParts({row[CldColumn::kUnitCost], row[CldColumn::kCostFrequency], row[CldColumn::kPlannedUnits], row[CldColumn::kEventStart], end},
                        from, to);
  }
  return Pennies(parts);
}

}  // namespace careloom_test
