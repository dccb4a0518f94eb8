// A whole server without its sockets on either store, for what has to hold on both.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "fhir/json/reader.h"
#include "tests/support/postgres_cluster.h"
#include "tests/support/served.h"

namespace careloom_test {

class EitherStore : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (GetParam() && !PostgresCluster::Shared()) GTEST_SKIP() << "PostgreSQL 15 is not installed";
    server::AppOptions options;
    options.data_dir = folder_.path().string();
    if (GetParam()) options.postgres_url = PostgresUrlFor(folder_.path());
    served_ = std::make_unique<Served>(options);
  }
  // Stores it under its own id; anything but 200 and 201 fails the test.
  void Put(const std::string& path, const std::string& json) {
    const auto answer = served_->Do("PUT", "/fhir/" + path, json);
    ASSERT_TRUE(answer.status == 200 || answer.status == 201) << answer.status << " " << answer.body;
  }
  std::int64_t Count(const std::string& search) {
    const auto answer = served_->Do("GET", "/fhir/" + search + (search.find('?') == std::string::npos ? "?" : "&") + "_summary=count");
    const auto bundle = fhir::json::Read(answer.body);
    return answer.status == 200 && bundle ? std::stoll(std::string(bundle->root->ValueOf("total"))) : -1;
  }

  TempFolder folder_;
  std::unique_ptr<Served> served_;
};

inline std::string StoreName(const testing::TestParamInfo<bool>& info) { return info.param ? "Postgres" : "Sqlite"; }

}  // namespace careloom_test
