// What others have added to the resources that a source's rows made: a goal of the plan, a care manager, what an account
// is part of. The rows say nothing about it, so the next file leaves it where it is.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "fhir/model/element.h"

namespace adapters {

// The elements of a type that a source's maps write, with blanks around each; a name that ends in '*' is a choice of types.
struct Written {
  std::string_view type, elements;
};

// What of a resource is the source's own.
struct OwnParts {
  std::span<const Written> written;
  bool (*extension)(const fhir::Element& extension) = nullptr;
  bool (*identifier)(const fhir::Element& identifier) = nullptr;
  // Of an element of which others may add repeats: is this one the source's? By name, such as "activity".
  std::function<bool(const fhir::Element& repeat)> repeat;
  std::span<const std::string_view> shared;   // the names of such elements
  bool (*label)(const fhir::Element& tag) = nullptr;   // null: no tag and no security label is
};

// Do the maps write that element of the type ("EpisodeOfCare", "period")? Of a type that is not listed: yes.
bool IsWritten(std::span<const Written> written, std::string_view type, std::string_view element);
// Is that child of a resource of the type what others added?
bool IsAddition(const OwnParts& own, std::string_view type, const fhir::Element& child);

// Copies into `made`, a resource of `target` just made from rows, what `stored`, the same resource as it stands, has
// besides: whole elements that no row fills, extensions, identifiers and repeats of others, tags and security labels.
// Its narrative is not kept: it may tell what no longer holds.
void KeepAdditions(const fhir::Element& stored, fhir::Element& made, fhir::Document& target, const OwnParts& own);

}  // namespace adapters
