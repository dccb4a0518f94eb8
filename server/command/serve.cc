// careloom serve: the FHIR server over a data folder, until SIGTERM or SIGINT.
#include <arpa/inet.h>

#include <charconv>

#include "adapters/catalogue.h"
#include "server/command/adapter_use.h"
#include "server/command/files.h"
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
  const std::string& host = arguments.Get("--host");
  const std::string& port = arguments.Get("--port");
  // Nobody is asked who they are yet, so nobody but this machine may ask.
  if (!IsLoopback(host)) {
    Say(terminal.err, "serve: --host " + host + " would let other machines in, and there is no authentication yet; use 127.0.0.1, or a proxy that authenticates");
    return Exit::kWrongUse;
  }
  http::EdgeOptions edge_options;
  edge_options.address = host == "localhost" ? "127.0.0.1" : host;
  const auto read = std::from_chars(port.data(), port.data() + port.size(), edge_options.port);
  if (read.ec != std::errc() || read.ptr != port.data() + port.size()) {
    Say(terminal.err, "serve: --port '" + port + "' is not a port; use a number from 0 (any free one) to 65535");
    return Exit::kWrongUse;
  }
  // Maps that do not compile are said now, not when the first message comes.
  for (const adapters::AdapterDescriptor& adapter : adapters::Catalogue()) {
    if (!arguments.Has("--mappings")) break;
    if (const auto opened = inbox::OpenAdapter(adapter.name, arguments.Get("--mappings")); !opened) return Fail(terminal, "serve", opened.error());
  }
  auto app = OpenStore(arguments, false, [] { http::StopServing(); });
  if (!app) return Fail(terminal, "serve", app.error());
  const http::Router router(**app);
  edge_options.body_bytes = (*app)->limits.body_bytes;
  edge_options.body_bytes_of = [&router](const http::Request& head) { return router.BodyBytes(head); };
  auto edge = http::Edge::Start(edge_options, [&router](const http::Request& request) { return router.Handle(request); });
  if (!edge) return Fail(terminal, "serve", edge.error());
  const std::string shown_host = edge_options.address.find(':') == std::string::npos ? edge_options.address : "[" + edge_options.address + "]";
  Say(terminal.err, "Careloom serves http://" + shown_host + ":" + std::to_string((*edge)->port()) + "/fhir from " + arguments.Get("--data"));
  (*app)->inbox->Start();
  http::WaitForStop();
  const bool failed = (*app)->store_failed;
  Say(terminal.err, failed ? "Careloom stops: the disk failed, and only a new start can tell what was stored" : "Careloom stops");
  return failed ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Serve() {
  return {.name = "serve",
          .summary = "Serve FHIR R4 over HTTP on this machine",
          .example = "careloom serve --port 8080 --data build/data",
          .parameters = {DataParameter(),
                         PostgresParameter(),
                         {.name = "--port", .value = "N", .help = "port to listen on; 0 takes any free one", .fallback = "8080"},
                         {.name = "--host", .value = "ADDRESS", .help = "loopback address to listen on", .fallback = "127.0.0.1"},
                         MappingsParameter(),
                         {.name = "--base-url", .value = "URL", .help = "what links begin with, when a proxy stands in front: https://host/fhir"}},
          .run = Run};
}

}  // namespace server::command
