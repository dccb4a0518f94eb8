// tests/support/recompute_statement.py over an export, and statements in the form in which it prints them, to compare them with.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "fhir/money/statement.h"

namespace careloom_test {

// Python 3 is installed where Debian has it.
bool HasPython();

// A line of each budget of the export, by the Account's id.
std::map<std::string, std::string> Recomputed(const std::filesystem::path& folder, const fhir::money::Window& window, int seed);

// The same line of a statement that was made, and of what $statement answered (Parameters as JSON; empty when it is no such thing).
std::string LineOf(const std::string& account, const fhir::money::Statement& statement, const std::vector<fhir::money::Entry>& entries);
std::string LineOf(const std::string& account, const std::string& parameters);

// What stands around the first place where the two differ; empty when they are equal.
std::string FirstDifference(const std::string& ours, const std::string& theirs);

// "" for no first day.
fhir::money::Window WindowOf(std::string_view from, std::string_view to);

}  // namespace careloom_test
