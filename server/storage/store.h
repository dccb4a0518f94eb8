// The one contract of storage: what a backend promises, whichever it is. SQLite and PostgreSQL stand behind it, and pass
// the same contract tests.
//
// Bodies are canonical JSON bytes with meta in place, and are served as they are. Versions are only
// ever added. Every commit has a position in one change sequence. Keys are given in arrival order.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/search/query.h"
#include "server/storage/figures.h"
#include "server/storage/inbox.h"
#include "server/storage/verify.h"

namespace server::storage {

using Key = std::int64_t;             // a resource's key, ascending in order of arrival
using Sequence = std::int64_t;        // a position in the change sequence

enum class Method : std::uint8_t { kCreate, kUpdate, kDelete };

// One version of one resource as stored.
struct Version {
  Key key = 0;
  std::string type, id;
  std::int64_t version = 0;           // meta.versionId, 1 up
  std::int64_t last_updated_us = 0;   // meta.lastUpdated, microseconds since 1970 UTC
  Method method = Method::kCreate;
  std::string body;                   // empty for a deletion
  bool deleted() const { return method == Method::kDelete; }
};

struct SearchEntry {
  Version version;
  bool is_match = true;               // false: brought by _include or _revinclude
};

struct SearchPage {
  std::vector<SearchEntry> entries;   // matches first, in order, then the included ones
  std::string next_cursor;            // opaque; empty on the last page
  std::optional<std::int64_t> total;  // when asked for
};

struct HistoryPage {
  std::vector<Version> versions;      // newest first
  std::int64_t next_before_version = 0;   // 0 on the last page
  std::int64_t total = 0;
};

// Reads of one consistent state: that of the first read, or of when it was opened. One thread at a time.
class Reader : public InboxReader {
 public:
  // The current version; a deleted resource comes back as its deletion. kNotFound when it never was.
  virtual fhir::Result<Version> Read(std::string_view type, std::string_view id) = 0;
  virtual fhir::Result<Version> ReadVersion(std::string_view type, std::string_view id, std::int64_t version) = 0;
  // Versions older than `before_version` (0: from the newest), at most `count`.
  virtual fhir::Result<HistoryPage> History(std::string_view type, std::string_view id, std::int64_t before_version, int count) = 0;
  // One page. The query names type, criteria, sort, includes, count and cursor. A reference to a Patient, in a
  // criterion, a chain or _revinclude, is one to each Patient of that person; Patient?identifier=… answers with the
  // surviving Patient of whoever has that identifier, each person once; with Query::each_patient (who looks for a
  // source's own Patient) with the Patients that have it.
  virtual fhir::Result<SearchPage> Search(const search::Query& query) = 0;
  // Everything at home with the person (architecture.md decision 7) and what of nobody's it references: the Patient asked
  // for first, then the person's other Patients, then the rest; pages as Search. With `joined` false only what is at
  // home with that one Patient. Nothing at home with somebody else. kNotFound when there is no such Patient.
  virtual fhir::Result<SearchPage> Everything(std::string_view patient_id, int count, std::string_view cursor, bool joined = true) = 0;
  // Ids of the live Patients that are one person with this one by Patient.link (replaced-by), itself among them:
  // the surviving one first, then in order of arrival. kNotFound when there is no such Patient.
  virtual fhir::Result<std::vector<std::string>> PersonOf(std::string_view patient_id) = 0;
};

// What to store. `body` has no meta.versionId and meta.lastUpdated: Put sets both.
struct PutRequest {
  std::string type = {}, id = {};
  // The parsed resource; Put changes meta in it, extracts index rows from it and writes it as JSON.
  fhir::Document* document = nullptr;
  // When set, the current version must be this one (If-Match): kPrecondition otherwise.
  std::optional<std::int64_t> expected_version = {};
  // When its source said this (microseconds since 1970). An older saying than the stored one changes
  // nothing; unset: always taken.
  std::optional<std::int64_t> as_of_us = {};
  // The server's own addition to what a source said: the stored as-of stands, as_of_us is not looked at.
  bool keep_as_of = false;
  // A resource that belongs to nobody: something that says less than what is stored changes nothing.
  bool keep_richer = false;
};

struct Written {
  Version version;                    // as it stands after the call
  bool created = false;               // it was not there, or deleted, before
  bool changed = false;               // false: what is stored says the same already, no new version
};

// Reads and writes inside one atomic commit, on the writer's own thread: what a match finds cannot change
// before the commit. Everything read sees what was written before in the same transaction.
class WriteTransaction : public Reader, public InboxWriter {
 public:
  // Ids of the live resources of the type that meet the criteria, at most `limit`; identifiers are
  // compared with the stored value, not the hash alone. Several Patients of one person are their surviving
  // one alone; a single match stays as it is, merged into another or not. With Query::each_patient
  // all stay as they are.
  virtual fhir::Result<std::vector<std::string>> Match(const search::Query& criteria, int limit) = 0;
  // Creates or updates. kPrecondition as above.
  virtual fhir::Result<Written> Put(const PutRequest& request) = 0;
  // kNotFound when it never was; deleting what is deleted changes nothing.
  virtual fhir::Result<Written> Delete(std::string_view type, std::string_view id, std::optional<std::int64_t> expected_version) = 0;
  // A new logical id (a random UUID).
  virtual std::string NewId() = 0;
  // Until the commit nobody else, of any process, gets past a Lock of the same text: what is read from then on stays so as far as
  // all who write it lock it first.
  virtual fhir::Result<void> Lock(std::string_view what) = 0;
};

struct Counters {
  std::int64_t resources = 0, versions = 0, bytes = 0;
  Sequence sequence = 0;
};

// What the reads of one Reader have in common.
enum class Snapshot : std::uint8_t {
  kOne,    // all see one state
  kNone,   // each Read and ReadVersion sees the latest by itself: cheaper where there is only one
};

// The right to be the only one, of all processes on a store, that does something. Let go of when it is destroyed.
class Lease {
 public:
  virtual ~Lease() = default;
  // False: it was lost, and another process may have it.
  virtual bool Holds() = 0;
};

// Thread-safe. Created by a backend's Open(); closing waits for the writer.
class Store {
 public:
  virtual ~Store() = default;
  using Job = std::function<fhir::Result<void>(WriteTransaction&)>;
  // Runs `job` atomically and returns when it is durable (fsync), or has failed and left nothing. Jobs of
  // several callers share one commit; each has its own savepoint. A job may be run again (PostgreSQL
  // retries), so it keeps its results in what it captured by overwriting them.
  // kUnavailable: not taken. kInternal: the outcome is unknown.
  virtual fhir::Result<void> Write(Job job) = 0;
  // A reader; borrow one per request. Readers are pooled inside. kUnavailable when too many are in use, or the database is away.
  virtual fhir::Result<std::unique_ptr<Reader>> OpenReader(Snapshot snapshot = Snapshot::kOne) = 0;
  // Null: another process has that lease now. A backend that lets one process in at a time always grants it.
  virtual fhir::Result<std::unique_ptr<Lease>> Lead(std::string_view what) = 0;
  virtual fhir::Result<Counters> Count() = 0;
  // What it counted of its own work; quick, and never waits for the writer.
  virtual Figures GetFigures() { return {}; }
  // Proves that it can read and write; for /health/ready.
  virtual fhir::Result<void> Check() = 0;
  // Proves that the store agrees with itself, in one consistent state and while others write: everything that was made of
  // bodies equals what is made of them again, versions are without gaps, messages have all their bytes. `report` gets
  // each finding as it is found. Reads everything, in memory that does not grow with the store.
  virtual fhir::Result<VerifyCounts> Verify(const VerifyReport& report) = 0;
  // Makes anew, from the bodies, everything that is made of them (VerifyKind's kIndex, kDirectory, kCounter, kPerson): all of
  // it or nothing. After damage, and for search parameters that are newer than what is stored. Other writes wait, and fail
  // when it takes long. kUnsupported when open for reading only.
  virtual fhir::Result<void> Reindex() = 0;
};

}  // namespace server::storage
