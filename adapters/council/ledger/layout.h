// How one council writes one kind of file: which column holds what, its words, dates and numbers. A layout is a JSON file in
// mappings/council_ledger/layouts (README.md there says how to write one); nothing is built for it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/base/csv.h"
#include "adapters/council/ledger/fields.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

// What files of a layout are: the ledger itself, or one of the two results that are written only.
enum class Purpose : std::uint8_t { kLedger, kSchedule, kReconciliation };

// A word of the council's and the code that it means. The first word of a code is the one that is written.
struct Word {
  std::string given, code;
};

struct ColumnUse {
  std::string holds;                    // the field's name; of a result file, the result's (schedule.h, reconciliation.h)
  std::optional<Field> field;           // of a ledger
  std::string records;                  // names with a blank on either side; empty: every record that has the field
  std::vector<Word> words;

  bool IsFor(Record record) const;
  const Word* FindGiven(std::string_view given) const;   // capitals do not count
  const Word* FindCode(std::string_view code) const;     // the first
};

struct LayoutColumn {
  std::string header;
  std::vector<ColumnUse> uses;          // empty: what stands in it is left out
  std::string left_out;                 // why
  bool optional = false;                // a file may lack it
};

struct Layout {
  std::string name, title;
  Purpose purpose = Purpose::kLedger;
  char delimiter = ',';
  char decimal = '.';
  char thousands = 0;                   // 0: none may be written
  std::string date = "yyyy-MM-dd";      // of d, dd, M, MM, yyyy and separators
  std::string council;                  // where no column says it
  std::optional<Record> record;         // of all rows; otherwise a column says it
  bool negative_reverses = false;       // a negative payment is a reversal of the entry that its row names
  std::string every = "4-weekly";       // how often a line is paid that is priced by the hour, day or session (schedule)
  std::vector<LayoutColumn> columns;

  // The use of a column by rows of that record, and where it is; null when there is none.
  const ColumnUse* Find(Record record, Field field, std::size_t* column = nullptr) const;
};

// kInvalid with the file and what is wrong in it. `codes`: what a word field's words may mean, by field; a field without is free.
using Codes = std::map<Field, std::vector<std::string>>;
fhir::Result<Layout> ReadLayout(const MappingFile& file, const Codes& codes);

// A ledger's layout chosen by a file's first row, whose bytes are `line`, without its end. kInvalid when none fits, with the nearest one
// and the first column that is not its, or when several fit.
struct Chosen {
  const Layout* layout = nullptr;
  std::vector<std::optional<std::size_t>> columns;   // by cell: which of the layout's columns
};
fhir::Result<Chosen> ChooseLayout(std::span<const Layout> layouts, std::string_view line, Encoding encoding);

}  // namespace adapters::council::ledger
