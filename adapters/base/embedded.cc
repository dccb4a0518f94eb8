// Choosing between the files given and the files built in.
#include "adapters/base/embedded.h"

namespace adapters {

std::vector<MappingFile> MappingsOf(const AdapterContext& context, std::string_view folder) {
  std::vector<MappingFile> files;
  if (!context.mappings.empty()) {
    for (const MappingFile& file : context.mappings) {
      if (file.name.starts_with(folder)) files.push_back(file);
    }
    return files;
  }
  for (const EmbeddedFile& file : EmbeddedMappings()) {
    if (!file.name.starts_with(folder)) continue;
    MappingFile& copy = files.emplace_back();
    copy.name = file.name;
    copy.content.reserve(file.size_bytes);
    for (std::size_t i = 0; i < file.size_bytes; ++i) copy.content += static_cast<char>(file.bytes[i]);
  }
  return files;
}

}  // namespace adapters
