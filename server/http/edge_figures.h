// A listener's own figures for /metrics.
#pragma once

#include <string_view>

#include "server/http/edge.h"
#include "server/metrics/page.h"

namespace server::http {

void AddTo(metrics::Page& page, const EdgeFigures& figures);

}  // namespace server::http
