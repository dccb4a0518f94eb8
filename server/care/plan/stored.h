// Reading what is stored as trees, and small pieces of resources: what all of this folder needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/care/parts.h"
#include "server/storage/store.h"

namespace server::care::plan {

inline constexpr std::string_view kBase = "https://careloom.example/fhir/";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kReviewCode = "425268008";        // Review of care plan
inline constexpr std::string_view kContingencyCode = "325691000000100";

// "https://careloom.example/fhir/StructureDefinition/x"
std::string ExtensionUrl(std::string_view name);

// The resource as it stands, bound; nothing when it is not there or deleted.
fhir::Result<std::optional<fhir::Document>> Load(const App& app, storage::Reader& reader, std::string_view type, std::string_view id);
// The same by a relative reference "Type/id" (a version in it is passed over); nothing for any other text.
fhir::Result<std::optional<fhir::Document>> LoadReferred(const App& app, storage::Reader& reader, std::string_view reference);
// A value for a query: escaped for the search, then for the URL.
std::string QueryValue(std::string_view value);
// All that the query finds, at most `limit`, newest arrival first.
fhir::Result<std::vector<fhir::Document>> Search(const App& app, storage::Reader& reader, std::string_view type, const std::string& query, int limit = 1000);

// Was the response `a` authored before `b`? The moments count, however they are written; one that says none comes first.
bool IsAuthoredBefore(const fhir::Element& a, const fhir::Element& b);

// "Type/id" split; nothing for absolute, contained, versioned-only or criteria references.
struct TypeAndId {
  std::string type, id;
};
std::optional<TypeAndId> SplitReference(std::string_view reference);

// Adds `name`: {"reference": reference} (and nothing when it is empty).
fhir::Element* AddReference(fhir::Document& document, fhir::Element* parent, std::string_view name, std::string_view reference, bool in_array = false);

// Members in the order of their definitions, all the way down, so that the same content is the same text. Needs a bound tree.
void SortMembers(fhir::Element* element);

// The Patient that a resource is of ("Patient/id"), by subject, patient or for; empty when it names none.
std::string_view PatientOf(const fhir::Element& resource);

// A transaction Bundle of PUTs, to be filled.
class Writes {
 public:
  Writes();
  // PUT type/id of a copy of the resource, with id set; `version` above 0 as ifMatch.
  void Put(const fhir::Element& resource, std::string_view id, std::int64_t version = 0);
  fhir::Document Take() && { return std::move(bundle_); }
  fhir::Document& document() { return bundle_; }
  bool empty() const;

 private:
  fhir::Document bundle_;
};

// Sets or replaces the id, as the first member.
void SetResourceId(fhir::Document& document, fhir::Element* resource, std::string_view id);

}  // namespace server::care::plan
