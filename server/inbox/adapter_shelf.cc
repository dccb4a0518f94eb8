// Adapters and the files of --mappings.
#include "server/inbox/adapter_shelf.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "adapters/catalogue.h"

namespace server::inbox {

namespace fs = std::filesystem;
using fhir::Error;
using fhir::ErrorKind;

fhir::Result<std::vector<adapters::MappingFile>> ReadMappingFolder(const std::string& folder) {
  std::error_code failed;
  if (!fs::is_directory(folder, failed)) return Error(ErrorKind::kNotFound, "--mappings: '" + folder + "' is not a folder");
  std::vector<adapters::MappingFile> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failed)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".map" && extension != ".json") continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(stream), {}};
    if (!stream) return Error(ErrorKind::kNotFound, "--mappings: '" + entry.path().string() + "' cannot be read");
    files.push_back({fs::relative(entry.path(), folder, failed).generic_string(), std::move(content)});
  }
  if (files.empty()) return Error(ErrorKind::kNotFound, "--mappings: '" + folder + "' holds no .map and no .json file");
  std::ranges::sort(files, {}, &adapters::MappingFile::name);
  return files;
}

std::string AdapterNames() {
  std::string names;
  for (const adapters::AdapterDescriptor& known : adapters::Catalogue()) names += (names.empty() ? "" : ", ") + std::string(known.name);
  return names;
}

fhir::Result<std::unique_ptr<adapters::Adapter>> OpenAdapter(std::string_view name, const std::string& mappings_folder) {
  const adapters::AdapterDescriptor* descriptor = adapters::FindAdapter(name);
  if (!descriptor) {
    return Error(ErrorKind::kNotFound, "'" + std::string(name) + "' is not an adapter; there is " + AdapterNames());
  }
  if (mappings_folder.empty()) return descriptor->open({});
  TRY_ASSIGN(const std::vector<adapters::MappingFile> files, ReadMappingFolder(mappings_folder));
  return descriptor->open({.mappings = files});
}

fhir::Result<std::shared_ptr<const adapters::Adapter>> AdapterShelf::Get(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto open = open_.find(name);
  if (open != open_.end()) return open->second;
  TRY_ASSIGN(std::shared_ptr<const adapters::Adapter> adapter, OpenAdapter(name, mappings_folder_));
  open_.emplace(name, adapter);
  return adapter;
}

}  // namespace server::inbox
