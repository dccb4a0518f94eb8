// Reading, then binding.
#include "fhir/schema/read_bound.h"

#include "fhir/json/reader.h"

namespace fhir::schema {

Result<Document> ReadBound(std::string_view body, const Registry& registry) {
  TRY_ASSIGN(Document document, json::Read(body));
  Bind(*document.root, registry);
  return document;
}

}  // namespace fhir::schema
