// The whole server without its sockets over a store that is given: what holds of HTTP is tried on every backend.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "server/app.h"
#include "server/http/router.h"
#include "server/log/log.h"
#include "tests/support/store_fixture.h"

namespace careloom_test {

class AppOverStore {
 public:
  explicit AppOverStore(std::unique_ptr<server::storage::Store> store, std::shared_ptr<TestPorts> ports) {
    app_.registry = SharedDefinitions().registry;
    app_.extractor = SharedDefinitions().extractor;
    app_.validator = std::make_unique<const fhir::validate::Validator>(*app_.registry);
    app_.log = std::make_shared<server::log::Log>(server::log::Log::Settings{.descriptor = -1});
    app_.now_us = [ports] { return ports->now_us.load(); };
    app_.store = std::move(store);
  }

  server::http::Response Do(const std::string& method, const std::string& target, const server::http::Headers& headers = {}, const std::string& body = {}) {
    server::http::Request request;
    request.method = method;
    request.target = target;
    request.headers = headers;
    request.headers.emplace_back("Host", "localhost");
    request.body = body;
    if (!body.empty()) request.headers.emplace_back("Content-Type", "application/fhir+json");
    return router_.Handle(request);
  }
  server::storage::Store& store() { return *app_.store; }

 private:
  server::App app_;
  server::http::Router router_{app_};
};

}  // namespace careloom_test
