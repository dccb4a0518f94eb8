// Lines of requests.
#include "server/http/access.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "server/http/route.h"
#include "server/log/log.h"

namespace server::http {
namespace {

using log::Line;

// A method is as free a text as any other part of a request.
std::string_view KnownMethod(std::string_view method) {
  static constexpr std::array<std::string_view, 7> kMethods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  const auto known = std::ranges::find(kMethods, method);
  return known == kMethods.end() ? std::string_view("?") : *known;
}

// The caller's trace; one of ours when it names none, or several.
std::string TraceOf(const Headers& headers, log::TraceIds& ids) {
  std::string_view trace;
  int count = 0;
  for (const auto& [name, value] : headers) {
    if (!std::ranges::equal(name, std::string_view("traceparent"), {}, [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; })) continue;
    ++count;
    trace = log::ParseTraceParent(value);
  }
  return count == 1 && !trace.empty() ? std::string(trace) : ids.Next();
}

// What both lines have in common.
Line Begin(log::Level level, std::string_view event, const Request& request, const Note& note, std::string_view trace) {
  Line line(level, event);
  line.Add("request", request.id).Add("trace", trace).Add("method", KnownMethod(request.method));
  line.Add("route", note.route ? note.route->code : std::string_view("none")).AddIf("pattern", note.route ? note.route->pattern : std::string_view());
  line.AddIf("type", note.type).AddIf("parameters", note.parameters);
  return line;
}

}  // namespace

void Access::Answered(const Request& request, const Response& answer, const Sent& sent) {
  if (!app_.log->is_on()) return;
  const Note& note = answer.note;
  const std::string trace = TraceOf(request.headers, trace_ids_);
  Line line = Begin(answer.status >= 500 && answer.status != 501 ? log::Level::kError : log::Level::kInfo, "request", request, note, trace);
  line.Add("status", answer.status).Add("bytes_in", static_cast<std::int64_t>(sent.bytes_in)).Add("bytes_out", static_cast<std::int64_t>(sent.bytes_out));
  line.Add("duration_us", sent.duration_us);
  if (answer.status >= 400) line.Add("error", note.error.empty() ? std::string_view("processing") : std::string_view(note.error)).AddIf("detail", note.detail);
  if (!sent.complete) line.Add("sent", "cut");
  app_.log->Write(std::move(line));
  if (note.duration_us < app_.watch.slow_us) return;
  Line slow = Begin(log::Level::kWarning, "slow", request, note, trace);
  slow.AddIf("visited", note.visited).Add("duration_us", note.duration_us);
  app_.log->Write(std::move(slow));
}

}  // namespace server::http
