// Lines for the operator.
#include "server/http/failure_log.h"

#include <cstdio>
#include <string>

namespace server::http {
namespace {

void Append(std::string_view text, std::string& line) {
  constexpr std::size_t kMost = 300;
  for (const char c : text.substr(0, kMost)) line += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
}

}  // namespace

void LogFailure(std::string_view request_id, std::string_view text, std::string_view detail) {
  std::string line = "request ";
  Append(request_id, line);
  line += " failed: ";
  Append(text, line);
  if (!detail.empty()) line += " (";
  Append(detail, line);
  line += detail.empty() ? "\n" : ")\n";
  std::fputs(line.c_str(), stderr);
}

}  // namespace server::http
