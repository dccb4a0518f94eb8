// read and vread: stored bytes out, nothing parsed.
#include "server/app.h"
#include "server/http/error_response.h"
#include "server/http/versions.h"
#include "server/interactions/handlers.h"
#include "server/interactions/reading.h"

namespace server::interactions {

using http::Call;

namespace {

Answer Show(const Call& call, storage::Version version) {
  if (!http::IsUnchanged(call.request.headers, version)) return http::VersionResponse(std::move(version), 200);
  http::Response unchanged;
  unchanged.status = 304;
  unchanged.headers = {{"ETag", http::ETag(version.version)}, {"Last-Modified", http::HttpDate(version.last_updated_us)}};
  return unchanged;
}

}  // namespace

Answer Read(const Call& call) {
  TRY_ASSIGN(const Reading reading, Reading::Open(call, storage::Snapshot::kNone));
  TRY_ASSIGN(storage::Version version, reading->Read(call.type, call.id));
  return Show(call, std::move(version));
}

Answer ReadVersion(const Call& call) {
  const auto number = http::ParseETag(call.version);
  if (!number) return http::Refuse(404, "not-found", "Versions are numbers from 1 up; '" + call.version + "' is none. " + call.type + "/" + call.id + "/_history lists them.");
  TRY_ASSIGN(const Reading reading, Reading::Open(call, storage::Snapshot::kNone));
  TRY_ASSIGN(storage::Version version, reading->ReadVersion(call.type, call.id, *number));
  return Show(call, std::move(version));
}

}  // namespace server::interactions
