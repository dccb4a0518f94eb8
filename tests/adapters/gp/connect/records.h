// Real records for the tests of GP Connect, an opened adapter, and ways to change a record.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/catalogue.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/support/shared_data.h"

namespace careloom_test {

// The GP Connect adapter with the mappings built in; opened once.
inline const adapters::Adapter& GpConnect() {
  static const auto adapter = adapters::FindAdapter("gp-connect")->open({}).value_or(nullptr);
  return *adapter;
}

// The thirteen records and those edge files that are records of a person; empty without shared data.
inline std::vector<std::filesystem::path> GpRecords() {
  std::vector<std::filesystem::path> paths;
  if (!std::filesystem::exists(SharedData("gp-connect"))) return paths;
  for (const auto& file : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
    if (file.path().extension() == ".json") paths.push_back(file.path());
  }
  for (const char* name :
       {"MedicusBasedOnErrorStructuredRecord", "anonymised-9465698490_Daniels_full_20210119",
        "anonymised-9465698679_Gainsford_full_20210119", "correctAllergiesContainedResourceResponse", "malformedDateStructuredRecord"}) {
    paths.push_back(SharedData("gp-connect/edge") / (std::string(name) + ".json"));
  }
  std::ranges::sort(paths);
  return paths;
}

// The transaction without what stands for the message itself: its Provenance.
inline std::string WithoutProvenance(const fhir::Document& transaction) {
  std::string out;
  for (const fhir::Element& entry : fhir::Repeats(*transaction.root, "entry")) {
    if (entry.Find("resource")->resource_type() != "Provenance") fhir::json::Write(entry, out);
  }
  return out;
}

inline fhir::Document ReadLoosely(const std::string& bytes) {
  auto document = fhir::json::Read(bytes, {.max_depth = 64, .allow_empty = true});
  EXPECT_TRUE(document.has_value());
  return document.has_value() ? *std::move(document) : fhir::Document();
}

// All scalars of a tree, in document order.
inline void CollectLeaves(fhir::Element& element, std::vector<fhir::Element*>& leaves) {
  if (element.leaf != 0) leaves.push_back(&element);
  for (fhir::Element* child = element.first_child; child; child = child->next) CollectLeaves(*child, leaves);
}

// Members of every object turned round, the entries of the Bundle too; arrays keep their order.
inline void TurnRound(fhir::Document& document, fhir::Element* element) {
  std::vector<std::vector<fhir::Element*>> members;
  for (fhir::Element* child = element->first_child; child; child = child->next) {
    TurnRound(document, child);
    if (members.empty() || members.back().back()->name != child->name) members.emplace_back();
    members.back().push_back(child);
  }
  for (auto& member : members) {
    if (!element->parent && member.front()->name == "entry") std::ranges::reverse(member);
  }
  element->first_child = element->last_child = nullptr;
  for (auto member = members.rbegin(); member != members.rend(); ++member) {
    for (fhir::Element* child : *member) document.Attach(element, child);
  }
}

}  // namespace careloom_test
