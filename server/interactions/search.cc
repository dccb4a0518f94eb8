// search of a type, by GET and by POST _search: one page of stored bytes in a searchset.
#include "server/search/parse.h"

#include <algorithm>

#include "server/app.h"
#include "server/http/bundle_writer.h"
#include "server/http/error_response.h"
#include "server/interactions/handlers.h"
#include "server/interactions/parameters.h"
#include "server/interactions/reading.h"
#include "server/log/log.h"
#include "server/search/names.h"

namespace server::interactions {
namespace {

// `raw` without the parameters that the type does not have; they are named in `issues`.
fhir::Result<std::string> WithoutUnknown(const http::Call& call, std::string_view raw, fhir::IssueSink& issues) {
  std::string kept;
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find('&', at), raw.size());
    const std::string_view piece = raw.substr(at, end - at);
    at = end + 1;
    TRY_ASSIGN(const std::string name, http::Decode(piece.substr(0, piece.find('=')), http::PlusSign::kPlus));
    const std::string code = name.substr(0, name.find_first_of(":."));
    if (name.starts_with("_") || call.app.extractor->Find(call.type, code)) {
      kept += (kept.empty() ? "" : "&") + std::string(piece);
    } else if (!piece.empty()) {
      issues.Report(fhir::Severity::kWarning, "not-supported", call.type + " has no search parameter '" + code + "'; it was passed over, as Prefer: handling=lenient asks.");
    }
  }
  return kept;
}

Answer RunSearch(const http::Call& call, std::string_view raw) {
  if (call.app.log->is_on()) call.note.parameters = search::ParameterNames(call.type, raw, *call.app.registry, *call.app.extractor);
  fhir::IssueSink issues;
  std::string kept;
  if (call.wishes.handling == http::Handling::kLenient) {
    TRY_ASSIGN(kept, WithoutUnknown(call, raw, issues));
    raw = kept;
  }
  search::ParseOptions options;
  options.default_count = call.app.limits.page_entries;
  options.max_count = call.app.limits.most_page_entries;
  TRY_ASSIGN(const search::Query query, search::ParseQuery(call.type, raw, *call.app.registry, *call.app.extractor, options));
  TRY_ASSIGN(const Reading reading, Reading::Open(call));
  TRY_ASSIGN(const storage::SearchPage page, reading->Search(query));
  std::string first = call.base + "/" + call.type;
  const std::string parameters = query.self + FormatSuffix(call);
  if (!parameters.empty()) first += "?" + (parameters[0] == '&' ? parameters.substr(1) : parameters);
  const auto at = [&](const std::string& cursor) { return first + (parameters.empty() ? "?" : "&") + "_cursor=" + http::Encode(cursor); };
  http::BundleWriter bundle("searchset");
  if (page.total) bundle.Total(*page.total);
  bundle.Link("self", query.cursor.empty() ? first : at(query.cursor));
  bundle.Link("first", first);
  if (!page.next_cursor.empty()) bundle.Link("next", at(page.next_cursor));
  for (const storage::SearchEntry& entry : page.entries) bundle.SearchEntry(call.base, entry);
  if (!issues.empty()) bundle.OutcomeEntry(http::ToOperationOutcome(issues));
  return http::Response{200, {{"Content-Type", std::string(http::kFhirJson)}}, std::move(bundle).Finish()};
}

}  // namespace

Answer Search(const http::Call& call) { return RunSearch(call, call.target.query); }

Answer SearchByPost(const http::Call& call) {
  if (call.request.body.empty()) return RunSearch(call, call.target.query);
  if (auto refusal = http::CheckContentType(call.request, http::BodyType::kForm)) return *std::move(refusal);
  std::string raw(call.target.query);
  if (!raw.empty()) raw += '&';
  for (const char c : call.request.body) raw += c == '+' ? "%20" : std::string(1, c);  // a form's plus is a space
  return RunSearch(call, raw);
}

}  // namespace server::interactions
