// Errors and findings as OperationOutcome.
#include "server/http/error_response.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

TEST(ErrorResponse, CarriesTextAndPathButNeverTheDetail) {
  const auto answer = ErrorResponse(fhir::Error(fhir::ErrorKind::kUnprocessable, "Say \"when\".").At("Patient.birthDate").WithDetail("secret"));
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body,
            R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"processing","diagnostics":"Say \"when\".","expression":["Patient.birthDate"]}]})");
}

TEST(ErrorResponse, InternalErrorsSayNothingOfUs) {
  const auto answer = ErrorResponse(fhir::Error(fhir::ErrorKind::kInternal, "table versions is gone").WithDetail("disk I/O error"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("versions"), std::string::npos);
  EXPECT_EQ(answer.body.find("disk"), std::string::npos);
  EXPECT_NE(answer.body.find(R"("severity":"fatal")"), std::string::npos);
}

TEST(ErrorResponse, FindingsOverTheLimitAreCounted) {
  fhir::IssueSink sink(1);
  sink.Report(fhir::Severity::kError, "required", "One.", "Patient.a");
  sink.Report(fhir::Severity::kError, "required", "Two.", "Patient.b");
  const std::string outcome = ToOperationOutcome(sink);
  EXPECT_NE(outcome.find("One."), std::string::npos);
  EXPECT_NE(outcome.find("1 further issues"), std::string::npos);
}

}  // namespace
}  // namespace server::http
