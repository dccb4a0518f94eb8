// The maps of mappings/plan, compiled when they are first needed.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "fhir/base/result.h"
#include "fhir/mapping/map_set.h"
#include "fhir/schema/registry.h"

namespace server::care::plan {

// Thread-safe.
class Maps {
 public:
  // Where maps are read from: those of --mappings where that folder has a plan/, else those in the binary.
  using Files = std::function<fhir::Result<std::vector<adapters::MappingFile>>()>;
  Maps(std::shared_ptr<const fhir::schema::Registry> registry, Files files) : registry_(std::move(registry)), files_(std::move(files)) {}

  // kInvalid with file:line:column of what does not compile.
  fhir::Result<std::shared_ptr<const fhir::mapping::MapSet>> Get();

 private:
  const std::shared_ptr<const fhir::schema::Registry> registry_;
  const Files files_;
  std::mutex mutex_;
  std::shared_ptr<const fhir::mapping::MapSet> set_;
};

}  // namespace server::care::plan
