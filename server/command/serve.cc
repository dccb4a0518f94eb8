// careloom serve: the FHIR server over a data folder, until SIGTERM or SIGINT.
#include <arpa/inet.h>

#include "adapters/catalogue.h"
#include "server/command/files.h"
#include "server/command/settings_use.h"
#include "server/command/store_use.h"
#include "server/http/edge.h"
#include "server/http/router.h"
#include "server/inbox/inbox.h"

namespace server::command {
namespace {

bool IsLoopback(const std::string& host) {
  in_addr address{};
  return host == "localhost" || host == "::1" || (inet_pton(AF_INET, host.c_str(), &address) == 1 && host.starts_with("127."));
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  if (arguments.Has("--postgres")) return Fail(terminal, "serve", OpenStore(arguments).error());
  auto settings = ReadSettings(arguments, terminal, "serve");
  if (!settings) return Exit::kWrongUse;
  // Nobody is asked who they are yet, so nobody but this machine may ask.
  if (!IsLoopback(settings->edge.address)) {
    Say(terminal.err, "serve: " + settings->given["listen.address"].place + ": " + settings->edge.address +
                          " would let other machines in, and there is no authentication yet; use 127.0.0.1, or a proxy that authenticates");
    return Exit::kWrongUse;
  }
  // Maps that do not compile are said now, not when the first message comes.
  for (const adapters::AdapterDescriptor& adapter : adapters::Catalogue()) {
    if (settings->app.mappings_dir.empty()) break;
    if (const auto opened = inbox::OpenAdapter(adapter.name, settings->app.mappings_dir); !opened) return Fail(terminal, "serve", opened.error());
  }
  settings->app.on_store_failed = [] { http::StopServing(); };
  auto app = OpenApp(settings->app);
  if (!app) return Fail(terminal, "serve", app.error());
  const http::Router router(**app);
  http::EdgeOptions& edge_options = settings->edge;
  edge_options.body_bytes = (*app)->limits.body_bytes;
  edge_options.body_bytes_of = [&router](const http::Request& head) { return router.BodyBytes(head); };
  auto edge = http::Edge::Start(edge_options, [&router](const http::Request& request) { return router.Handle(request); });
  if (!edge) return Fail(terminal, "serve", edge.error());
  const std::string shown_host = edge_options.address.find(':') == std::string::npos ? edge_options.address : "[" + edge_options.address + "]";
  Say(terminal.err, "Careloom serves http://" + shown_host + ":" + std::to_string((*edge)->port()) + "/fhir from " + settings->app.data_dir);
  (*app)->inbox->Start();
  http::WaitForStop();
  const bool failed = (*app)->store_failed;
  Say(terminal.err, failed ? "Careloom stops: the disk failed, and only a new start can tell what was stored" : "Careloom stops");
  return failed ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Serve() {
  std::vector<Parameter> parameters = SettingsParameters();
  parameters.push_back(PostgresParameter());
  return {.name = "serve",
          .summary = "Serve FHIR R4 over HTTP on this machine",
          .example = "careloom serve --port 8080 --data build/data",
          .parameters = std::move(parameters),
          .run = Run};
}

}  // namespace server::command
