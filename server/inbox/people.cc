// A file of many people: staged by person, each person a transaction of its own, several at once.
#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "adapters/base/keys.h"
#include "server/inbox/person_record.h"
#include "server/inbox/process.h"
#include "server/inbox/report_sum.h"
#include "server/inbox/stage_file.h"
#include "server/interactions/transaction.h"

namespace server::inbox {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using storage::Message;
using storage::MessageState;

namespace {

constexpr int kAtOnce = 16;          // people at once: they wait for the disk together
constexpr int kAttempts = 5;        // of one person, when another writer was quicker
constexpr int kMessagesPage = 100;
constexpr std::size_t kNumbersNamed = 20;
constexpr std::size_t kDayBytes = 10;   // of an instant

// The mark, on a settled file, of somebody whose part of it is held.
std::string HeldPart(const std::string& person) { return "held: " + person; }

// One person's share of the file; without rows the file does not name the person.
struct Part {
  std::string person;
  std::vector<adapters::Row> rows;
};
// The next part, or nothing at the end.
using NextPart = std::function<Result<std::optional<Part>>()>;

class Run {
 public:
  Run(App& app, const Message& message, const adapters::PeopleFile& format, const std::atomic<bool>& stopping)
      : app_(app), message_(message), format_(format), stopping_(stopping), system_(format.PersonSystem(message.scope)) {}

  Result<void> FindLater() {
    for (const MessageState state : {MessageState::kStored, MessageState::kHeld}) {
      TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app_.store->OpenReader());
      storage::MessageQuery query;
      query.state = state;
      query.adapter = message_.adapter;
      query.scope = message_.scope;
      std::string cursor;
      do {
        TRY_ASSIGN(storage::MessagePage page, reader->FindMessages(query, kMessagesPage, cursor));
        for (const Message& other : page.messages) {
          const bool ranks_after = std::pair(other.to, other.received_us) > std::pair(message_.to, message_.received_us);
          if (other.id == message_.id || !ranks_after) continue;
          later_.push_back({other.id, other.from, other.to, other.received_us});
          if (state == MessageState::kHeld) held_files_.insert(other.id);
        }
        cursor = std::move(page.next_cursor);
      } while (!cursor.empty());
    }
    return {};
  }

  // Everyone whom the file names.
  Result<void> TakeNamed(storage::Staging& staging) {
    std::string last;
    return TakeAll([&]() -> Result<std::optional<Part>> {
      TRY_ASSIGN(std::vector<adapters::Row> rows, NextPerson(staging, last));
      if (rows.empty()) return std::optional<Part>();
      last = rows.front().person;
      return std::optional(Part{last, std::move(rows)});
    });
  }

  // Everyone else of the scope: what the file should hold of them and does not is withdrawn.
  Result<void> TakeOthers(storage::Staging& staging) {
    IdentifiedPage page;
    std::size_t at = 0;
    bool read = false;
    return TakeAll([&]() -> Result<std::optional<Part>> {
      for (;;) {
        for (; at < page.resources.size(); ++at) {
          TRY_ASSIGN(const bool named, staging.Holds(page.resources[at].value));
          if (!named) return std::optional(Part{page.resources[at++].value, {}});
        }
        if (read && page.next_cursor.empty()) return std::optional<Part>();
        TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, app_.store->OpenReader());
        TRY_ASSIGN(page, ResourcesOfSystem(app_, *reader, "Patient", system_, std::string(page.next_cursor)));
        at = 0;
        read = true;
      }
    });
  }

  ReportSum& sum() { return sum_; }
  const Tally& tally() const { return tally_; }
  // Whose rows wait for a decision.
  const std::vector<std::string>& held() const { return held_; }

 private:
  // Several people at once. The first failure of ours ends them all.
  Result<void> TakeAll(const NextPart& next) {
    std::mutex next_mutex;
    std::optional<Error> failure;
    const auto work = [&] {
      for (;;) {
        std::optional<Part> part;
        {
          const std::lock_guard lock(next_mutex);
          if (failure || stopping_) return;
          auto found = next();
          if (!found) {
            failure = std::move(found).error();
            return;
          }
          part = *std::move(found);
        }
        if (!part) return;
        auto taken = Take(*part);
        if (taken) continue;
        const std::lock_guard lock(next_mutex);
        if (!failure) failure = std::move(taken).error();
        return;
      }
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < kAtOnce; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    if (failure) return *std::move(failure);
    if (stopping_) return Error(ErrorKind::kUnavailable, "The inbox stops; the rest of the file is processed at the next start.");
    return {};
  }

  Result<void> Take(const Part& part) {
    for (int attempt = 1;; ++attempt) {
      auto tried = Try(part);
      if (tried) return {};
      if (IsOurs(tried.error())) return tried;
      if (tried.error().kind() == ErrorKind::kPrecondition && attempt < kAttempts) continue;
      Hold(part, tried.error());
      return {};
    }
  }

  // As things stand now. kPrecondition: somebody else changed what was read.
  Result<void> Try(const Part& part) {
    TRY_ASSIGN(std::unique_ptr<storage::Reader> reader, app_.store->OpenReader());
    TRY_ASSIGN(const bool done_before, reader->IsPartDone(message_.id, part.person));
    TRY_ASSIGN(const std::string patient, PatientOfIdentifier(app_, *reader, system_, part.person));
    std::vector<fhir::Document> stored;
    if (!patient.empty()) {
      TRY_ASSIGN(stored, ReadOwnRecord(app_, *reader, patient));
    }
    TRY_ASSIGN(const std::vector<adapters::Submission> later, LaterFor(*reader, part.person));
    reader.reset();
    adapters::PersonPart own;
    own.scope = message_.scope;
    own.person = part.person;
    own.file = {message_.id, message_.from, message_.to, message_.received_us};
    own.rows = part.rows;
    own.later = later;
    own.stored = stored;
    auto adapted = format_.AdaptPerson(own);
    // An adapter's own failure comes again however often it is tried: it is a reason to hold.
    if (!adapted) return Error(IsOurs(adapted.error()) ? ErrorKind::kUnprocessable : adapted.error().kind(), adapted.error().text()).At(adapted.error().path());
    // Stored before the process ended the last time: only the accounting is wanted.
    if (done_before || !adapted->transaction.root || !adapted->transaction.root->Find("entry")) {
      Add(adapted->report, fhir::IssueSink(), {});
      return {};
    }
    return Execute(part, *std::move(adapted));
  }

  // A later file that waits with this person's rows for a decision has not said yet what it holds of the person.
  Result<std::vector<adapters::Submission>> LaterFor(storage::Reader& reader, const std::string& person) const {
    std::vector<adapters::Submission> later;
    for (const adapters::Submission& file : later_) {
      if (held_files_.contains(file.id)) {
        TRY_ASSIGN(const bool waits, reader.IsPartDone(file.id, HeldPart(person)));
        if (waits) continue;
      }
      later.push_back(file);
    }
    return later;
  }

  Result<void> Execute(const Part& part, adapters::Adapted adapted) {
    fhir::IssueSink issues;
    interactions::TransactionOptions options;
    options.from_source = true;
    options.also = [&](storage::WriteTransaction& transaction, const std::vector<interactions::Done>&) { return transaction.MarkPartDone(message_.id, part.person); };
    const auto done = interactions::ExecuteTransaction(app_, std::move(adapted.transaction), issues, options);
    if (done) {
      Add(adapted.report, issues, *done);
      return {};
    }
    const Error& error = done.error();
    std::string text = error.text();
    if (issues.HasErrors()) text += " The first: " + issues.issues().front().text + " (" + issues.issues().front().expression + ")";
    return Error(error.kind(), std::move(text)).At(InSource(adapted.places, error.path())).WithDetail(error.detail());
  }

  // The place in the file that a path of the transaction comes from; the path itself where the adapter knows none.
  static std::string InSource(const std::vector<adapters::SourcePlace>& places, const std::string& path) {
    const adapters::SourcePlace* best = nullptr;
    for (const adapters::SourcePlace& place : places) {
      const bool fits = path.starts_with(place.path) && (path.size() == place.path.size() || std::string_view(".[(").find(path[place.path.size()]) != std::string_view::npos);
      if (fits && (!best || place.path.size() > best->path.size())) best = &place;
    }
    return best ? best->place : path;
  }

  void Add(const adapters::Report& report, const fhir::IssueSink& issues, const std::vector<interactions::Done>& done) {
    const std::lock_guard lock(sum_mutex_);
    sum_.Add(report);
    sum_.Add(issues);
    Count(done, tally_);
  }

  void Hold(const Part& part, const Error& why) {
    fhir::Issue finding = AsFinding(why);
    finding.text = RowsInWords(format_, part.rows) + ": held, nothing of this person was changed. " + finding.text;
    const std::lock_guard lock(sum_mutex_);
    sum_.AddHeld(format_, part.rows, std::move(finding));
    held_.push_back(part.person);
  }

  App& app_;
  const Message& message_;
  const adapters::PeopleFile& format_;
  const std::atomic<bool>& stopping_;
  const std::string system_;
  std::vector<adapters::Submission> later_;
  std::set<std::string> held_files_; // of later_: those that hold somebody
  std::mutex sum_mutex_;             // protects what follows
  ReportSum sum_;
  Tally tally_;
  std::vector<std::string> held_;
};

}  // namespace

std::string RowsInWords(const adapters::PeopleFile& format, std::span<const adapters::Row> rows) {
  constexpr std::string_view kRow = "row ";
  if (rows.empty()) return "A person whom the file does not name";
  const bool of_one_file = format.RowName(rows.front()).starts_with(kRow);
  std::string text = !of_one_file ? "" : rows.size() == 1 ? "Row " : "Rows ";
  const std::size_t named = std::min(rows.size(), kNumbersNamed);
  for (std::size_t i = 0; i < named; ++i) {
    if (i > 0) text += i + 1 == rows.size() ? " and " : ", ";
    text += of_one_file ? std::to_string(rows[i].number) : format.RowName(rows[i]);
  }
  if (named < rows.size()) text += " and " + std::to_string(rows.size() - named) + " more";
  return text + (rows.size() == 1 ? "" : " (one person)");
}

Result<Message> ProcessPeopleFile(App& app, const Message& received, const adapters::PeopleFile& format, const PeopleSurroundings& surroundings) {
  adapters::Report read;
  auto staged = StageFile(format, ReadOptions(received.options), StoredBytes(app, received.id), surroundings.folder, read);
  if (!staged && IsOurs(staged.error())) return std::move(staged).error();
  if (!staged) return Hold(app, received, staged.error(), std::move(read));
  Message message = received;
  message.scope = staged->facts.scope;
  message.from = staged->facts.from;
  message.to = staged->facts.to.empty() ? adapters::InstantOf(received.received_us).substr(0, kDayBytes) : staged->facts.to;
  TRY(app.store->Write([&](storage::WriteTransaction& transaction) { return transaction.PutMessage(message); }));
  Run run(app, message, format, surroundings.stopping);
  run.sum().Add(read);
  read = {};
  TRY(run.FindLater());
  TRY(run.TakeNamed(*staged->staging));
  if (format.withdraws() && staged->facts.speaks_of_all) { TRY(run.TakeOthers(*staged->staging)); }
  const Message settled = Settled(app, message, !run.held().empty() ? MessageState::kHeld : MessageState::kStored, run.sum().Take(), run.tally());
  TRY(app.store->Write([&](storage::WriteTransaction& transaction) -> Result<void> {
    TRY(transaction.ForgetParts(settled.id));
    for (const std::string& person : run.held()) {
      TRY(transaction.MarkPartDone(settled.id, HeldPart(person)));
    }
    return transaction.PutMessage(settled);
  }));
  return settled;
}

}  // namespace server::inbox
