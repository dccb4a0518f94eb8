// Which of a person's stored resources make up one GP Connect record, and what that record called them.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "adapters/gp/connect/record.h"
#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters::gp::connect {

// A stored resource that goes into the record.
struct Item {
  const fhir::Element* resource = nullptr;
  std::uint32_t leaf_count = 0;
  const Kind* kind = nullptr;
  std::string id;                   // the GP system's; empty for a List that had none
  std::string name;                 // as the way in wrote it down: the id; "container.id" of one contained; a made-up one
  const Item* container = nullptr;  // the resource that contains it (an ended allergy's List); null: an entry of its own
};

struct Selection {
  std::string practice;                                          // ODS code, or "unknown"
  std::deque<Item> items;                                        // addresses stay
  std::map<std::string, const Item*, std::less<>> by_reference;  // "Type/id" of the store

  // The item that a reference as stored points to; null when it is not in the record.
  const Item* Find(std::string_view reference) const;
};

// Fails with kUnprocessable when there is no Patient of a GP Connect record. `outcome` names what is left out.
fhir::Result<Selection> Select(std::span<const fhir::Document> resources, fhir::IssueSink& outcome);

// The SNOMED code of the category that the way in gives each kind of request; empty for other kinds.
std::string_view RequestCategory(std::string_view stu3_type);
bool HasCoding(const fhir::Element& concept_element, std::string_view system, std::string_view code);

}  // namespace adapters::gp::connect
