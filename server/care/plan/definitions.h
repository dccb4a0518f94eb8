// Templates, forms, value sets and extensions of personalised care: built in, put into the store when the server
// starts so that they are read and searched as any resource, and correctable there.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::plan {

// Puts what is absent, or there in an older `version`, under its fixed id, in one transaction. What the store has in the same or a newer
// version stays, so a deployer's own correction (with a higher version) does. How many were written. Several servers may do so at once.
// Basic/careloom-definitions remembers which set was put there: nothing is looked at, and nothing that somebody deleted comes back, until the set is another.
fhir::Result<int> StoreDefinitions(App& app);

// By id, or by canonical URL (a |version is passed over): as the store has it, the newest version of several; else as built in.
// kNotFound says what there is. Bound to its definitions.
fhir::Result<fhir::Document> FindDefinition(const App& app, storage::Reader& reader, std::string_view type, std::string_view id_or_url);

// Versions as dotted numbers: "1.10.0" is newer than "1.9". Anything else compares as text.
bool IsOlder(std::string_view version, std::string_view other);

}  // namespace server::care::plan
