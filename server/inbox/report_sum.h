// The reports of a file's people added up to the file's own, of bounded size: findings beyond the first thousand are
// counted by kind.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"

namespace server::inbox {

class ReportSum {
 public:
  static constexpr std::size_t kKept = 1000;   // findings kept whole, unless said otherwise; errors before others
  static constexpr std::size_t kKinds = 200;   // of the others; beyond these all are one kind

  explicit ReportSum(std::size_t kept = kKept) : most_kept_(kept) {}
  void Add(const adapters::Report& part);
  void Add(const fhir::IssueSink& issues);
  void Add(fhir::Issue issue);
  // The rows of a person that came no further, with their cells, and why. The bad ones are in the reader's report already.
  void AddHeld(const adapters::PeopleFile& format, std::span<const adapters::Row> rows, fhir::Issue why);
  // The counts, the findings kept, and "and 4,211 more like: …" for the rest.
  adapters::Report Take();

 private:
  struct Kind {
    fhir::Issue example;
    std::uint64_t count = 0;
  };
  void Count(const fhir::Issue& issue);

  std::size_t most_kept_;
  adapters::Report sum_;
  std::vector<fhir::Issue> errors_, others_;   // each at most most_kept_
  std::map<std::string, Kind> kinds_;          // by severity, code and text without values
  std::uint64_t unlisted_ = 0;
};

}  // namespace server::inbox
