// The inbox over HTTP: files in as raw bytes, acknowledged when they are on the disk; what became of them; replays. A
// worker (inbox.h) makes resources of them meanwhile.
#include "server/inbox/inbox.h"

#include <utility>

#include "adapters/catalogue.h"
#include "server/app.h"
#include "server/http/bundle_writer.h"
#include "server/http/error_response.h"
#include "server/http/router.h"
#include "server/inbox/message_text.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"
#include "server/operations/handlers.h"

namespace server::operations {

using fhir::Error;
using fhir::ErrorKind;
using storage::Message;

namespace {

constexpr std::string_view kInbox = "/inbox";

std::string PathOf(const Message& message) { return std::string(kInbox) + "/" + message.id; }

// Where this server stands, without FHIR's own part of the path.
std::string RootOf(const http::Call& call) {
  const std::string_view base = call.base;
  return std::string(base.ends_with(http::kFhirPath) ? base.substr(0, base.size() - http::kFhirPath.size()) : base);
}

http::Response Accepted(const Message& message) {
  return {202, {{"Content-Type", std::string(http::kFhirJson)}, {"Location", PathOf(message)}}, inbox::WriteMessage(message, inbox::Shown::kAll)};
}

fhir::Result<adapters::FileOptions> OptionsOf(const http::Call& call) {
  adapters::FileOptions options;
  if (const std::string* encoding = call.target.Find("encoding")) options.encoding = *encoding;
  if (const std::string* strict = call.target.Find("strict")) {
    if (*strict != "true" && *strict != "false") return Error(ErrorKind::kInvalid, "strict is '" + *strict + "'. Say true or false.").WithIssueType("value");
    options.strict = *strict == "true";
  }
  return options;
}

}  // namespace

Answer InboxReceive(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {"name", "encoding", "strict"}));
  // Whatever its type: of a chunked upload that breaks off the part received would look like a whole file.
  if (!http::FindHeader(call.request.headers, "Transfer-Encoding").empty()) {
    return http::Refuse(411, "structure", "A file for the inbox must come with Content-Length, not chunked.");
  }
  TRY_ASSIGN(adapters::FileOptions options, OptionsOf(call));
  const std::string* name = call.target.Find("name");
  TRY_ASSIGN(const Message message, call.app.inbox->Receive({call.id, name ? *name : "", std::move(options)},
                                                            [rest = std::string_view(call.request.body)]() mutable -> fhir::Result<std::string_view> {
                                                              return std::exchange(rest, {});
                                                            }));
  call.app.inbox->Wake();
  return Accepted(message);
}

Answer InboxList(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {"state", "adapter", "_count", "_cursor"}));
  TRY_ASSIGN(const int count, interactions::PageEntries(call));
  storage::MessageQuery query;
  std::string asked = RootOf(call) + std::string(kInbox) + "?_count=" + std::to_string(count);
  if (const std::string* state = call.target.Find("state")) {
    TRY_ASSIGN(query.state, inbox::ReadState(*state));
    asked += "&state=" + *state;
  }
  if (const std::string* adapter = call.target.Find("adapter")) {
    if (!adapters::FindAdapter(*adapter)) return Error(ErrorKind::kInvalid, "'" + *adapter + "' is not an adapter. GET /inbox shows the adapter of each message.").WithIssueType("value");
    query.adapter = *adapter;
    asked += "&adapter=" + *adapter;
  }
  asked += interactions::FormatSuffix(call);
  const std::string* cursor = call.target.Find("_cursor");
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(const storage::MessagePage page, reading->FindMessages(query, count, cursor ? std::string_view(*cursor) : std::string_view()));
  http::BundleWriter bundle("searchset");
  bundle.Link("self", cursor ? asked + "&_cursor=" + http::Encode(*cursor) : asked);
  if (!page.next_cursor.empty()) bundle.Link("next", asked + "&_cursor=" + http::Encode(page.next_cursor));
  for (const Message& message : page.messages) bundle.ResourceEntry(RootOf(call) + PathOf(message), inbox::WriteMessage(message, inbox::Shown::kCounts));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, std::move(bundle).Finish()};
}

Answer InboxShow(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(const Message message, reading->ReadMessage(call.id));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, inbox::WriteMessage(message, inbox::Shown::kAll)};
}

Answer InboxBytes(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(const Message message, reading->ReadMessage(call.id));
  TRY_ASSIGN(std::string bytes, reading->ReadMessageBytes(call.id, 0, static_cast<std::size_t>(message.size_bytes)));
  const adapters::AdapterDescriptor* adapter = adapters::FindAdapter(message.adapter);
  return http::Response{200, {{"Content-Type", adapter ? std::string(adapter->media_type) : "application/octet-stream"}}, std::move(bytes)};
}

Answer InboxReplay(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {}));
  TRY_ASSIGN(const Message message, call.app.inbox->Replay(call.id));
  call.app.inbox->Wake();
  return Accepted(message);
}

}  // namespace server::operations
