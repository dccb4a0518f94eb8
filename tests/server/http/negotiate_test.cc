// Accept, _format, Content-Type and Prefer.
#include "server/http/negotiate.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

struct Row {
  std::string_view accept, target, content_type;  // content type empty: 406
};

TEST(Negotiate, AcceptAndFormatChooseTheContentType) {
  const Row rows[] = {
      {"", "/", "application/fhir+json; charset=utf-8"},
      {"*/*", "/", "application/fhir+json; charset=utf-8"},
      {"application/json", "/", "application/json; charset=utf-8"},
      {"text/json", "/", "text/json; charset=utf-8"},
      {"Application/FHIR+JSON; fhirVersion=4.0", "/", "application/fhir+json; charset=utf-8"},
      {"application/fhir+json;fhirVersion=\"4.0\"", "/", "application/fhir+json; charset=utf-8"},
      {"application/fhir+json;fhirVersion=3.0", "/", ""},
      {"application/fhir+xml, application/json;q=0.5", "/", "application/json; charset=utf-8"},
      {"application/json;q=0.5, application/fhir+json;q=0.9", "/", "application/fhir+json; charset=utf-8"},
      {"application/json;q=0", "/", ""},
      {"text/html,application/xhtml+xml,*/*;q=0.8", "/", "application/fhir+json; charset=utf-8"},
      {"application/fhir+xml", "/", ""},
      {"text/html", "/", ""},
      {"application/fhir+xml", "/?_format=json", "application/fhir+json; charset=utf-8"},
      {"", "/?_format=application/fhir+json", "application/fhir+json; charset=utf-8"},
      {"", "/?_format=application/fhir%2Bjson", "application/fhir+json; charset=utf-8"},
      {"", "/?_format=application%2Ffhir json", "application/fhir+json; charset=utf-8"},
      {"", "/?_format=xml", ""},
      {"*/*", "/?_format=ttl", ""},
  };
  for (const Row& row : rows) {
    Request request;
    request.headers = {{"Accept", std::string(row.accept)}};
    const auto target = ParseTarget(row.target);
    ASSERT_TRUE(target.has_value());
    Wishes wishes;
    const auto refusal = Negotiate(request, *target, wishes);
    EXPECT_EQ(refusal.has_value(), row.content_type.empty()) << row.accept << " " << row.target;
    if (refusal) {
      EXPECT_EQ(refusal->status, 406);
    } else {
      EXPECT_EQ(wishes.content_type, row.content_type) << row.accept << " " << row.target;
    }
  }
}

TEST(Negotiate, PreferAndPrettyAreRead) {
  Request request;
  request.headers = {{"Prefer", "return=minimal; handling=lenient"}, {"prefer", "respond-async, return=OperationOutcome"}};
  const auto target = ParseTarget("/?_pretty=true");
  Wishes wishes;
  ASSERT_FALSE(Negotiate(request, *target, wishes).has_value());
  EXPECT_TRUE(wishes.pretty);
  EXPECT_EQ(wishes.returned, Return::kOperationOutcome);
  EXPECT_EQ(wishes.handling, Handling::kLenient);
}

TEST(ContentType, WhatIsNotFhirJsonInUtf8IsRefused) {
  const std::pair<std::string, bool> rows[] = {
      {"application/fhir+json", true},       {"application/fhir+json; charset=utf-8", true},
      {"application/json;charset=UTF-8", true}, {"text/json", true},
      {"application/fhir+xml", false},       {"text/csv", false},
      {"", false},                           {"application/fhir+json; charset=iso-8859-1", false},
      {"application/fhir+json; fhirVersion=3.0", false}, {"application/x-www-form-urlencoded", false},
  };
  for (const auto& [content_type, fits] : rows) {
    Request request;
    if (!content_type.empty()) request.headers = {{"Content-Type", content_type}};
    const auto refusal = CheckContentType(request, BodyType::kResource);
    EXPECT_EQ(!refusal, fits) << content_type;
    if (refusal) {
      EXPECT_EQ(refusal->status, 415);
    }
  }
}

}  // namespace
}  // namespace server::http
