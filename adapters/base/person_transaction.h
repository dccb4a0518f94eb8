// What the transactions of people's files have in common: entries, those made once, and the check of the accounting.
#pragma once

#include <string>
#include <string_view>

#include "adapters/base/report.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters {

// Makes the document a transaction Bundle without entries, and returns it.
fhir::Element* StartTransaction(fhir::Document& document);

// An entry with that request, which comes back. `uuid` without "urn:uuid:", empty: no fullUrl; `resource`, of the document's own, may be null.
fhir::Element* AddEntry(fhir::Document& transaction, std::string_view uuid, fhir::Element* resource, std::string_view method, std::string_view url);

// Something that belongs to nobody or to somebody else: made unless one with the identifier is there, never changed. The resource comes back.
fhir::Element* AddOnce(fhir::Document& transaction, std::string_view type, std::string_view system, std::string_view value);

// The request is for the version that `stored` is of, and no other (its meta.versionId; without one nothing is asked).
void AddIfMatch(fhir::Document& transaction, fhir::Element* request, const fhir::Element& stored);

// kInternal when the kinds of entries, or of elements, do not add up to what came in.
fhir::Result<void> CheckAccount(const Report& report);

}  // namespace adapters
