// A people's file read to its end.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/base/people_file.h"

namespace careloom_test {

// Its rows, facts and findings, and the error that refused it whole.
struct FileRead {
  std::vector<adapters::Row> rows;
  adapters::FileFacts facts;
  adapters::Report report;
  std::string error;
};

// Fed in pieces of that many bytes.
inline FileRead ReadToEnd(const adapters::PeopleFile& format, std::string_view bytes, const adapters::FileOptions& options = {}, std::size_t piece = 4096) {
  FileRead read;
  const auto reader = format.OpenFile(options);
  const adapters::RowReader::Sink sink = [&](adapters::Row row) -> fhir::Result<void> {
    read.rows.push_back(std::move(row));
    return {};
  };
  const auto all = [&]() -> fhir::Result<adapters::FileFacts> {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
      TRY(reader->Read(bytes.substr(0, piece), sink));
    }
    return reader->Finish(sink);
  };
  auto facts = all();
  if (facts) read.facts = *facts;
  if (!facts) read.error = facts.error().ToString();
  read.report = std::move(reader->report());
  return read;
}

// The first finding at that place; empty when there is none.
inline std::string FindingAt(const adapters::Report& report, std::string_view place) {
  for (const fhir::Issue& issue : report.outcome.issues()) {
    if (issue.expression == place) return issue.text;
  }
  return {};
}

}  // namespace careloom_test
