// Embeds conformance/r4/*.txt and conformance/personalised_care/*.txt. CMake names the folder and rebuilds this file when a table changes.
#include "fhir/schema/facts.h"

// Two symbols around a file's bytes, in read-only data.
#define FHIR_EMBED(symbol, file)                                     \
  __asm__(".pushsection .rodata\n"                                   \
          ".global fhir_facts_" #symbol "\n"                         \
          ".global fhir_facts_" #symbol "_end\n"                     \
          "fhir_facts_" #symbol ":\n"                                \
          ".incbin \"" CARELOOM_R4_FACTS "/" file "\"\n"             \
          "fhir_facts_" #symbol "_end:\n"                            \
          ".byte 0\n"                                                \
          ".popsection\n");                                          \
  extern "C" const char fhir_facts_##symbol[];                       \
  extern "C" const char fhir_facts_##symbol##_end[];

FHIR_EMBED(types, "types.txt")
FHIR_EMBED(constraints, "constraints.txt")
FHIR_EMBED(search_parameters, "search_parameters.txt")
FHIR_EMBED(own_search_parameters, "../personalised_care/search_parameters.txt")
FHIR_EMBED(codes, "codes.txt")
FHIR_EMBED(value_sets, "value_sets.txt")

namespace fhir::schema {
namespace {

std::string_view Between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

Facts R4Facts() {
  return {Between(fhir_facts_types, fhir_facts_types_end), Between(fhir_facts_constraints, fhir_facts_constraints_end),
          Between(fhir_facts_search_parameters, fhir_facts_search_parameters_end), Between(fhir_facts_codes, fhir_facts_codes_end),
          Between(fhir_facts_value_sets, fhir_facts_value_sets_end), Between(fhir_facts_own_search_parameters, fhir_facts_own_search_parameters_end)};
}

}  // namespace fhir::schema
