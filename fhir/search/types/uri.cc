// Uri parameters (https://hl7.org/fhir/R4/search.html#uri).
#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {

void Uri(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  if (const std::string_view text = TextOf(found); !text.empty()) Add(out, parameter, ValueType::kUri).text = text;
}

}  // namespace fhir::search::types
