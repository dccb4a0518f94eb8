// What the server is run with, put together from a settings file and the command line. Nothing is read from the
// environment. The names are in settings_table.h, the syntax in settings_file.h.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/issue.h"
#include "server/app.h"
#include "server/http/edge.h"
#include "server/http/front.h"
#include "server/http/tls_identity.h"

namespace server::settings {

// A setting that the file or the command line gives.
struct Given {
  std::string text;
  std::string place;   // "file:line:column", or the flag
};

struct Settings {
  AppOptions app;
  http::EdgeOptions edge;
  http::FrontOptions front;
  http::TlsFiles tls;                                // empty: without TLS
  std::string admin_address;
  std::uint16_t admin_port = 0;                      // 0: no listener of its own for figures and health
  std::chrono::milliseconds review_every{0};         // 0: it is left to others
  std::map<std::string, Given, std::less<>> given;   // by name
};

// Can nobody but this machine reach a listener at that address? (An IP address.)
bool IsLoopback(const std::string& address);

// The defaults of the table, then the file's settings (none when `file` is empty), then the flags, each by its name on the
// command line ("--port"). What is wrong is in `findings`, each with its place, what was found and what is allowed; the
// result is to be used only when there are none.
Settings Load(const std::string& file, const std::vector<std::pair<std::string, std::string>>& flags, fhir::IssueSink& findings);

}  // namespace server::settings
