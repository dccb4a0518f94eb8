// Council files for tests: an opened adapter, and files put together from rows that name only what matters.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/catalogue.h"
#include "adapters/council/cld/columns.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/support/file_read.h"
#include "tests/support/shared_data.h"

namespace careloom_test::council {

namespace cld = adapters::council::cld;

// The adapter with the mappings built in; opened once.
inline const adapters::Adapter& Cld() {
  static const auto adapter = adapters::FindAdapter("cld")->open({}).value_or(nullptr);
  return *adapter;
}

using CldRow = std::map<cld::Column, std::string>;

// A row of a person of council 503, of the twelve months to March 2025; `more` adds or replaces cells.
inline CldRow RequestRow(const std::string& person, const CldRow& more = {}) {
  using enum cld::Column;
  CldRow row = {{kLaCode, "503"},           {kPeriodStart, "01/04/2024"}, {kPeriodEnd, "31/03/2025"}, {kPersonId, person},
                {kClientType, "Service user"}, {kEventType, "Request"},     {kEventStart, "02/05/2024"}, {kEventEnd, "03/05/2024"}};
  for (const auto& [column, text] : more) row[column] = text;
  return row;
}

inline CldRow ServiceRow(const std::string& person, const CldRow& more = {}) {
  using enum cld::Column;
  CldRow row = RequestRow(person, {{kEventType, "Service"}, {kEventEnd, ""}, {kServiceType, "Long term support: Community"}, {kServiceComponent, "Day support"},
                                   {kDeliveryMechanism, "Direct payment"}, {kUnitCost, "100.50"}, {kCostFrequency, "Weekly"}});
  for (const auto& [column, text] : more) row[column] = text;
  return row;
}

inline std::string CldCell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

inline std::string CldHeader() {
  std::string line;
  for (const cld::ColumnFacts& column : cld::Columns()) line += (line.empty() ? "" : ",") + CldCell(std::string(column.header));
  return line + "\r\n";
}

inline std::string CldLine(const CldRow& row) {
  std::string line;
  for (const cld::ColumnFacts& column : cld::Columns()) {
    const auto at = row.find(column.column);
    line += (column.column == cld::Column::kLaCode ? "" : ",") + CldCell(at == row.end() ? "" : at->second);
  }
  return line + "\r\n";
}

inline std::string CldFile(const std::vector<CldRow>& rows) {
  std::string file = CldHeader();
  for (const CldRow& row : rows) file += CldLine(row);
  return file;
}

using CldRead = FileRead;
using careloom_test::FindingAt;

inline CldRead ReadCld(std::string_view bytes, const adapters::FileOptions& options = {}, std::size_t piece = 4096) {
  return ReadToEnd(*Cld().people_file(), bytes, options, piece);
}

}  // namespace careloom_test::council
