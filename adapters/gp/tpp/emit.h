// The way back: what is stored of an organisation's people as the files of a set, each row from the resources alone.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/gp/tpp/maps.h"
#include "fhir/base/result.h"

namespace adapters::gp::tpp {

// "SRGoal.csv" for each table.
std::vector<std::string> FileNames(const Tables& tables);
// The header of each file.
std::vector<std::string> Heads(const Tables& tables);
// The person's rows by file; rows that were taken back are left out. What is stored of the person and no column says is named.
fhir::Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const Maps& maps);

}  // namespace adapters::gp::tpp
