// Any bytes as requests on one connection: taken or refused, and the same however they are cut.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/http/request_parser.h"

using namespace server::http;
using Stage = RequestParser::Stage;

namespace {

// All requests of the bytes and the last stage, arriving in pieces of one size.
std::string Read(std::string_view bytes, std::size_t piece) {
  std::string seen;
  std::size_t at = 0;
  for (int requests = 0; requests < 20; ++requests) {
    RequestParser parser(HeadLimits{200, 1000, 100, 10});
    while (at < bytes.size() && (parser.stage() == Stage::kHead || parser.stage() == Stage::kBody)) {
      at += parser.Take(bytes.substr(at, piece));
      if (parser.stage() == Stage::kHeadDone) parser.TakeBody(500);
    }
    const bool done = parser.stage() == Stage::kDone;
    if (parser.stage() == Stage::kHeadDone || (done && parser.request().body.size() > 500)) std::abort();
    seen += std::to_string(static_cast<int>(parser.stage()));
    if (parser.stage() == Stage::kRefused) seen += std::to_string(parser.refusal().status) + parser.refusal().body;
    if (!done) break;
    for (const auto& [name, value] : parser.request().headers) {
      if (!IsToken(name) || !IsHeaderValue(value)) std::abort();
    }
    seen += parser.request().method + ' ' + parser.request().target + ' ' + parser.request().body + '\n';
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::string whole = Read(bytes, bytes.size() + 1);
  if (Read(bytes, 1) != whole || Read(bytes, 7) != whole) std::abort();
  return 0;
}
