// What a budget's statement costs, from bodies as they are stored, against plainly parsing the same bytes; and how it grows with the ledger.
#pragma once

namespace careloom_bench {

// Rows for 100, 1,000 and 10,000 entries, in this process.
void MeasureStatements();

}  // namespace careloom_bench
