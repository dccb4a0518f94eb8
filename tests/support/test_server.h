// A whole server for a test: an empty store in a folder of its own, the routes, a listener on a free port.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>

#include "server/app.h"
#include "server/http/edge.h"
#include "server/http/front.h"
#include "server/http/router.h"

namespace careloom_test {

class TestServer {
 public:
  // Null members and `error` filled when it cannot start.
  explicit TestServer(server::Limits limits = {}, server::http::FrontOptions front_options = {}, server::http::EdgeOptions edge_options = {},
                      const std::string& postgres_url = {}) {
    std::string pattern = (std::filesystem::temp_directory_path() / "careloom-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) {
      error = "no temporary folder";
      return;
    }
    folder_ = pattern;
    server::AppOptions options;
    options.data_dir = pattern;
    options.postgres_url = postgres_url;
    options.limits = limits;
    auto opened = server::OpenApp(options);
    if (!opened) {
      error = opened.error().ToString();
      return;
    }
    app = *std::move(opened);
    router = std::make_unique<server::http::Router>(*app);
    front = std::make_unique<server::http::Front>(*router, std::move(front_options));
    edge_options.refuse_head = [this](server::http::Request& head) { return front->RefuseHead(head); };
    edge_options.port = 0;
    edge_options.workers = 16;
    edge_options.body_bytes = limits.body_bytes;
    auto started = server::http::Edge::Start(edge_options, [this](const server::http::Request& request) { return front->Handle(request); });
    if (!started) {
      error = started.error().ToString();
      return;
    }
    edge = *std::move(started);
  }
  ~TestServer() {
    edge.reset();
    front.reset();
    router.reset();
    app.reset();
    std::error_code ignored;
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  }
  std::uint16_t port() const { return edge->port(); }

  std::unique_ptr<server::App> app;
  std::unique_ptr<server::http::Router> router;
  std::unique_ptr<server::http::Front> front;
  std::unique_ptr<server::http::Edge> edge;
  std::string error;

 private:
  std::filesystem::path folder_;
};

}  // namespace careloom_test
