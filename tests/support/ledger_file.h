// Council ledger files as tests see them: rows as plain values in normal form, written and read independently of the adapter, in the
// forms of two councils.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace careloom_test {

// By the field's name (mappings/council_ledger/README.md): days YYYY-MM-DD, money with two places, words as codes; what is not there is not said.
using LedgerRow = std::map<std::string, std::string>;

enum class LedgerForm { kCareloom, kShire };

// Files of a form, in the order in which a council sends them: one of all records, or four of one each. `names` of the layouts.
struct LedgerFiles {
  std::vector<std::string> names, files;
};
LedgerFiles WriteLedger(const std::vector<LedgerRow>& rows, LedgerForm form);
// The rows of a file as its header and cells say them, in words as written: header -> cell, empty cells left out.
std::vector<std::map<std::string, std::string>> ReadTable(std::string_view bytes, char delimiter = ',');
// Of ledger files in the form kCareloom.
std::vector<LedgerRow> ReadLedger(std::string_view bytes);

// The sum in pennies of the payments and return lines of that kind, reversed ones taken off; of one budget, or of all when it is empty.
std::int64_t LedgerPennies(const std::vector<LedgerRow>& rows, std::string_view kind, std::string_view budget = {});

}  // namespace careloom_test
