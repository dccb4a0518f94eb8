// The tables of facts in the binary (conformance/r4; their columns: server/command/definition_tables.h).
#pragma once

#include <string_view>

namespace fhir::schema {

struct Facts {
  std::string_view types, constraints, search_parameters, codes, value_sets;
  std::string_view own_search_parameters;   // conformance/personalised_care, in the same form
};

// Views of the embedded bytes; they live as long as the process.
Facts R4Facts();

}  // namespace fhir::schema
