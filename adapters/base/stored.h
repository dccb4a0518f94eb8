// What is stored of a person, looked up as the way back needs it: by reference and by identifier.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/element.h"

namespace adapters {

// The value of the first identifier of that system; empty when there is none.
std::string_view IdentifierOf(const fhir::Element& resource, std::string_view system);
// The same where the system begins with that text.
std::string_view IdentifierStarting(const fhir::Element& resource, std::string_view system);
// The part of an extension by that URL, or null.
const fhir::Element* PartOf(const fhir::Element& extension, std::string_view url);
// Entered in error: what it says does not hold.
bool IsWithdrawn(const fhir::Element& resource);

// Views into the documents.
class Stored {
 public:
  explicit Stored(std::span<const fhir::Document> documents);

  struct Item {
    const fhir::Element* resource = nullptr;
    std::uint32_t leaf_count = 0;
  };
  // By type, in the order given.
  const std::vector<Item>& Of(std::string_view type) const;
  // What a reference as stored ("Patient/7", "Patient/7/_history/2") points to; null when it is not here.
  const fhir::Element* Find(std::string_view reference) const;
  // The target of a Reference element: by its reference, else by its identifier among the resources of `type`.
  const fhir::Element* Resolve(const fhir::Element* reference, std::string_view type) const;

 private:
  std::map<std::string, std::vector<Item>, std::less<>> by_type_;
  std::map<std::string, const fhir::Element*, std::less<>> by_reference_;
};

}  // namespace adapters
