// The adapter behind the catalogue's line: a set whole, or by its people.
#include "adapters/gp/tpp/tpp.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "adapters/base/keys.h"
#include "adapters/base/people_file.h"
#include "adapters/base/whole_file.h"
#include "adapters/gp/tpp/emit.h"
#include "adapters/gp/tpp/maps.h"
#include "adapters/gp/tpp/reader.h"
#include "adapters/gp/tpp/transaction.h"

namespace adapters::gp::tpp {
namespace {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

class Tpp final : public Adapter, public PeopleFile {
 public:
  explicit Tpp(std::shared_ptr<const Maps> maps) : maps_(std::move(maps)) {}

  Result<Adapted> Adapt(std::string_view bytes) const override { return AdaptWholeFile(*this, bytes); }
  Result<Emitted> Emit(std::span<const fhir::Document>) const override {
    return Error(ErrorKind::kUnsupported, "A reporting set is of many people: careloom emit tpp writes that of an organisation.");
  }
  const PeopleFile* people_file() const override { return this; }

  std::unique_ptr<RowReader> OpenFile(const FileOptions& options) const override { return std::make_unique<TppReader>(maps_->shared_tables(), options); }
  Result<Adapted> AdaptPerson(const PersonPart& part) const override { return AdaptPart(part, *maps_); }
  std::string PersonSystem(std::string_view scope) const override { return SystemOf(kPatientKind, scope); }
  std::string_view ScopeSystem() const override { return kOrganisationSystem; }
  std::uint32_t ElementsOf(const Row& row) const override {
    const auto read = UnpackRow(maps_->tables(), row.bytes);
    return read ? static_cast<std::uint32_t>(std::ranges::count_if(read->cells, [](const std::string& cell) { return !cell.empty(); })) : 0;
  }
  std::string RowName(const Row& row) const override {
    const auto read = UnpackRow(maps_->tables(), row.bytes);
    return read ? PlaceOf(maps_->tables().at(read->table).name, read->number) : PeopleFile::RowName(row);
  }
  std::vector<std::string> FileNames() const override { return tpp::FileNames(maps_->tables()); }
  std::vector<std::string> FileHeads() const override { return Heads(maps_->tables()); }
  Result<std::string> EmitHead(const EmitOptions&) const override { return std::string(); }
  Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions&) const override { return tpp::EmitPerson(stored, *maps_); }

 private:
  std::shared_ptr<const Maps> maps_;
};

Result<std::unique_ptr<Adapter>> Open(const AdapterContext& context) {
  TRY_ASSIGN(auto maps, Maps::Load(context));
  return std::unique_ptr<Adapter>(std::make_unique<Tpp>(std::move(maps)));
}

}  // namespace

const AdapterDescriptor kTpp = {
    .name = "tpp",
    .summary = "TPP SystmOne strategic reporting (CSV tables of patients, care plans, goals, needs, reviews, referrals) to FHIR R4, and back",
    .media_type = "multipart/form-data",
    .emits = true,
    .open = &Open,
};

}  // namespace adapters::gp::tpp
