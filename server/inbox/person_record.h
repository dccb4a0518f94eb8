// What is stored of one person, complete enough to be told to another system.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"

namespace server::inbox {

// The Patient of that logical id, first, the Patients that are one person with it, everything at home with any of
// them, and whatever these refer to (the index knows only references that are search parameters; here every reference
// counts), with the roles of the practitioners among them; parsed and bound. kNotFound when there is no such Patient. A reference to what is not stored is passed over.
fhir::Result<std::vector<fhir::Document>> ReadPersonRecord(App& app, const std::string& patient_id);
// The same of this one Patient alone, without what is at home with Patients that it is joined with and without roles:
// what an adapter's own file of many people is adapted against.
fhir::Result<std::vector<fhir::Document>> ReadOwnRecord(App& app, storage::Reader& reader, const std::string& patient_id);

// Resources of the type that have an identifier of the system, with its value; one with several comes several times.
struct Identified {
  std::string value, id;
};
struct IdentifiedPage {
  std::vector<Identified> resources;
  std::string next_cursor;         // empty on the last page
};
fhir::Result<IdentifiedPage> ResourcesOfSystem(App& app, storage::Reader& reader, std::string_view type, std::string_view system, std::string_view cursor);
// The Patient whose own identifier that is; empty when there is none. kConflict when there are several.
fhir::Result<std::string> PatientOfIdentifier(App& app, storage::Reader& reader, const std::string& system, const std::string& value);

}  // namespace server::inbox
