// The operations on personal budgets, without HTTP: Parameters in, resources stored, what is to be answered out. README.md has every
// parameter; the rules (server/rules) hold for what they store as for every other write.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::budget {

// What an operation answers with.
struct Outcome {
  int status = 200;                          // 201: something was stored
  std::vector<storage::Version> resources;   // the resources made or found, the main one first
  fhir::Document answer;                     // Parameters, when they are the answer
};

// Account/$propose.
fhir::Result<Outcome> Propose(App& app, const fhir::Element& parameters);
// Account/[id]/$agree.
fhir::Result<Outcome> Agree(App& app, const std::string& id, const fhir::Element& parameters);
// Account/[id]/$record.
fhir::Result<Outcome> Record(App& app, const std::string& id, const fhir::Element& parameters);
// Account/[id]/$statement; of the reader's state.
fhir::Result<Outcome> MakeStatement(const App& app, storage::Reader& reader, const std::string& id, const fhir::Element& parameters);
// Account/[id]/$reconcile.
fhir::Result<Outcome> Reconcile(App& app, const std::string& id, const fhir::Element& parameters);
// Account/[id]/$close.
fhir::Result<Outcome> Close(App& app, const std::string& id, const fhir::Element& parameters);

// How often an operation begins anew when what it read was changed before it could write.
inline constexpr int kAttempts = 20;

}  // namespace server::care::budget
