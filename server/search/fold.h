// The form in which string searches compare: case and accents removed (https://hl7.org/fhir/R4/search.html#string).
#pragma once

#include <string>
#include <string_view>

namespace server::search {

// Canonical decomposition, full case folding, combining marks dropped: "Éamon ẞ" is "eamon ss". Text that
// is not UTF-8 comes back as it is.
std::string Fold(std::string_view text);

}  // namespace server::search
