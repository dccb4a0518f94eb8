// The whole server without its sockets, over a store of its own that goes when it goes, or over one that is
// given: requests in, answers out.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "server/app.h"
#include "server/http/message.h"
#include "server/http/router.h"
#include "tests/support/store_switch.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {

class Served {
 public:
  // Over the store of options.data_dir (store_switch.h), or of an empty folder when it is empty.
  explicit Served(server::AppOptions options = {}) {
    if (options.data_dir.empty()) options.data_dir = folder_.path().string();
    if (options.postgres_url.empty()) options.postgres_url = StoreUrl(options.data_dir);
    auto app = server::OpenApp(options);
    if (!app) throw std::runtime_error(app.error().ToString());
    app_ = std::move(*app);
    router_ = std::make_unique<server::http::Router>(*app_);
  }

  // `target` as in a URL from the path on: "/fhir/Patient?name=a". A body goes as FHIR JSON.
  server::http::Response Do(std::string method, std::string target, std::string body = {}, const std::string& type = "application/fhir+json") {
    server::http::Request request{std::move(method), std::move(target), {{"Host", "localhost"}}, std::move(body), "test-request"};
    if (!request.body.empty()) request.headers.emplace_back("Content-Type", type);
    return router_->Handle(request);
  }
  server::App& app() { return *app_; }
  std::string data_dir() const { return folder_.path().string(); }
  const server::http::Router& router() { return *router_; }

 private:
  TempFolder folder_;
  std::unique_ptr<server::App> app_;
  std::unique_ptr<server::http::Router> router_;
};

}  // namespace careloom_test
