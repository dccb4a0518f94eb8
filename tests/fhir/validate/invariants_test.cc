// All constraints of R4 are evaluated, but for a list of those that are not yet: it can only shrink.
#include "fhir/validate/invariants.h"

#include <gtest/gtest.h>

namespace fhir::validate {
namespace {

constexpr std::size_t kNotCompiledYet = 0;

TEST(Invariants, AllButTheKnownCompile) {
  const auto registry = schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  const Invariants invariants(**registry);
  for (const std::string& one : invariants.not_compiled()) std::printf("not compiled: %s\n", one.c_str());
  EXPECT_EQ(invariants.not_compiled().size(), kNotCompiledYet);
}

TEST(Invariants, AreFoundByTypeAndElement) {
  const auto registry = schema::Registry::LoadR4();
  ASSERT_TRUE(registry);
  const Invariants invariants(**registry);
  const schema::Type& patient = *(*registry)->FindType("Patient");
  EXPECT_NE(invariants.Of(patient), nullptr);
  EXPECT_NE(invariants.Of(*patient.Find("contact").definition), nullptr);
  EXPECT_EQ(invariants.Of(*patient.Find("gender").definition), nullptr);
}

}  // namespace
}  // namespace fhir::validate
