// Lines of requests.
#include "server/http/access.h"

#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "server/http/route.h"
#include "server/interactions/catalogue.h"
#include "server/log/log.h"
#include "server/operations/catalogue.h"

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

std::array<std::span<const Route>, 2> Catalogues() { return {interactions::Catalogue(), operations::Catalogue()}; }

// The codes of all routes, each once, in the order of the catalogues.
std::vector<std::string> Codes() {
  std::vector<std::string> codes;
  for (const std::span<const Route> catalogue : Catalogues()) {
    for (const Route& route : catalogue) {
      if (std::ranges::find(codes, route.code) == codes.end()) codes.emplace_back(route.code);
    }
  }
  return codes;
}

std::vector<std::size_t> Numbers() {
  const std::vector<std::string> codes = Codes();
  std::vector<std::size_t> numbers;
  for (const std::span<const Route> catalogue : Catalogues()) {
    for (const Route& route : catalogue) numbers.push_back(static_cast<std::size_t>(std::ranges::find(codes, route.code) - codes.begin()));
  }
  return numbers;
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

Access::Access(const App& app) : app_(app), numbers_(Numbers()), requests_(Codes()) {}

// The catalogues stand in memory in one piece each.
std::size_t Access::NumberOf(const Route* route) const {
  std::size_t first = 0;
  for (const std::span<const Route> catalogue : Catalogues()) {
    const std::less<const Route*> is_before;
    if (route && !is_before(route, catalogue.data()) && is_before(route, catalogue.data() + catalogue.size())) return numbers_[first + static_cast<std::size_t>(route - catalogue.data())];
    first += catalogue.size();
  }
  return metrics::Requests::kNone;
}

void Access::Answered(const Request& request, const Response& answer, const Sent& sent) {
  requests_.Count(NumberOf(answer.note.route), request.method, answer.status, sent.duration_us, sent.bytes_in, sent.bytes_out);
  if (app_.log->is_on()) Log(request, answer, sent);
}

void Access::Log(const Request& request, const Response& answer, const Sent& sent) {
  const Note& note = answer.note;
  const std::string trace = TraceOf(request.headers, trace_ids_);
  Line line = Begin(answer.status >= 500 && answer.status != 501 ? log::Level::kError : log::Level::kInfo, "request", request, note, trace);
  line.AddIf("client", request.client).Add("status", answer.status).Add("bytes_in", static_cast<std::int64_t>(sent.bytes_in)).Add("bytes_out", static_cast<std::int64_t>(sent.bytes_out));
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
