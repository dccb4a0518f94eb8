// Forms to resources and back: SDC's $extract and $populate (https://build.fhir.org/ig/HL7/sdc/), by the maps that the Questionnaire names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

// A transaction Bundle of PUTs, each under an id that is the same every time: the response itself (unless it is stored: `is_stored`), what
// its answers become, and a Provenance of what changes (none when nothing does). A resource that is there already has what the form cannot say kept (merge.h) and
// its version as ifMatch. Ids: an item's element id where that names a live resource of this person (as $populate gives them), the plan that
// basedOn names, else derived from the response's identity and the item's id or place.
//
// The response's identity: its id when that is a UUID or stored here, else its identifier, else its content.
//
// kUnprocessable with the findings in `issues` when the answers do not fit the form or do not become valid resources; for a form without a map, a
// response that is not completed or amended, a subject or plan that is not here, or a plan of somebody else.
fhir::Result<fhir::Document> Extract(App& app, storage::Reader& reader, const fhir::Element& response, bool is_stored, fhir::IssueSink& issues);

// The response (status in-progress, not stored) that says what is stored of the person: with the form's sourceStructureMap from the plan (`plan`,
// or else the person's newest open one), with none the person's latest answers to that form. `subject` "Patient/id".
// kNotFound when there is no such plan.
fhir::Result<fhir::Document> Populate(App& app, storage::Reader& reader, const fhir::Element& questionnaire, const std::string& subject, const std::string& plan);

// The person's newest plan that is open (draft, active, on hold), by category 2181441000000107; nothing when there is none.
fhir::Result<std::optional<fhir::Document>> OpenPlan(const App& app, storage::Reader& reader, const std::string& subject);

}  // namespace server::care::plan
