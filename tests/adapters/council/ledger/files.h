// Ledger files for tests: the opened adapter, and files read to their end.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/catalogue.h"
#include "tests/support/file_read.h"
#include "tests/support/ledger_file.h"

namespace careloom_test::ledger {

// The adapter with the mappings built in; opened once.
inline const adapters::PeopleFile& Ledger() {
  static const auto adapter = [] {
    auto opened = adapters::FindAdapter("council-ledger")->open({});
    EXPECT_TRUE(opened) << opened.error().ToString();
    return *std::move(opened);
  }();
  return *adapter->people_file();
}

inline LedgerRow BudgetRow(const std::string& person, const std::string& budget, const LedgerRow& more = {}) {
  LedgerRow row = {{"record", "budget"}, {"council", "503"}, {"as-at", "2026-06-30"}, {"person", person}, {"budget", budget},
      {"budget-type", "care-act-personal-budget"}, {"funder", "council"},
                   {"stage", "agreed"}, {"mechanism", "direct-payment"}, {"start", "2026-04-01"}, {"end", "2027-03-31"}, {"agreed-amount", "5200.00"}};
  for (const auto& [field, text] : more) row[field] = text;
  return row;
}
inline LedgerRow LineRow(const std::string& person, const std::string& budget, const std::string& key, const LedgerRow& more = {}) {
  LedgerRow row = {{"record", "package"}, {"council", "503"}, {"as-at", "2026-06-30"}, {"person", person}, {"budget", budget}, {"entry-key", key},
      {"package", "PK1"}, {"service", "Day support"},
                   {"start", "2026-04-01"}, {"unit-price", "100.00"}, {"frequency", "Weekly"}};
  for (const auto& [field, text] : more) row[field] = text;
  return row;
}
inline LedgerRow PaymentRow(const std::string& person, const std::string& budget, const std::string& key, const std::string& amount,
    const LedgerRow& more = {}) {
  LedgerRow row = {{"record", "payment"}, {"council", "503"}, {"as-at", "2026-06-30"}, {"person", person}, {"budget", budget}, {"entry-key", key},
      {"kind", "transfer"}, {"amount", amount}, {"date", "2026-04-02"}};
  for (const auto& [field, text] : more) row[field] = text;
  return row;
}
inline LedgerRow ReturnRow(const std::string& person, const std::string& budget, const std::string& key, const std::string& amount,
    const LedgerRow& more = {}) {
  LedgerRow row = {{"record", "return"}, {"council", "503"}, {"as-at", "2026-06-30"}, {"person", person}, {"budget", budget}, {"entry-key", key},
      {"amount", amount}, {"date", "2026-04-12"}, {"service", "Day support"},
                   {"return", "R1"}, {"return-from", "2026-04-01"}, {"return-to", "2026-04-30"}, {"return-due", "2026-05-14"},
                       {"return-received", "2026-05-10"}};
  for (const auto& [field, text] : more) row[field] = text;
  return row;
}
inline std::string File(const std::vector<LedgerRow>& rows) { return WriteLedger(rows, LedgerForm::kCareloom).files.front(); }

using Read = FileRead;

inline Read ReadFile(std::string_view bytes, const adapters::FileOptions& options = {}, std::size_t piece = 4096) {
  return ReadToEnd(Ledger(), bytes, options, piece);
}

inline bool Says(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace careloom_test::ledger
