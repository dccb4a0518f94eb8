// Staging of files.
#include "server/inbox/stage_file.h"

namespace server::inbox {

fhir::Result<Staged> StageFile(const adapters::PeopleFile& format, const adapters::FileOptions& options, const ByteSource& bytes,
                               const std::string& folder, adapters::Report& report) {
  Staged staged;
  TRY_ASSIGN(staged.staging, storage::OpenStaging(folder));
  const std::unique_ptr<adapters::RowReader> reader = format.OpenFile(options);
  const adapters::RowReader::Sink sink = [&](adapters::Row row) {
    return staged.staging->Add({std::move(row.person), row.number, row.bad, std::move(row.bytes)});
  };
  const auto read = [&]() -> fhir::Result<void> {
    for (;;) {
      TRY_ASSIGN(const std::string_view piece, bytes());
      if (piece.empty()) break;
      TRY(reader->Read(piece, sink));
    }
    TRY_ASSIGN(staged.facts, reader->Finish(sink));
    return {};
  };
  auto done = read();
  report = std::move(reader->report());
  if (!done) return std::move(done).error();
  return staged;
}

fhir::Result<std::vector<adapters::Row>> NextPerson(storage::Staging& staging, std::string_view person) {
  TRY_ASSIGN(std::vector<storage::StagedRow> staged, staging.RowsAfter(person));
  std::vector<adapters::Row> rows;
  rows.reserve(staged.size());
  for (storage::StagedRow& row : staged) rows.push_back({std::move(row.person), row.number, row.bad, std::move(row.bytes)});
  return rows;
}

}  // namespace server::inbox
