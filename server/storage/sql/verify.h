// Store::Verify in steps: the database itself, the versions and what is made of their bodies, the index rows, rows that
// belong to nothing, the inbox. One row is looked at at a time, so memory does not grow with the store.
#pragma once

#include <string>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/verify.h"

namespace server::storage::sql {

// What the steps share.
struct Verification {
  Connection& connection;
  const Layout& layout;
  const VerifyReport& report;
  VerifyCounts counts = {};

  void Found(VerifyKind kind, std::string where, std::string text);
};

using VerifyStep = fhir::Result<void> (*)(Verification& run);

// All steps on what `connection`, inside a transaction, sees. What cannot be read on is a finding, not an error. `first` is the
// backend's own, of what the tables stand in; null: it has none.
fhir::Result<VerifyCounts> Verify(Connection& connection, const Layout& layout, const VerifyReport& report, VerifyStep first);

// Every body says what its row says, and the facts, home, joins and counters are those of the bodies. (verify_bodies.cc)
fhir::Result<void> VerifyBodies(Verification& run);
// The index tables hold the rows of every live resource's facts and no others. (verify_index.cc)
fhir::Result<void> VerifyIndex(Verification& run);
// Messages have all their bytes, as their hash says. (verify_inbox.cc)
fhir::Result<void> VerifyInbox(Verification& run);

}  // namespace server::storage::sql
