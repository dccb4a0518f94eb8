// The adapter behind the catalogue's line: a file whole, or by its people.
#include "adapters/council/cld/cld.h"

#include <memory>
#include <utility>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/council/cld/backward.h"
#include "adapters/council/cld/emit.h"
#include "adapters/council/cld/keys.h"
#include "adapters/council/cld/maps.h"
#include "adapters/council/cld/reader.h"
#include "adapters/council/cld/transaction.h"
#include "adapters/council/cld/whole_file.h"

namespace adapters::council::cld {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

class Cld final : public Adapter, public PeopleFile {
 public:
  Cld(std::shared_ptr<const Maps> maps, std::shared_ptr<const Backward> backward) : maps_(std::move(maps)), backward_(std::move(backward)) {}

  Result<Adapted> Adapt(std::string_view bytes) const override { return AdaptWholeFile(*this, bytes); }
  Result<Emitted> Emit(std::span<const fhir::Document>) const override {
    return Error(ErrorKind::kUnsupported, "A council's file is of many people and a period: name them, as in careloom emit cld --period 2024-04-01/2025-03-31.");
  }
  const PeopleFile* people_file() const override { return this; }

  std::unique_ptr<RowReader> OpenFile(const FileOptions& options) const override {
    return std::make_unique<CldReader>(maps_->shared_lists(), options);
  }
  Result<Adapted> AdaptPerson(const PersonPart& part) const override {
    if (part.stored.empty()) return AdaptPart(part, {}, *maps_);
    fhir::IssueSink unheard(0);   // what the columns cannot say stays as it is stored
    TRY_ASSIGN(const std::vector<Event> stored, backward_->EventsOf(part.stored, part.scope, part.person, unheard));
    return AdaptPart(part, stored, *maps_);
  }
  std::string PersonSystem(std::string_view scope) const override { return PersonSystemOf(scope); }
  std::string_view ScopeSystem() const override { return kCouncilSystem; }
  Result<std::string> EmitHead(const EmitOptions& options) const override { return cld::EmitHead(options); }
  Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options) const override {
    return cld::EmitPerson(stored, options, *backward_, maps_->lists());
  }

 private:
  std::shared_ptr<const Maps> maps_;
  std::shared_ptr<const Backward> backward_;
};

Result<std::unique_ptr<Adapter>> Open(const AdapterContext& context) {
  TRY_ASSIGN(auto maps, Maps::Load(context));
  TRY_ASSIGN(auto backward, Backward::Load(context, maps->shared_registry()));
  return std::unique_ptr<Adapter>(std::make_unique<Cld>(std::move(maps), std::move(backward)));
}

}  // namespace

const AdapterDescriptor kCld = {
    .name = "cld",
    .summary = "A council's quarterly file of adult social care (Client Level Data, CSV of 50 columns, Release 1 or 2) to FHIR R4, and back",
    .media_type = "text/csv",
    .emits = true,
    .open = &Open,
};

}  // namespace adapters::council::cld
