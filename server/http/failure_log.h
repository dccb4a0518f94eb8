// One line on stderr for each request that failed by our fault: its id and what is known, for the operator.
#pragma once

#include <string_view>

namespace server::http {

// Control characters are escaped and each text is cut to 300 bytes; nothing of the request but its id is in it.
void LogFailure(std::string_view request_id, std::string_view text, std::string_view detail = {});

}  // namespace server::http
