// Number parameters (https://hl7.org/fhir/R4/search.html#number).
#include "fhir/search/types/catalogue.h"

namespace fhir::search::types {

void Number(const path::Value& found, const schema::SearchParameter& parameter, std::vector<IndexValue>& out) {
  NumberRange range;
  if (!ReadNumber(TextOf(found), range)) return;
  IndexValue& value = Add(out, parameter, ValueType::kNumber);
  value.low = range.low;
  value.high = range.high;
  value.exact = range.exact;
}

}  // namespace fhir::search::types
