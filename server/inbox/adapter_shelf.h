// The adapters that this process runs: those of the catalogue, each opened when it is first asked for.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "fhir/base/result.h"

namespace server::inbox {

// An adapter by name. kNotFound lists the names there are. Thread-safe.
using AdapterLookup = std::function<fhir::Result<std::shared_ptr<const adapters::Adapter>>(std::string_view name)>;

// "cld, gp-connect"
std::string AdapterNames();

// Opens one with the files under `mappings_folder` (empty: those in the binary). kNotFound lists the names there are, or
// names the folder; kInvalid names the file and the place in it.
fhir::Result<std::unique_ptr<adapters::Adapter>> OpenAdapter(std::string_view name, const std::string& mappings_folder);

// The maps and JSON files under a folder, by name. kNotFound when it is none, or holds none.
fhir::Result<std::vector<adapters::MappingFile>> ReadMappingFolder(const std::string& folder);

class AdapterShelf {
 public:
  explicit AdapterShelf(std::string mappings_folder) : mappings_folder_(std::move(mappings_folder)) {}
  // As OpenAdapter, once each.
  fhir::Result<std::shared_ptr<const adapters::Adapter>> Get(std::string_view name);

 private:
  const std::string mappings_folder_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const adapters::Adapter>, std::less<>> open_;
};

}  // namespace server::inbox
