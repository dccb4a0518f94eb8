// The adapters there are: the command line, help and routes derive from this list.
#pragma once

#include <span>
#include <string_view>

#include "adapters/base/adapter.h"

namespace adapters {

// All adapters, in the order of their names.
std::span<const AdapterDescriptor> Catalogue();
// By name; null when there is none.
const AdapterDescriptor* FindAdapter(std::string_view name);

}  // namespace adapters
