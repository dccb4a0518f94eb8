// See verify.h. The walk over all versions in order of commit, each body read once; what a live resource's row says is
// made again from its body.
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json/reader.h"
#include "server/storage/canonical.h"
#include "server/storage/facts.h"
#include "server/storage/sql/person.h"
#include "server/storage/sql/rows.h"
#include "server/storage/sql/transaction.h"
#include "server/storage/sql/verify.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// A row of the version table whose resource is there.
struct StoredVersion {
  Sequence seq;
  std::int64_t version, updated_us;
  Method method;
  std::string_view body;
};

std::string NameOf(const Layout& layout, const ResourceRow& row) { return std::string(layout.slots.TypeName(row.type)) + "/" + row.id; }

// Empty when the body says of itself what its rows say.
std::string Contradiction(const fhir::Element& root, const Layout& layout, const ResourceRow& row, const StoredVersion& stored) {
  const fhir::Element* version = root.Walk("meta", "versionId");
  const fhir::Element* updated = root.Walk("meta", "lastUpdated");
  if (root.resource_type() != layout.slots.TypeName(row.type)) return "resourceType";
  if (root.ValueOf("id") != row.id) return "id";
  if (!version || version->value() != std::to_string(stored.version)) return "meta.versionId";
  if (!updated || updated->value() != InstantText(stored.updated_us)) return "meta.lastUpdated";
  return {};
}

Result<void> VerifyJoins(Verification& run, const fhir::Element& patient, const ResourceRow& row) {
  const std::vector<std::string_view> links = ReplacedBy(patient);
  std::vector<std::string> expected(links.begin(), links.end()), stored;
  TRY_ASSIGN(Cursor cursor, run.connection.Query("SELECT merged_into FROM person WHERE id=?1"));
  cursor.BindText(1, row.id);
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    stored.emplace_back(cursor.Bytes(0));
  }
  std::sort(stored.begin(), stored.end());
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  if (stored != expected) run.Found(VerifyKind::kPerson, NameOf(run.layout, row), "it is not joined with the Patients that its links of type replaced-by name, or with others");
  return {};
}

// What stands on the row of a live resource, against its body.
Result<void> VerifyRow(Verification& run, const fhir::Element& root, const ResourceRow& row) {
  const Result<std::vector<fhir::search::IndexValue>> values = run.layout.extractor->Extract(root);
  if (!values) {
    run.Found(VerifyKind::kIndex, NameOf(run.layout, row), "what search knows of it cannot be made from its content");
    return {};
  }
  const std::string facts = PackFacts(*values, run.layout.slots, row.type);
  if (facts != row.facts) run.Found(VerifyKind::kIndex, NameOf(run.layout, row), "what search knows of it is not what its content says");
  const std::string home = run.layout.placement.HomeOf(row.type, row.id, facts);
  if (row.home != (home.empty() ? 0 : run.layout.hasher.Home(home))) run.Found(VerifyKind::kIndex, NameOf(run.layout, row), "it is at home with another than the person it is about");
  return root.resource_type() == "Patient" ? VerifyJoins(run, root, row) : Result<void>();
}

Result<void> VerifyBody(Verification& run, const ResourceRow& row, const StoredVersion& stored) {
  const auto found = [&](const std::string& text) { run.Found(VerifyKind::kVersion, NameOf(run.layout, row) + " version " + std::to_string(stored.version), text); };
  if ((stored.method == Method::kDelete) != stored.body.empty()) {
    found(stored.body.empty() ? "it has no content" : "it is a deletion and has content");
    return {};
  }
  if (stored.body.empty()) return {};
  const Result<fhir::Document> document = fhir::json::Read(stored.body, {.max_depth = 1000});
  if (!document) {
    found("its content is not FHIR JSON");
    return {};
  }
  const std::string contradiction = Contradiction(*document->root, run.layout, row, stored);
  if (!contradiction.empty()) found("its content has another " + contradiction + " than its row");
  if (row.seq != stored.seq || row.type == 0) return {};
  fhir::schema::Bind(*document->root, run.layout.registry);
  return VerifyRow(run, *document->root, row);
}

Result<void> VerifyCounters(Verification& run, const TypeCounts& expected) {
  TRY_ASSIGN(Cursor cursor, run.connection.Query("SELECT t.id, CAST(coalesce(sum(c.live), 0) AS BIGINT), CAST(coalesce(sum(c.versions), 0) AS BIGINT), "
                                                 "CAST(coalesce(sum(c.bytes), 0) AS BIGINT) FROM type t LEFT JOIN counter c ON c.type=t.id GROUP BY t.id ORDER BY t.id"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return {};
    const auto at = expected.find(cursor.Int(0));
    const TypeCount count = at == expected.end() ? TypeCount() : at->second;
    const std::array<std::pair<std::string_view, std::pair<std::int64_t, std::int64_t>>, 3> compared = {
        {{"resources", {cursor.Int(1), count.live}}, {"versions", {cursor.Int(2), count.versions}}, {"bytes", {cursor.Int(3), count.bytes}}}};
    for (const auto& [what, pair] : compared) {
      if (pair.first == pair.second) continue;
      run.Found(VerifyKind::kCounter, std::string(run.layout.slots.TypeName(cursor.Int(0))),
                "its count of " + std::string(what) + " says " + std::to_string(pair.first) + "; there are " + std::to_string(pair.second));
    }
  }
}

}  // namespace

Result<void> VerifyBodies(Verification& run) {
  TypeCounts expected;
  TRY_ASSIGN(Cursor cursor, run.connection.Scan("SELECT seq, key, version, updated_us, method, body FROM version ORDER BY seq"));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) break;
    ++run.counts.versions;
    TRY_ASSIGN(const std::optional<ResourceRow> row, FindRow(run.connection, cursor.Int(1)));
    if (!row) continue;   // a version that nothing leads to has a rule of its own
    const StoredVersion stored{cursor.Int(0), cursor.Int(2), cursor.Int(3), static_cast<Method>(cursor.Int(4)), cursor.Bytes(5)};
    TypeCount& count = expected[row->type];
    count.versions += 1;
    count.bytes += static_cast<std::int64_t>(stored.body.size());
    if (row->seq == stored.seq && !row->deleted()) count.live += 1;
    TRY(VerifyBody(run, *row, stored));
  }
  return VerifyCounters(run, expected);
}

}  // namespace server::storage::sql
