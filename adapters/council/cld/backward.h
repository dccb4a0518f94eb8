// What is stored of a person out of CLD files, as the events it was made from: the half that both the way back
// (emit) and the next file (what of the record it replaces) stand on.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/council/cld/event.h"
#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/schema/registry.h"

namespace adapters::council::cld {

// The compiled maps of mappings/council/back. Immutable.
class Backward {
 public:
  // `registry` knows R4 and the logical models of mappings/council/models. Fails with kNotFound naming a file that
  // is not there, kInvalid with the place of what is wrong in one.
  static fhir::Result<std::shared_ptr<const Backward>> Load(const AdapterContext& context,
                                                            std::shared_ptr<const fhir::schema::Registry> registry);
  virtual ~Backward() = default;

  // One event for each ServiceRequest, Task and EpisodeOfCare with a cld-event identifier of the scope whose
  // subject is the Patient with that person id; withdrawn ones too. Sorted by key. What a
  // resource says that the columns cannot is named in `outcome`, unless its limit is 0. None: nothing of that person is
  // stored. The trees must not be read by other threads meanwhile.
  virtual fhir::Result<std::vector<Event>> EventsOf(std::span<const fhir::Document> stored, std::string_view scope, std::string_view person,
                                                    fhir::IssueSink& outcome) const = 0;
};

}  // namespace adapters::council::cld
