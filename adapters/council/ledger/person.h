// A person's rows of one file against what is stored: what each row does, or why a person has to decide.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/council/ledger/stored_ledger.h"
#include "fhir/base/result.h"

namespace adapters::council::ledger {

enum class Fate : std::uint8_t {
  kNew,         // not stored yet
  kChanged,     // a budget or planned line that this file says anew
  kConfirmed,   // the same as stored; that a later file says so too is noted
  kSame,        // the same as stored: nothing to do
  kTwice,       // the same as an earlier row of the file
  kOlder,       // a later file says otherwise
};

struct Line {
  Facts facts;
  std::uint64_t number = 0;      // in the file
  Fate fate = Fate::kNew;
  std::uint64_t twin = 0;        // of kTwice: that row
  std::string differs;           // of kOlder: names of the fields

  bool IsWritten() const { return fate == Fate::kNew || fate == Fate::kChanged || fate == Fate::kConfirmed; }
  // The row speaks of a return alone, not of a line of it.
  bool IsReturnAlone() const { return facts.record == Record::kReturn && facts[Field::kKey].empty(); }
  // Budget reference or entry key; empty of a return alone.
  std::string_view id() const { return facts.record == Record::kBudget ? facts[Field::kBudget] : facts[Field::kKey]; }
};

// Sorted by row. kUnprocessable, at row and column, for what somebody has to decide: a posting whose key is stored with other content; two
// rows of one key or budget that differ; a budget, an entry to be reversed or met, that is neither stored nor in the file; two NHS numbers.
// kInternal for bytes that no reader made.
fhir::Result<std::vector<Line>> ReadLines(const PersonPart& part, const StoredLedger& stored, const Layouts& layouts);

// Does the row say something of its return that is not stored?
bool TellsMore(const Facts& facts, const StoredLedger& stored);

// The stage of a budget row: as it says, else agreed where it has an agreed amount, indicative where it has the other; else empty.
std::string_view StageOf(const Facts& budget);

// The fields in which they differ, by their names; empty: they say the same. What a file says of itself and of the person does not count.
std::vector<Field> Differences(const Facts& a, const Facts& b);

}  // namespace adapters::council::ledger
