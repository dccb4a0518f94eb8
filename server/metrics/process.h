// What the system says of this process.
#pragma once

#include "server/metrics/page.h"

namespace server::metrics {

// Memory, processor time, open files, start. What /proc does not give is left out.
void AddProcess(Page& page);

}  // namespace server::metrics
