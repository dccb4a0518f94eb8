// The adapter behind the catalogue's line: a file whole, or by its people.
#include "adapters/council/cld/cld.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/base/row_form.h"
#include "adapters/base/whole_file.h"
#include "adapters/council/cld/additions.h"
#include "adapters/council/cld/backward.h"
#include "adapters/council/cld/emit.h"
#include "adapters/council/cld/keys.h"
#include "adapters/council/cld/maps.h"
#include "adapters/council/cld/reader.h"
#include "adapters/council/cld/transaction.h"

namespace adapters::council::cld {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

constexpr std::size_t kMostBeyond = 1'000;   // findings about what one person's resources say besides the columns

// "EpisodeOfCare.type[2]": its second step, without index.
std::string_view ElementOf(std::string_view expression) {
  const std::size_t dot = expression.find('.');
  if (dot == std::string_view::npos) return {};
  const std::string_view rest = expression.substr(dot + 1);
  return rest.substr(0, rest.find_first_of(".["));
}

// What was changed otherwise, in an element that the rows write, and no column can say: the rows take its place.
void ReportReplaced(const fhir::IssueSink& beyond, fhir::IssueSink& outcome) {
  for (const fhir::Issue& issue : beyond.issues()) {
    const std::string_view type = std::string_view(issue.expression).substr(0, issue.expression.find('.'));
    if (!IsOfRows(type, ElementOf(issue.expression))) continue;
    outcome.Report(fhir::Severity::kWarning, "informational",
                   "The stored resource says something here that a council's file has no column for. What the file says takes its place; it stands in the version before.",
                   issue.expression);
  }
}

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
    fhir::IssueSink beyond(kMostBeyond);
    TRY_ASSIGN(const std::vector<Event> stored, backward_->EventsOf(part.stored, part.scope, part.person, beyond));
    TRY_ASSIGN(Adapted adapted, AdaptPart(part, stored, *maps_));
    if (adapted.transaction.root->Find("entry")) ReportReplaced(beyond, adapted.report.outcome);
    return adapted;
  }
  std::uint32_t ElementsOf(const Row& row) const override {
    Cells cells;
    if (row.bad || !UnpackCells(row.bytes, cells)) return 0;
    return static_cast<std::uint32_t>(std::ranges::count_if(cells, [](const std::string& cell) { return !cell.empty(); }));
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
