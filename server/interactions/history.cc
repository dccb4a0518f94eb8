// history of an instance: its versions, newest first, in pages.
#include <charconv>

#include "server/app.h"
#include "server/http/bundle_writer.h"
#include "server/http/error_response.h"
#include "server/interactions/handlers.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"

namespace server::interactions {

Answer History(const http::Call& call) {
  TRY(CheckParameters(call, {"_count", "_before"}, {"_since", "_at", "_list"}));
  TRY_ASSIGN(const int count, PageEntries(call));
  std::int64_t before = 0;
  if (const std::string* text = call.target.Find("_before")) {
    const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), before);
    if (failed != std::errc() || end != text->data() + text->size() || before < 1) {
      return fhir::Error(fhir::ErrorKind::kInvalid, "_before is '" + *text + "'. It belongs to the 'next' links; follow those as they are.").WithIssueType("value");
    }
  }
  TRY_ASSIGN(const Reading reading, Reading::Open(call));
  TRY_ASSIGN(const storage::HistoryPage page, reading->History(call.type, call.id, before, count));
  const std::string first = call.base + "/" + call.type + "/" + call.id + "/_history?_count=" + std::to_string(count) + FormatSuffix(call);
  http::BundleWriter bundle("history");
  bundle.Total(page.total);
  bundle.Link("self", before ? first + "&_before=" + std::to_string(before) : first);
  bundle.Link("first", first);
  if (page.next_before_version) bundle.Link("next", first + "&_before=" + std::to_string(page.next_before_version));
  for (const storage::Version& version : page.versions) bundle.HistoryEntry(call.base, version);
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, std::move(bundle).Finish()};
}

}  // namespace server::interactions
