// Adult Social Care Client Level Data: the catalogue's line.
#pragma once

#include "adapters/base/adapter.h"

namespace adapters::council::cld {

extern const AdapterDescriptor kCld;

}  // namespace adapters::council::cld
