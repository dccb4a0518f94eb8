// Writes as a plan: what one request, or each entry of a batch or transaction, asks for, worked out before
// the store's writer is asked (https://hl7.org/fhir/R4/http.html#trules). Nothing here touches storage.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/search/query.h"

namespace server::interactions {

enum class Verb : std::uint8_t { kDelete, kPost, kPut, kGet };

// A search that names one resource, as written: "Patient?identifier=https://x|1".
struct Criteria {
  std::string text;
  search::Query query;
};

struct PlannedEntry {
  Verb verb = Verb::kGet;
  std::string place;                                // "Bundle.entry[3]"; empty for a request of its own
  std::string type, id;                             // id empty: from the criteria, or the server's to give
  std::optional<Criteria> criteria;                 // POST: If-None-Exist; PUT, DELETE: what to write to
  std::string full_url;
  std::string own_id;                               // PUT by criteria: the id the resource itself has
  std::optional<std::int64_t> expected_version;     // If-Match
  std::optional<std::int64_t> as_of_us;             // see kAsOf
  bool keep_richer = false;                         // see kKeepRicher
  fhir::Document document;                          // POST, PUT
  std::string url;                                  // GET: as written
  std::string if_none_match, if_modified_since;     // GET
};

// A text in a planned resource that names another entry or a search, to be written once ids are known.
struct Link {
  std::size_t entry = 0;                            // in whose document
  fhir::Element* element = nullptr;
  std::string original;
  enum class Kind : std::uint8_t { kEntry, kLookup, kNarrative } kind = Kind::kEntry;
  std::size_t target = 0;                           // kEntry: index of the entry; kLookup: of the lookup
};

// A conditional reference: the one resource that its criteria find, in the store or in the plan itself.
struct Lookup {
  Criteria criteria;
  std::string place;                                // of the first reference that asks
  std::vector<std::size_t> inside;                  // entries whose resource has the identifier asked for
};

struct Plan {
  std::vector<PlannedEntry> entries;                // in the order of the request
  std::vector<Link> links;
  std::vector<Lookup> lookups;
};

// Extensions of Bundle.entry.request that adapters set.
inline constexpr std::string_view kAsOf = "https://careloom.example/fhir/StructureDefinition/as-of";              // valueInstant: when the source said this
inline constexpr std::string_view kKeepRicher = "https://careloom.example/fhir/StructureDefinition/keep-richer";  // valueBoolean: saying less changes nothing

// One entry of a Bundle. Its resource is copied, bound and checked; findings go to `issues` with paths that
// begin with the entry. Fails with kInvalid, kUnsupported at a path within the entry.
fhir::Result<PlannedEntry> PlanEntry(const App& app, const fhir::Element& entry, std::size_t index, fhir::IssueSink& issues);

// All entries, targets compared, links found. Fails at the first entry that cannot be planned.
fhir::Result<Plan> PlanTransaction(const App& app, const fhir::Element& bundle, fhir::IssueSink& issues);

// "Patient?identifier=x" or with the type apart, as criteria of one resource. kInvalid when it has none.
fhir::Result<Criteria> ParseCriteria(const App& app, std::string_view type, std::string_view query);

// Makes `id` the resource's id, its first member.
void SetId(fhir::Document& document, std::string_view id);

// The same error with its place in front of its path.
fhir::Error Placed(const fhir::Error& error, const std::string& place);

}  // namespace server::interactions
