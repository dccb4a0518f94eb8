// The way back: what is stored of one person to the GP Connect record (an STU3 collection) that it came from.
#pragma once

#include <span>

#include "adapters/base/adapter.h"
#include "adapters/gp/connect/emit_maps.h"

namespace adapters::gp::connect {

// One practice's record of the person: the newest when several are stored, which the outcome then says.
// Patient first, the others by type and id; the same resources in any order give the same bytes. The outcome
// names every resource that is left out and every element that GP Connect has no place for. Fails with
// kUnprocessable when there is no Patient, or none that came from a GP Connect record.
fhir::Result<Emitted> EmitRecord(std::span<const fhir::Document> resources, const BackMaps& maps);

}  // namespace adapters::gp::connect
