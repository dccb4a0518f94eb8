// Rules over what one transaction writes, asked inside its commit: whichever way a resource comes (REST, a Bundle, an operation,
// the inbox), what personalised care does not allow is not stored. What a resource says by itself is the validator's to check;
// a rule is for what depends on what was stored before, or on other resources.
//
// A rule is one file here and one line in catalogue.cc; README.md lists them.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::rules {

// A resource that is about to be written or deleted.
struct Write {
  std::string_view type, id;
  std::string_view place;                  // "Bundle.entry[3].resource" or "ChargeItem": what a path of an error begins with
  const fhir::Element* before = nullptr;   // as it stands; null: it was not there, or deleted
  fhir::Document* after = nullptr;         // to be stored, references settled; null: it is deleted. May be changed (what the server keeps)
};

// What a rule works with: one run of one transaction.
class Context {
 public:
  Context(const App& app, storage::WriteTransaction& transaction, bool from_source) : app_(app), transaction_(transaction), from_source_(from_source) {}

  const App& app() const { return app_; }
  storage::WriteTransaction& transaction() { return transaction_; }
  // The entries are a message of another system, not a caller's own decision at the REST interface.
  bool from_source() const { return from_source_; }

  // A resource as this transaction has it; nothing when it is not there or deleted. Bound to its definitions.
  fhir::Result<std::optional<fhir::Document>> Load(std::string_view type, std::string_view id);
  // The same, and nobody else writes it until the commit.
  fhir::Result<std::optional<fhir::Document>> LoadToChange(std::string_view type, std::string_view id);
  // Stores what a rule keeps in another resource (a budget's balances); the answers show the version that it makes.
  fhir::Result<void> Put(std::string_view type, std::string_view id, fhir::Document& document);
  // "Type/id" of what Put wrote.
  const std::set<std::string>& rewritten() const { return rewritten_; }

 private:
  const App& app_;
  storage::WriteTransaction& transaction_;
  const bool from_source_;
  std::set<std::string> rewritten_;
};

// Made anew for each run of a transaction; may keep what it saw until Settle. An error of either undoes all entries: kUnprocessable with
// the rule, the place, what was found and what is allowed; kConflict for what is against a state that somebody has to change first.
class Rule {
 public:
  virtual ~Rule() = default;
  // Each write of one of the rule's types, before it is stored.
  virtual fhir::Result<void> Check(const Write&) { return {}; }
  // When all entries are stored. What it reads sees them.
  virtual fhir::Result<void> Settle() { return {}; }
};

struct RuleDescriptor {
  std::string_view name;                       // as refusals and README.md name it: "ledger-entry"
  std::string_view types;                      // with a blank on either side of each: " ChargeItem Account "
  std::string_view summary;                    // one sentence
  std::unique_ptr<Rule> (*open)(Context&);     // the context outlives it
  bool asks_sources = true;                    // false: messages of other systems are left alone, and cost nothing
};

std::span<const RuleDescriptor> Catalogue();

// All rules over one run of a transaction.
class Rules {
 public:
  Rules(const App& app, storage::WriteTransaction& transaction, bool from_source) : context_(app, transaction, from_source) {}

  // Some rule asks for writes of that type, of a message of another system or of a caller.
  static bool Concern(std::string_view type, bool from_source);
  // Before the put or delete of a type of concern.
  fhir::Result<void> Check(std::string_view type, std::string_view id, std::string_view place, fhir::Document* after);
  fhir::Result<void> Settle();
  const std::set<std::string>& rewritten() const { return context_.rewritten(); }

 private:
  Context context_;
  std::vector<std::unique_ptr<Rule>> open_;    // in the catalogue's order; null: nothing of its types was written yet
};

}  // namespace server::rules
