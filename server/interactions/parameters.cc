// Checks of parameters.
#include "server/interactions/parameters.h"

#include <algorithm>
#include <charconv>

#include "server/app.h"

namespace server::interactions {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

Result<void> CheckParameters(const http::Call& call, std::initializer_list<std::string_view> known,
                             std::initializer_list<std::string_view> unsupported) {
  const auto holds = [](std::initializer_list<std::string_view> list, std::string_view name) { return std::ranges::find(list, name) != list.end(); };
  for (const http::Parameter& parameter : call.target.parameters) {
    if (parameter.name == "_format" || parameter.name == "_pretty" || holds(known, parameter.name)) continue;
    if (holds(unsupported, parameter.name)) {
      return Error(ErrorKind::kUnsupported, "The parameter '" + parameter.name + "' is not supported here yet. Leave it out, and select from the whole answer.");
    }
    std::string list = "_format, _pretty";
    for (const std::string_view name : known) list += ", " + std::string(name);
    return Error(ErrorKind::kInvalid, "Unknown parameter '" + parameter.name + "'. Known here are: " + list + ".").WithIssueType("not-supported");
  }
  return {};
}

Result<int> PageEntries(const http::Call& call) {
  const std::string* text = call.target.Find("_count");
  if (!text) return call.app.limits.page_entries;
  int count = 0;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), count);
  if (failed == std::errc::result_out_of_range) return call.app.limits.most_page_entries;
  if (failed != std::errc() || end != text->data() + text->size() || count < 1) {
    return Error(ErrorKind::kInvalid, "_count is '" + *text + "'. Give a whole number from 1 up.").WithIssueType("value");
  }
  return std::min(count, call.app.limits.most_page_entries);
}

std::string FormatSuffix(const http::Call& call) {
  std::string suffix;
  for (const std::string_view name : {"_format", "_pretty"}) {
    if (const std::string* value = call.target.Find(name)) suffix += "&" + std::string(name) + "=" + http::Encode(*value);
  }
  return suffix;
}

}  // namespace server::interactions
