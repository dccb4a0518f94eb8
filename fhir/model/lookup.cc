// Looking up by URL.
#include "fhir/model/lookup.h"

namespace fhir {

const Element* FindExtension(const Element& of, std::string_view url) {
  for (const Element& extension : Repeats(of, "extension")) {
    if (extension.ValueOf("url") == url) return &extension;
  }
  return nullptr;
}

const Element* FindOwnExtension(const Element& of, std::string_view name) {
  for (const Element& extension : Repeats(of, "extension")) {
    const std::string_view url = extension.ValueOf("url");
    if (url.starts_with(kOwnExtension) && url.substr(kOwnExtension.size()) == name) return &extension;
  }
  return nullptr;
}

std::string_view CodeIn(const Element& codeable_concept, std::string_view system) {
  for (const Element& coding : Repeats(codeable_concept, "coding")) {
    if (coding.ValueOf("system") == system) return coding.ValueOf("code");
  }
  return {};
}

}  // namespace fhir
