// A document Bundle (https://hl7.org/fhir/R4/documents.html) of another system, taken in: what it holds becomes one transaction, each
// resource under an identity that is the same every time.
#pragma once

#include <string>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::interactions {

// The transaction Bundle of PUTs, each `as-of` the document's timestamp, references settled, and a Provenance that names the document. `own_base` is this server's.
//
// Ids: the resource's own when it is a UUID; what stands under own_base and is here already is left as it is; Organizations, Practitioners and the like that are here
// by their identifier are those; else derived from the fullUrl, so that another system's "1" is never ours. A UUID that is here and that no
// document of the same source brought (meta.source) is left as it is: a copy does not overwrite what it is a copy of.
//
// Binds the bundle. Findings go to `issues`; kUnprocessable with a place for what is no document: no Composition first, entries without or with the same fullUrl, no or several
// Patients, a subject that is another, a reference that leads nowhere, a resource here that is of somebody else.
fhir::Result<fhir::Document> ReadDocument(const App& app, storage::Reader& reader, fhir::Element& bundle, const std::string& own_base, fhir::IssueSink& issues);

}  // namespace server::interactions
