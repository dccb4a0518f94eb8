// A person's rows of a set with those out of earlier and later sets: which stand, and which were taken back.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/gp/tpp/set_row.h"
#include "adapters/gp/tpp/tables.h"
#include "fhir/base/issue.h"
#include "fhir/base/result.h"

namespace adapters::gp::tpp {

// What became of a row at hand.
enum class Fate : std::uint8_t {
  kStands,      // what is stored is as it says
  kSame,        // another row of the set, or what is stored, says the same
  kPassed,      // another row of the set, or a later set, says otherwise
};

struct Line {
  SetRow row;
  Fate fate = Fate::kStands;
  std::string by;               // what stands in its place, in words
};

struct PersonRows {
  std::vector<Line> lines;      // good ones
  std::uint32_t bad = 0;        // rows that were refused
};

// Fails with kUnprocessable when the rows give the person two NHS numbers, kInternal for bytes that no reader made.
fhir::Result<PersonRows> ReadPersonRows(const Tables& tables, const PersonPart& part);

// A row as it is to be stored.
struct Merged {
  SetRow row;
  bool changed = false;         // it is not as it was stored
};

// Of rows with one id the one recorded last stands. A row that a set says takes the place of what an earlier one said; a full
// set takes back what it does not hold, unless it had rows of the person that were refused (`had_bad_rows`, of a later set).
// Fates go to `rows`. The order in which sets are taken makes no difference.
std::vector<Merged> MergeRows(const Tables& tables, const PersonPart& part, PersonRows& rows, std::vector<SetRow> stored,
                              const std::function<bool(const Submission&)>& had_bad_rows, fhir::IssueSink& outcome);

bool IsFull(const Submission& set);

}  // namespace adapters::gp::tpp
