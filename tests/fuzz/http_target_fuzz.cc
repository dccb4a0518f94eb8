// Any bytes as a request's target or form: refused, or parameters that encode and split back into themselves.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/http/target.h"

using namespace server::http;

namespace {

void CheckRoundTrip(const std::vector<Parameter>& parameters, PlusSign plus) {
  std::string text;
  for (const Parameter& parameter : parameters) text += (text.empty() ? "" : "&") + Encode(parameter.name) + "=" + Encode(parameter.value);
  const auto again = ParseParameters(text, plus);
  if (!again || again->size() != parameters.size()) std::abort();
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if ((*again)[i].name != parameters[i].name || (*again)[i].value != parameters[i].value) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  if (const auto form = ParseParameters(raw, PlusSign::kSpace)) CheckRoundTrip(*form, PlusSign::kSpace);
  if (const auto target = ParseTarget(raw)) CheckRoundTrip(target->parameters, PlusSign::kPlus);
  return 0;
}
