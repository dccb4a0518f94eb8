// Patient/[id]/$everything: the Patient, all that is at home with it and what that refers to, in pages.
#include "server/app.h"
#include "server/http/bundle_writer.h"
#include "server/http/error_response.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"
#include "server/operations/handlers.h"

namespace server::operations {

Answer Everything(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {"_count", "_cursor"}, {"start", "end", "_since", "_type"}));
  TRY_ASSIGN(const int count, interactions::PageEntries(call));
  const std::string* cursor = call.target.Find("_cursor");
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(const storage::SearchPage page, reading->Everything(call.id, count, cursor ? std::string_view(*cursor) : std::string_view()));
  const std::string first = call.base + "/Patient/" + call.id + "/$everything?_count=" + std::to_string(count) + interactions::FormatSuffix(call);
  http::BundleWriter bundle("searchset");
  if (page.total) bundle.Total(*page.total);
  bundle.Link("self", cursor ? first + "&_cursor=" + http::Encode(*cursor) : first);
  bundle.Link("first", first);
  if (!page.next_cursor.empty()) bundle.Link("next", first + "&_cursor=" + http::Encode(page.next_cursor));
  for (const storage::SearchEntry& entry : page.entries) bundle.SearchEntry(call.base, entry);
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, std::move(bundle).Finish()};
}

}  // namespace server::operations
