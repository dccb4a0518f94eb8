// The adapter behind the catalogue's line: a file whole, or by its people.
#include "adapters/council/ledger/ledger.h"

#include <memory>
#include <utility>

#include "adapters/base/people_file.h"
#include "adapters/base/whole_file.h"
#include "adapters/council/ledger/emit.h"
#include "adapters/council/ledger/maps.h"
#include "adapters/council/ledger/stored_ledger.h"
#include "adapters/council/ledger/transaction.h"

namespace adapters::council::ledger {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

class CouncilLedger final : public Adapter, public PeopleFile {
 public:
  explicit CouncilLedger(std::shared_ptr<const Maps> maps) : maps_(std::move(maps)) {}

  Result<Adapted> Adapt(std::string_view bytes) const override { return AdaptWholeFile(*this, bytes); }
  Result<Emitted> Emit(std::span<const fhir::Document>) const override {
    return Error(ErrorKind::kUnsupported, "A ledger file is of many people: careloom emit council-ledger --what ledger");
  }
  const PeopleFile* people_file() const override { return this; }

  std::unique_ptr<RowReader> OpenFile(const FileOptions& options) const override { return std::make_unique<LedgerReader>(maps_->shared_layouts(), options); }
  Result<Adapted> AdaptPerson(const PersonPart& part) const override { return AdaptPart(part, *maps_); }
  std::uint32_t ElementsOf(const Row& row) const override {
    Facts facts;
    if (row.bad || !UnpackFacts(row.bytes, facts)) return 0;
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < kFieldCount; ++i) count += facts.values[i].empty() && facts.words[i].empty() ? 0U : 1U;
    return count;
  }
  // A ledger is a list of postings: what a later file lacks still stands.
  bool withdraws() const override { return false; }
  std::string PersonSystem(std::string_view scope) const override { return PersonSystemOf(scope); }
  std::string_view ScopeSystem() const override { return kCouncilSystem; }
  Result<std::string> EmitHead(const EmitOptions& options) const override { return ledger::EmitHead(options, *maps_); }
  Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options) const override { return ledger::EmitPerson(stored, options,
      *maps_); }

 private:
  std::shared_ptr<const Maps> maps_;
};

Result<std::unique_ptr<Adapter>> Open(const AdapterContext& context) {
  TRY_ASSIGN(auto maps, Maps::Load(context));
  return std::unique_ptr<Adapter>(std::make_unique<CouncilLedger>(std::move(maps)));
}

}  // namespace

const AdapterDescriptor kCouncilLedger = {
    .name = "council-ledger",
    .summary = "A council's finance ledger (CSV, columns named by a layout: budgets, packages, payments, direct-payment returns) to FHIR R4, and back, with payment schedule and reconciliation",
    .media_type = "text/csv",
    .emits = true,
    .open = &Open,
};

}  // namespace adapters::council::ledger
