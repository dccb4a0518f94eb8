// Read, create and transaction by 1, 16 and 64 clients, on either backend, beside its floor.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/corpus.h"
#include "tests/bench/floors.h"

namespace careloom_bench {

// A program that serves a store, and the store.
struct Served {
  std::string name;                      // "SQLite"
  std::vector<std::string> command;      // serves an empty store on kPort
  std::filesystem::path folder;          // of the store's files; empty: they are somewhere else
};

// Rows of the table: reads (aim `read_aim`), creates and transactions, p50 and p99 of each.
void MeasureInteractions(const Served& served, Floors& floors, const Corpus& corpus, const char* read_aim);

}  // namespace careloom_bench
