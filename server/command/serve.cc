// careloom serve: the FHIR server over a data folder, until SIGTERM or SIGINT.
#include <arpa/inet.h>
#include <unistd.h>

#include <cstdlib>

#include "adapters/catalogue.h"
#include "server/command/files.h"
#include "server/command/settings_use.h"
#include "server/http/access.h"
#include "server/http/edge.h"
#include "server/http/front.h"
#include "server/http/router.h"
#include "server/inbox/inbox.h"
#include "server/log/log.h"

namespace server::command {
namespace {

// Of an address that the settings have read as one.
bool IsLoopback(const std::string& address) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

// An event for the log, and the same words for a person who looks on.
void Tell(log::Log& log, const Terminal& terminal, log::Level level, std::string_view event, const std::string& words) {
  if (::isatty(::fileno(terminal.err)) == 1) Say(terminal.err, words);
  log::Line line(level, event);
  log.Write(line.Add("text", words).Add("version", kSoftwareVersion));
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  auto settings = ReadSettings(arguments, terminal, "serve");
  if (!settings) return Exit::kWrongUse;
  if (!IsLoopback(settings->edge.address)) {
    Say(terminal.err, "serve: " + settings->given["listen.address"].place + ": " + settings->edge.address +
                          " would let other machines in, and that is not done without TLS, which is not there yet; use 127.0.0.1");
    return Exit::kWrongUse;
  }
  // Maps that do not compile are said now, not when the first message comes.
  for (const adapters::AdapterDescriptor& adapter : adapters::Catalogue()) {
    if (settings->app.mappings_dir.empty()) break;
    if (const auto opened = inbox::OpenAdapter(adapter.name, settings->app.mappings_dir); !opened) return Fail(terminal, "serve", opened.error());
  }
  http::CatchStopSignals();
  const auto log = std::make_shared<log::Log>(log::Log::Settings{.descriptor = ::fileno(terminal.err)});
  settings->app.log = log;
  settings->app.on_store_failed = [] { http::StopServing(); };
  auto app = OpenApp(settings->app);
  if (!app) return Fail(terminal, "serve", app.error());
  const http::Router router(**app);
  http::EdgeOptions& edge_options = settings->edge;
  edge_options.body_bytes = (*app)->limits.body_bytes;
  edge_options.body_bytes_of = [&router](const http::Request& head) { return router.BodyBytes(head); };
  http::Front front(router, settings->front);
  edge_options.refuse_head = [&front](http::Request& head) { return front.RefuseHead(head); };
  http::Access access(**app);
  edge_options.on_answered = [&access](const http::Request& request, const http::Response& answer, const http::Sent& sent) { access.Answered(request, answer, sent); };
  auto edge = http::Edge::Start(edge_options, [&front](const http::Request& request) { return front.Handle(request); });
  if (!edge) return Fail(terminal, "serve", edge.error());
  const std::string shown_host = edge_options.address.find(':') == std::string::npos ? edge_options.address : "[" + edge_options.address + "]";
  const std::string where = settings->app.postgres_url.empty() ? settings->app.data_dir : "PostgreSQL";
  Tell(*log, terminal, log::Level::kInfo, "listening", "Careloom serves http://" + shown_host + ":" + std::to_string((*edge)->port()) + "/fhir from " + where);
  (*app)->inbox->Start();
  http::WaitForStop();
  const bool failed = (*app)->store_failed;
  Tell(*log, terminal, failed ? log::Level::kError : log::Level::kInfo, "stopping",
       failed ? "Careloom stops: the disk failed, and only a new start can tell what was stored" : "Careloom stops");
  if (!(*edge)->Stop()) {
    // What still runs cannot be waited for; to the store it is as a kill, and nothing acknowledged is lost.
    Tell(*log, terminal, log::Level::kError, "cut-off", "Requests were cut off that took longer to finish than the server may take to stop; what they did is not known");
    std::_Exit(static_cast<int>(Exit::kFindings));
  }
  return failed ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Serve() {
  return {.name = "serve",
          .summary = "Serve FHIR R4 over HTTP on this machine",
          .example = "careloom serve --port 8080 --data build/data",
          .parameters = SettingsParameters(),
          .run = Run};
}

}  // namespace server::command
