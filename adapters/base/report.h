// The accounting of a message as FHIR: a Parameters resource with eight integers and an OperationOutcome.
#pragma once

#include "adapters/base/adapter.h"

namespace adapters {

// Adds the eight counts of one report to another; the findings are the caller's.
void AddCounts(const Report& from, Report& to);

// Parameters: entriesIn, entriesStored, entriesMerged, entriesReported, elementsIn, elementsCarried,
// elementsMerged, elementsReported (valueInteger each) and outcome (an OperationOutcome).
fhir::Document WriteReport(const Report& report);
// The findings alone, as an OperationOutcome; without any it says that all is well.
fhir::Document WriteOutcome(const fhir::IssueSink& issues);

}  // namespace adapters
