// What the operations of personalised care cost over HTTP, and how they grow with a budget's ledger and with the people in the store.
#pragma once

#include <filesystem>
#include <string>

#include "tests/bench/floors.h"

namespace careloom_bench {

// Rows for $statement over 100, 1,000 and 10,000 entries, for $apply and for $document, in a store of 1,000 people with ten entries each;
// with CARELOOM_LONG of 100,000 people too. Floors: a plain parse of the ledger's bodies, a commit of as many bytes, a plain parse of the document.
void MeasureCare(const std::string& program, Floors& floors, const std::filesystem::path& work);

}  // namespace careloom_bench
