// What is stored of one person, complete enough to be told to another system.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"

namespace server::command {

// The Patient of that logical id, everything at home with it, and whatever these refer to (the index knows only
// references that are search parameters; here every reference counts), with the roles of the practitioners among
// them; parsed and bound. kNotFound when there is no such Patient. A reference to what is not stored is passed over.
fhir::Result<std::vector<fhir::Document>> ReadPersonRecord(App& app, const std::string& patient_id);

}  // namespace server::command
