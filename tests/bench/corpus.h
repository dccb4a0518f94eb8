// What is stored and asked for: made-up Patients of about 2 kB, and records of whole people as transactions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace careloom_bench {

constexpr int kPatients = 10'000;

// Patient/id-NUMBER as JSON, as large as the bodies of the read floor; without an id when `id` is false.
std::string Patient(int number, bool id = true);
// All kPatients, by PUT, 500 a transaction.
std::vector<std::string> PatientBundles();

struct Corpus {
  std::vector<std::string> bundles;     // transactions that make new resources each time they are sent
  std::vector<std::string> resources;   // what is in them
  std::size_t bytes = 0;                // of the resources
};

// Synthea's people from the shared data, or where that is absent random ones.
Corpus SyntheticRecords();

}  // namespace careloom_bench
