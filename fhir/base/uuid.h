// UUIDs as text (RFC 4122).
#pragma once

#include <string_view>

namespace fhir {

// 8-4-4-4-12 hexadecimal digits, of either case, and nothing around them.
bool IsUuid(std::string_view text);

}  // namespace fhir
