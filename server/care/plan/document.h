// The plan as a FHIR document (https://hl7.org/fhir/R4/documents.html): a Composition with the PRSB's headings, each with a narrative that a person can
// read, and all that it speaks of.
#pragma once

#include <string>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

// The Composition of a plan, not stored. Its id is derived from the plan's; its date is when the newest of what it speaks of was stored. Its narratives
// have every word that the planning form and About Me can say. Patients that are one person are one here: the plan's own.
// kNotFound when there is no such CarePlan, kUnprocessable when its Patient is not here.
fhir::Result<fhir::Document> ComposePlan(App& app, storage::Reader& reader, const std::string& plan_id);

// The Bundle of type document: identifier (derived from what is in it), timestamp, the Composition, then everything that it refers to, and that
// these refer to, of this person or of nobody. fullUrls stand under `base`; a reference to what is not in the document is absolute.
// kUnprocessable when it would have more than 2,000 entries.
fhir::Result<fhir::Document> MakeDocument(App& app, storage::Reader& reader, const fhir::Element& composition, const std::string& base);

}  // namespace server::care::plan
