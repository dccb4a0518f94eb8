// A store of councils' people (or of another format's) without a server: files are taken in by transactions as a server would do it, and
// each person's resources are given back as a store would give them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/people_file.h"
#include "fhir/base/issue.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace careloom_test {

// The CLD adapter with the mappings built in; opened once.
const adapters::PeopleFile& Cld();
const fhir::schema::Registry& R4();

class CldStore {
 public:
  // `keeps_held`: whoever is held is kept in held(), and is no failure.
  explicit CldStore(const adapters::PeopleFile& format = Cld(), bool keeps_held = false) : format_(format), keeps_held_(keeps_held) {}

  // Every person of the file, and everybody who is stored but not in it. Later files taken already are told. What
  // was said beyond information is kept in findings().
  void Take(const std::string& bytes, std::int64_t received_us = 0);

  // Head and rows of everybody.
  std::string Emit(const adapters::EmitOptions& options);

  // What is at home with the person's own Patient, with what it refers to; bound. Fresh documents.
  std::vector<fhir::Document> Of(const std::string& person) const;
  // Ids of people who are stored, in order.
  std::vector<std::string> people() const;

  // Resources as JSON by "Type/id"; may be changed.
  std::map<std::string, std::string>& resources() { return resources_; }
  // Of everybody's, those of a type.
  std::vector<fhir::Document> OfType(std::string_view type) const;
  std::vector<std::string>& findings() { return findings_; }
  std::vector<std::string>& held() { return held_; }
  // Of all files taken.
  const adapters::Report& counts() const { return counts_; }
  std::size_t transactions_with_entries() const { return filled_; }

 private:
  void Execute(const fhir::Element& transaction);
  // "Type/id" of the resource with that identifier; empty: none.
  std::string IdOf(const std::string& type, const std::string& identifier) const;

  const adapters::PeopleFile& format_;
  const bool keeps_held_;
  std::string scope_ = "503";
  std::map<std::string, std::string> resources_;
  std::map<std::string, std::string> by_identifier_;   // "Type system|value" -> "Type/id"
  std::map<std::string, int> versions_;
  std::vector<adapters::Submission> taken_;
  std::vector<std::string> findings_, held_;
  adapters::Report counts_;
  std::size_t next_id_ = 1, filled_ = 0;
};

}  // namespace careloom_test
