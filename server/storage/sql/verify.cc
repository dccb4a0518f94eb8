// See verify.h. The steps in order, and those that are one statement each.
#include "server/storage/sql/verify.h"

#include <array>
#include <utility>

#include "server/storage/store.h"

namespace server::storage::sql {

namespace {

using fhir::Result;

// A statement that names (where) each row for which something does not hold, and what that is.
struct Rule {
  VerifyKind kind;
  std::string_view sql, text;
};

static_assert(static_cast<int>(Method::kDelete) == 2);   // as the statements below have it

#define RESOURCE_NAME "coalesce((SELECT t.name FROM type t WHERE t.id=r.type), 'type ' || r.type) || '/' || r.id"

constexpr std::array<Rule, 13> kRules = {{
    {VerifyKind::kVersion, "SELECT " RESOURCE_NAME " FROM resource r WHERE NOT EXISTS (SELECT 1 FROM type t WHERE t.id=r.type)", "its type has no name in this store"},
    {VerifyKind::kVersion,
     "SELECT " RESOURCE_NAME " FROM resource r WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.seq=r.seq AND v.key=r.key AND v.version=r.version "
     "AND v.updated_us=r.updated_us AND v.method=r.method)",
     "its current version is missing, or has another number, time or method than the resource"},
    {VerifyKind::kVersion, "SELECT " RESOURCE_NAME " FROM resource r WHERE (SELECT count(*) FROM older o WHERE o.key=r.key)<>r.version-1",
     "its versions are not 1, 2, 3 and so on without a gap"},
    {VerifyKind::kVersion,
     "SELECT coalesce((SELECT " RESOURCE_NAME " FROM resource r WHERE r.key=o.key), 'key ' || o.key) || ' version ' || o.version FROM older o "
     "WHERE NOT EXISTS (SELECT 1 FROM version v WHERE v.seq=o.seq AND v.key=o.key AND v.version=o.version) "
     "OR NOT EXISTS (SELECT 1 FROM resource r WHERE r.key=o.key AND o.version>=1 AND o.version<r.version)",
     "the list of older versions names one that is missing or another's"},
    {VerifyKind::kVersion,
     "SELECT coalesce((SELECT " RESOURCE_NAME " FROM resource r WHERE r.key=v.key), 'key ' || v.key) || ' version ' || v.version FROM version v "
     "WHERE NOT EXISTS (SELECT 1 FROM resource r WHERE r.key=v.key AND r.seq=v.seq) AND NOT EXISTS (SELECT 1 FROM older o WHERE o.key=v.key AND o.version=v.version AND o.seq=v.seq)",
     "it is stored, but nothing leads to it"},
    {VerifyKind::kVersion,
     "SELECT (SELECT " RESOURCE_NAME " FROM resource r WHERE r.key=o.key) || ' version ' || o.version FROM older o JOIN version v ON v.seq=o.seq JOIN resource now ON now.key=o.key "
     "WHERE v.updated_us>=coalesce((SELECT w.updated_us FROM older n JOIN version w ON w.seq=n.seq WHERE n.key=o.key AND n.version=o.version+1), now.updated_us)",
     "the version after it is not later"},
    {VerifyKind::kDirectory,
     "SELECT " RESOURCE_NAME " FROM resource r WHERE NOT EXISTS (SELECT 1 FROM directory d WHERE d.type=r.type AND d.id=r.id AND d.key=r.key AND d.home=r.home)",
     "the directory does not lead from its id to it, or has another home"},
    {VerifyKind::kDirectory,
     "SELECT " RESOURCE_NAME " FROM directory r WHERE NOT EXISTS (SELECT 1 FROM resource s WHERE s.key=r.key AND s.type=r.type AND s.id=r.id)",
     "the directory leads to a resource that is missing or another"},
    {VerifyKind::kPerson,
     "SELECT 'Patient/' || p.id FROM person p WHERE NOT EXISTS (SELECT 1 FROM type t JOIN directory d ON d.type=t.id JOIN resource r ON r.key=d.key "
     "WHERE t.name='Patient' AND d.id=p.id AND r.method<>2)",
     "it is joined with another Patient, but is not there"},
    {VerifyKind::kMessage, "SELECT DISTINCT 'message number ' || p.message FROM message_piece p WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.number=p.message)",
     "its bytes are stored, but the message is missing"},
    {VerifyKind::kMessage, "SELECT DISTINCT 'message number ' || p.message FROM message_part p WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.number=p.message)",
     "parts of it are stored, but the message is missing"},
    {VerifyKind::kMessage, "SELECT 'message ' || m.id FROM message m WHERE m.state NOT BETWEEN 0 AND 3", "its state is none that there is"},
    {VerifyKind::kCounter, "SELECT 'type ' || c.type FROM counter c WHERE NOT EXISTS (SELECT 1 FROM type t WHERE t.id=c.type)", "it is counted, but has no name in this store"},
}};

Result<void> Apply(const Rule& rule, Verification& run) {
  TRY_ASSIGN(Cursor cursor, run.connection.Scan(rule.sql));
  while (true) {
    TRY_ASSIGN(const bool found, cursor.Step());
    if (!found) return {};
    run.Found(rule.kind, std::string(cursor.Bytes(0)), std::string(rule.text));
  }
}

Result<void> VerifyRules(Verification& run) {
  for (const Rule& rule : kRules) {
    TRY(Apply(rule, run));
  }
  return {};
}

}  // namespace

void Verification::Found(VerifyKind kind, std::string where, std::string text) {
  ++counts.findings;
  report({kind, std::move(where), std::move(text)});
}

Result<VerifyCounts> Verify(Connection& connection, const Layout& layout, const VerifyReport& report, VerifyStep first) {
  Verification run{connection, layout, report};
  for (const VerifyStep step : {first, &VerifyBodies, &VerifyIndex, &VerifyRules, &VerifyInbox}) {
    if (!step) continue;
    const Result<void> done = step(run);
    if (done) continue;
    if (done.error().kind() != fhir::ErrorKind::kInternal) return fhir::Error(done.error().kind(), done.error().text()).WithDetail(done.error().detail());
    run.Found(VerifyKind::kFile, {}, "a part of it cannot be read, so not everything was checked (" + done.error().detail() + ")");
  }
  return run.counts;
}

}  // namespace server::storage::sql
