// The form in which a resource is stored: members in the definitions' order (id, meta, … whatever order they
// came in), meta.versionId and meta.lastUpdated the store's own.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace server::storage {

// Gives the root its id, an empty place for versionId and lastUpdated in meta, binds the tree and puts
// members in order all the way down. Extensions and repeats keep theirs: it means something.
void Canonicalise(fhir::Document& document, std::string_view id, const fhir::schema::Registry& registry);
// Fills the two places of a canonicalised document.
void SetMeta(fhir::Document& document, std::int64_t version, std::int64_t last_updated_us);
// "2026-11-21T10:00:00.123Z".
std::string InstantText(std::int64_t microseconds);

// Everything that `fresh` says stands in `stored` too (the store's own meta apart): it says the same or less.
bool Covers(const fhir::Element& stored, const fhir::Element& fresh);

}  // namespace server::storage
