// One step of a Task on a pathway, asked for by itself: the Task as it stands with the new state, its time, reason and what belongs to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::pathway {

// `asked` is the Parameters resource that README.md describes. What comes back is the Task as stored, with its body.
// kNotFound, kGone: no such Task. kUnprocessable: it carries no pathway, a parameter that is not known, or what the rule refuses.
// kConflict: its state does not allow the step. kPrecondition: `expected` is not its version. An error's path begins with "Task" or "Parameters".
fhir::Result<storage::Version> Transition(App& app, const std::string& id, const fhir::Element& asked, std::optional<std::int64_t> expected);

}  // namespace server::care::pathway
