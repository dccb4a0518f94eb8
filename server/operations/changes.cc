// CarePlan/[id]/$changes: who changed what of a plan, from which system, when (server/care/plan/changes.h).
#include "fhir/base/date_time.h"
#include "fhir/json/writer.h"
#include "server/care/plan/changes.h"
#include "server/http/error_response.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"
#include "server/operations/handlers.h"

namespace server::operations {

using fhir::Error;
using fhir::ErrorKind;

namespace {

// A date means all of it: since its first moment, until its last.
fhir::Result<std::optional<std::int64_t>> Moment(const http::Call& call, std::string_view name, bool is_end) {
  const std::string* text = call.target.Find(name);
  if (!text) return std::optional<std::int64_t>();
  const auto parsed = fhir::DateTime::Parse(*text);
  if (!parsed || !parsed->has_date) return Error(ErrorKind::kInvalid, std::string(name) + " is '" + *text + "'. Write a date, or a date and time with offset: 2026-11-22T09:00:00Z.").WithIssueType("value");
  return std::optional<std::int64_t>(is_end && parsed->precision < fhir::DatePrecision::kSecond ? parsed->EndMicrosecond() : parsed->FirstMicrosecond());
}

}  // namespace

Answer Changes(const http::Call& call) {
  TRY(interactions::CheckParameters(call, {"since", "until", "_count", "_cursor"}));
  care::plan::ChangesAsked asked;
  asked.plan = call.id;
  TRY_ASSIGN(asked.since_us, Moment(call, "since", false));
  TRY_ASSIGN(asked.until_us, Moment(call, "until", true));
  TRY_ASSIGN(asked.count, interactions::PageEntries(call));
  if (const std::string* cursor = call.target.Find("_cursor")) asked.cursor = *cursor;
  TRY_ASSIGN(const interactions::Reading reading, interactions::Reading::Open(call));
  TRY_ASSIGN(care::plan::Changes changes, care::plan::FindChanges(call.app, *reading.operator->(), asked));
  if (!changes.next.empty()) {
    std::string next = call.base + "/CarePlan/" + call.id + "/$changes?_count=" + std::to_string(asked.count) + interactions::FormatSuffix(call);
    for (const char* name : {"since", "until"}) {
      if (const std::string* value = call.target.Find(name)) next += "&" + std::string(name) + "=" + http::Encode(*value);
    }
    fhir::Element* parameter = changes.parameters.Add(changes.parameters.root, "parameter", true);
    changes.parameters.AddString(parameter, "name", "next");
    changes.parameters.AddString(parameter, "valueUri", next + "&_cursor=" + http::Encode(changes.next));
  }
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, fhir::json::Write(*changes.parameters.root)};
}

}  // namespace server::operations
