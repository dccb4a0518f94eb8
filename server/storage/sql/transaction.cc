// See transaction.h.
#include "server/storage/sql/transaction.h"

#include <algorithm>
#include <utility>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/storage/canonical.h"
#include "server/storage/facts.h"
#include "server/storage/sql/inbox.h"
#include "server/storage/sql/match_ids.h"
#include "server/storage/sql/person.h"

namespace server::storage::sql {

namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr std::string_view kPatient = "Patient";

// https://hl7.org/fhir/R4/datatypes.html#id
bool IsId(std::string_view id) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), plain);
}

std::string Name(std::string_view type, std::string_view id) { return std::string(type.substr(0, 64)) + "/" + std::string(id.substr(0, 64)); }

Result<void> CheckExpected(std::string_view type, std::string_view id, const std::optional<ResourceRow>& stored, std::optional<std::int64_t> expected) {
  if (!expected) return {};
  if (!stored || stored->deleted()) {
    return Error(ErrorKind::kPrecondition, Name(type, id) + " is not there, so it has no version " + std::to_string(*expected) + ".");
  }
  if (stored->version == *expected) return {};
  return Error(ErrorKind::kPrecondition, Name(type, id) + " is at version " + std::to_string(stored->version) + ", not " + std::to_string(*expected) +
                                             ". Read it again and repeat the change on what is there now.");
}

IndexRows RowsOfResource(const Layout& layout, const ResourceRow& row) { return RowsOf(row.facts, layout.slots.TypeSlot(row.type), row.home, layout.hasher); }

}  // namespace

Result<std::vector<std::string>> Transaction::Match(const search::Query& criteria, int limit) {
  TRY(LockMatch(criteria));
  return MatchIds(connection_, layout_, criteria, limit);
}

std::string Transaction::NewId() {
  std::uint64_t high = layout_.random(), low = layout_.random();
  high = (high & ~std::uint64_t{0xF000}) | 0x4000;                                      // version 4: random
  low = (low & ~(std::uint64_t{3} << 62)) | (std::uint64_t{1} << 63);                   // variant of RFC 4122
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string id;
  for (int nibble = 0; nibble < 32; ++nibble) {
    if (nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20) id += '-';
    const std::uint64_t word = nibble < 16 ? high : low;
    id += kHex[word >> (60 - 4 * (nibble % 16)) & 0xF];
  }
  return id;
}

std::int64_t Transaction::NextTime(const Row& stored) const {
  // lastUpdated is written to the millisecond, and a later version is never earlier, whatever the clock does.
  const std::int64_t now = layout_.now_us() / 1000 * 1000;
  return stored ? std::max(now, stored->updated_us + 1000) : now;
}

Result<Written> Transaction::Unchanged(const ResourceRow& row) {
  Written written;
  TRY_ASSIGN(written.version, CurrentVersion(connection_, layout_, row));
  return written;
}

Result<Written> Transaction::Put(const PutRequest& request) {
  const std::int64_t type = layout_.slots.TypeNumber(request.type);
  if (type == 0) return Error(ErrorKind::kInvalid, "There is no resource type \"" + request.type + "\" in FHIR R4.");
  if (!request.document || !request.document->root || request.document->root->resource_type() != request.type) {
    return Error(ErrorKind::kInvalid, "The resource is not a " + request.type + ".");
  }
  if (!IsId(request.id)) return Error(ErrorKind::kInvalid, "An id is 1 to 64 letters, digits, hyphens and full stops.").WithIssueType("value");
  TRY_ASSIGN(const Row stored, FindForWrite(type, request.id));
  TRY(CheckExpected(request.type, request.id, stored, request.expected_version));
  Canonicalise(*request.document, request.id, layout_.registry);
  if (stored && !stored->deleted()) {
    if (request.as_of_us && stored->as_of_us && *request.as_of_us < *stored->as_of_us) return Unchanged(*stored);
    TRY_ASSIGN(const bool nothing_new, SaysNothingNew(request, *stored));
    if (nothing_new) return Unchanged(*stored);
  }
  return Store(request, type, stored);
}

Result<bool> Transaction::SaysNothingNew(const PutRequest& request, const ResourceRow& stored) {
  TRY_ASSIGN(const std::string body, BodyOf(connection_, stored.seq));
  SetMeta(*request.document, stored.version, stored.updated_us);
  if (fhir::json::Write(*request.document->root) == body) {
    // The same again: the later saying is remembered, so that one from in between changes nothing.
    if (request.as_of_us && (!stored.as_of_us || *stored.as_of_us < *request.as_of_us)) {
      TRY_ASSIGN(Cursor cursor, connection_.Query("UPDATE resource SET as_of_us=?2 WHERE key=?1"));
      TRY(cursor.Bind(1, stored.key).Bind(2, *request.as_of_us).Run());
    }
    return true;
  }
  if (!request.keep_richer) return false;
  TRY_ASSIGN(const fhir::Document there, fhir::json::Read(body, {.max_depth = 1000}));
  return Covers(*there.root, *request.document->root);
}

Result<Written> Transaction::Store(const PutRequest& request, std::int64_t type, const Row& stored) {
  ResourceRow row;
  row.type = type;
  row.id = request.id;
  row.key = stored ? stored->key : 0;
  if (!stored) {
    TRY_ASSIGN(row.key, NextKey());
  }
  TRY_ASSIGN(row.seq, NextSequence());
  row.version = stored ? stored->version + 1 : 1;
  row.updated_us = NextTime(stored);
  row.as_of_us = request.keep_as_of && stored ? stored->as_of_us : request.as_of_us;
  const bool created = !stored || stored->deleted();
  row.method = created ? Method::kCreate : Method::kUpdate;
  SetMeta(*request.document, row.version, row.updated_us);
  TRY_ASSIGN(const std::vector<fhir::search::IndexValue> values, layout_.extractor->Extract(*request.document->root));
  row.facts = PackFacts(values, layout_.slots, type);
  const std::string home = layout_.placement.HomeOf(type, row.id, row.facts);
  row.home = home.empty() ? 0 : layout_.hasher.Home(home);

  Written written;
  written.created = created;
  written.changed = true;
  written.version = VersionOf(layout_, row, fhir::json::Write(*request.document->root));
  TRY(WriteVersion(row, stored, written.version.body));
  TRY(WriteIndexRows(row, created ? IndexRows() : RowsOfResource(layout_, *stored), RowsOfResource(layout_, row)));
  if (request.type == kPatient) {
    TRY(KeepJoins(connection_, row.id, ReplacedBy(*request.document->root)));
  }
  TypeCount& count = counts_[type];
  count.live += created ? 1 : 0;
  count.versions += 1;
  count.bytes += static_cast<std::int64_t>(written.version.body.size());
  return written;
}

Result<void> Transaction::WriteRow(const ResourceRow& row, bool is_new) {
  const std::string facts = SqueezeFacts(row.facts);   // before the cursor that borrows it
  TRY_ASSIGN(Cursor cursor, connection_.Query(is_new ? "INSERT INTO resource(key, type, id, home, seq, version, updated_us, method, as_of_us, facts) "
                                                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
                                                   : "UPDATE resource SET type=?2, id=?3, home=?4, seq=?5, version=?6, updated_us=?7, method=?8, as_of_us=?9, facts=?10 "
                                                     "WHERE key=?1"));
  cursor.Bind(1, row.key).Bind(2, row.type).BindText(3, row.id).Bind(4, row.home).Bind(5, row.seq).Bind(6, row.version);
  cursor.Bind(7, row.updated_us).Bind(8, static_cast<std::int64_t>(row.method)).BindBlob(10, facts);
  if (row.as_of_us) cursor.Bind(9, *row.as_of_us);
  return cursor.Run();
}

Result<Written> Transaction::Delete(std::string_view type_name, std::string_view id, std::optional<std::int64_t> expected_version) {
  const std::int64_t type = layout_.slots.TypeNumber(type_name);
  TRY_ASSIGN(const Row stored, FindForWrite(type, id));
  if (!stored) return Error(ErrorKind::kNotFound, "There is no " + Name(type_name, id) + ".");
  if (stored->deleted()) return Unchanged(*stored);
  TRY(CheckExpected(type_name, id, stored, expected_version));
  ResourceRow row;
  row.key = stored->key;
  row.type = type;
  row.id = stored->id;
  row.home = stored->home;
  TRY_ASSIGN(row.seq, NextSequence());
  row.version = stored->version + 1;
  row.updated_us = NextTime(stored);
  row.method = Method::kDelete;
  TRY(WriteVersion(row, stored, {}));
  TRY(WriteIndexRows(row, RowsOfResource(layout_, *stored), IndexRows()));
  if (type_name == kPatient) {
    TRY(KeepJoins(connection_, row.id, {}));
  }
  TypeCount& count = counts_[type];
  count.live -= 1;
  count.versions += 1;
  Written written;
  written.version = VersionOf(layout_, row, {});
  written.changed = true;
  return written;
}

Result<void> Transaction::PutMessage(const Message& message) {
  TRY(LockMessage(message.id));
  return sql::PutMessage(connection_, message, [this] { return NextMessagePosition(); });
}

Result<void> Transaction::AppendMessageBytes(std::string_view id, std::string_view bytes) {
  TRY(LockMessage(id));
  return sql::AppendMessageBytes(connection_, id, bytes);
}

Result<void> Transaction::MarkPartDone(std::string_view id, std::string_view part) {
  TRY(LockMessage(id));
  return sql::MarkPartDone(connection_, id, part);
}

Result<void> Transaction::ForgetParts(std::string_view id) {
  TRY(LockMessage(id));
  return sql::ForgetParts(connection_, id);
}

Result<void> Transaction::DeleteMessage(std::string_view id) {
  TRY(LockMessage(id));
  return sql::DeleteMessage(connection_, id);
}

}  // namespace server::storage::sql
