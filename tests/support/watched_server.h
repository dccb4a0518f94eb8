// A whole server for a test whose log is kept: requests over sockets in, answers out, and the lines that they left.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "server/app.h"
#include "server/http/access.h"
#include "server/http/edge.h"
#include "server/http/edge_figures.h"
#include "server/http/router.h"
#include "server/inbox/inbox.h"
#include "server/log/log.h"
#include "tests/support/http_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {

class WatchedServer {
 public:
  explicit WatchedServer(server::AppOptions options = {}) {
    const std::string path = folder_.path() / "log";
    descriptor_ = ::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    options.data_dir = folder_.path().string();
    options.log = std::make_shared<server::log::Log>(server::log::Log::Settings{.descriptor = descriptor_, .gather_ms = 0});
    auto opened = server::OpenApp(options);
    if (!opened) throw std::runtime_error(opened.error().ToString());
    app_ = *std::move(opened);
    router_ = std::make_unique<server::http::Router>(*app_);
    access_ = std::make_unique<server::http::Access>(*app_);
    server::http::EdgeOptions edge_options;
    edge_options.port = 0;
    edge_options.workers = 8;
    edge_options.body_bytes = app_->limits.body_bytes;
    edge_options.body_bytes_of = [this](const server::http::Request& head) { return router_->BodyBytes(head); };
    edge_options.on_answered = [this](const server::http::Request& request, const server::http::Response& answer, const server::http::Sent& sent) { access_->Answered(request, answer, sent); };
    auto started = server::http::Edge::Start(edge_options, [this](const server::http::Request& request) {
      return handler ? handler(request) : router_->Handle(request);
    });
    if (!started) throw std::runtime_error(started.error().ToString());
    edge_ = *std::move(started);
    app_->figures.push_back([this](server::metrics::Page& page) {
      access_->requests().AddTo(page);
      AddTo(page, edge_->figures());
    });
  }
  ~WatchedServer() { Stop(); }

  server::http::Response Do(const std::string& method, const std::string& target, const std::string& body = {}, server::http::Headers headers = {}) {
    if (!body.empty() && server::http::FindHeader(headers, "Content-Type").empty()) headers.emplace_back("Content-Type", "application/fhir+json");
    return Fetch(edge_->port(), method, target, headers, body);
  }
  std::string Send(std::string_view bytes) { return Exchange(edge_->port(), bytes); }
  server::App& app() { return *app_; }

  // Ends the server; all that it logged.
  std::string Stop() {
    edge_.reset();
    access_.reset();
    router_.reset();
    app_.reset();   // and with it the log
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
    return ReadFile(folder_.path() / "log");
  }

  std::function<server::http::Response(const server::http::Request&)> handler;   // set before the first request: in place of the routes

 private:
  TempFolder folder_;
  int descriptor_ = -1;
  std::unique_ptr<server::App> app_;
  std::unique_ptr<server::http::Router> router_;
  std::unique_ptr<server::http::Access> access_;
  std::unique_ptr<server::http::Edge> edge_;
};

}  // namespace careloom_test
