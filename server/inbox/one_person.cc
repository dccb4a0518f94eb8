// A message of one person: one transaction, and what becomes of the message in the same commit.
#include "server/inbox/absent_entries.h"
#include "server/inbox/process.h"
#include "server/interactions/transaction.h"

namespace server::inbox {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using interactions::Done;
using storage::Message;
using storage::MessageState;

namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

// Names in the report what an earlier message of this sender brought and this one does not hold.
Result<void> ReportAbsent(const App& app, storage::Reader& reader, const std::vector<Done>& done, adapters::Report& report) {
  for (const Done& entry : done) {
    if (entry.version.type != "Provenance") continue;
    TRY_ASSIGN(const std::vector<std::string> absent, EntriesAbsentFrom(app, reader, entry.version.id));
    for (const std::string& name : absent) {
      report.outcome.Report(fhir::Severity::kInformation, "informational",
                            name + " came with another record of this sender and is not in this one; it is kept as it was.");
    }
  }
  return {};
}

Error Copy(const Error& error) { return Error(error.kind(), error.text()).WithDetail(error.detail()); }

Result<std::string> AllBytes(const ByteSource& source) {
  std::string bytes;
  for (;;) {
    TRY_ASSIGN(const std::string_view piece, source());
    if (piece.empty()) return bytes;
    bytes += piece;
  }
}

}  // namespace

bool IsOurs(const Error& error) {
  return error.kind() == ErrorKind::kUnavailable || error.kind() == ErrorKind::kThrottled;
}

fhir::Issue AsFinding(const Error& error) {
  return {fhir::Severity::kError, std::string(error.issue_type()), WithoutValues(error.text()), WithoutValues(error.path())};
}

void Count(const std::vector<Done>& done, Tally& tally) {
  for (const Done& entry : done) ++(!entry.changed ? tally.unchanged : entry.status == 201 ? tally.created : tally.changed);
}

ByteSource StoredBytes(App& app, const std::string& id) {
  return [&app, id, offset = std::int64_t{0}, piece = std::string()]() mutable -> Result<std::string_view> {
    TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app.store->OpenReader());
    TRY_ASSIGN(piece, reader->ReadMessageBytes(id, offset, kPieceBytes));
    offset += static_cast<std::int64_t>(piece.size());
    return std::string_view(piece);
  };
}

Message Settled(const App& app, Message message, MessageState state, const adapters::Report& report, const Tally& tally) {
  message.state = state;
  message.settled_us = app.now_us();
  message.report = WriteKeptReport(report, tally);
  return message;
}

Result<Message> Hold(App& app, const Message& message, const Error& why, adapters::Report report) {
  fhir::IssueSink outcome(1'000'000);
  outcome.Report(AsFinding(why));
  for (const fhir::Issue& issue : report.outcome.issues()) outcome.Report(issue);
  report.outcome = std::move(outcome);
  const Message held = Settled(app, message, MessageState::kHeld, report, {});
  TRY(app.store->Write([&](storage::WriteTransaction& transaction) { return transaction.PutMessage(held); }));
  return held;
}

Result<Message> ProcessOnePerson(App& app, const Message& message, const adapters::Adapter& adapter) {
  const auto bytes = AllBytes(StoredBytes(app, message.id));
  if (!bytes && !IsOurs(bytes.error())) return Hold(app, message, bytes.error(), {});
  if (!bytes) return Copy(bytes.error());
  auto adapted = adapter.Adapt(*bytes);
  if (!adapted) return Hold(app, message, adapted.error(), {});
  fhir::IssueSink issues;
  Message settled;
  interactions::TransactionOptions options;
  options.from_source = true;
  options.also = [&](storage::WriteTransaction& transaction, const std::vector<Done>& done) -> Result<void> {
    adapters::Report report = adapted->report;
    for (const fhir::Issue& issue : issues.issues()) report.outcome.Report(issue);
    TRY(ReportAbsent(app, transaction, done, report));
    Tally tally;
    Count(done, tally);
    settled = Settled(app, message, MessageState::kStored, report, tally);
    return transaction.PutMessage(settled);
  };
  const auto done = interactions::ExecuteTransaction(app, std::move(adapted->transaction), issues, options);
  if (done) return settled;
  if (IsOurs(done.error())) return Copy(done.error());
  for (const fhir::Issue& issue : issues.issues()) adapted->report.outcome.Report(issue);
  return Hold(app, message, done.error(), std::move(adapted->report));
}

}  // namespace server::inbox
