// A resource made of a form, put over the one that is stored: the form says again what it can say, everything else stays.
#pragma once

#include "fhir/model/element.h"

namespace server::care::plan {

// `stored` with what `made` says; of one type. Of what the form can say, what it does not say any more goes; what belongs to
// others stays: stages and activities of other kinds, team members and owners that are resources of their own, further identifiers and extensions,
// a status that somebody changed since.
fhir::Document MergeForm(const fhir::Element& stored, const fhir::Element& made);

}  // namespace server::care::plan
