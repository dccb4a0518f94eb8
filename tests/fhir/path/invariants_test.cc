// The standard's own invariants as FHIRPath: all compile, and over its own examples none fails to evaluate
// or answers false where the example is right.
#include <map>
#include <set>

#include "fhir/json/reader.h"
#include "fhir/path/expression.h"
#include "fhir/path/scalar.h"
#include "tests/support/shared_data.h"

namespace {

using fhir::path::Expression;

struct Invariants {
  const fhir::schema::Registry& registry;
  std::map<std::string_view, Expression> compiled;
  std::set<std::string> broken;
  std::map<std::string, std::string> failed;
  std::size_t evaluated = 0;

  void Check(std::string_view key, const fhir::Element& element) {
    const fhir::schema::Constraint* constraint = registry.FindConstraint(key);
    if (!constraint || constraint->expression.empty()) return;
    auto at = compiled.find(key);
    if (at == compiled.end()) {
      auto expression = Expression::Compile(constraint->expression, registry);
      if (!expression) {
        failed[std::string(key)] = expression.error().ToString();
        return;
      }
      at = compiled.emplace(key, std::move(*expression)).first;
    }
    ++evaluated;
    const auto answer = at->second.Evaluate(element);
    if (!answer) {
      failed[std::string(key)] = fhir::PathOf(element) + ": " + answer.error().ToString();
    } else if (constraint->is_error && !answer->empty() && fhir::path::ToScalar((*answer)[0])->text == "false") {
      broken.insert(std::string(key));
    }
  }

  void Walk(const fhir::Element& element) {
    if (element.type) {
      for (std::string_view key : element.type->constraints) Check(key, element);
    }
    if (element.definition) {
      for (std::string_view key : element.definition->constraints) Check(key, element);
    }
    for (const fhir::Element& child : fhir::Children(element)) Walk(child);
  }
};

TEST(FhirPathInvariants, OfTheStandardEvaluateOverItsExamples) {
  REQUIRE_SHARED_DATA("r4-examples/json");
  const auto registry = fhir::schema::Registry::LoadR4();
  ASSERT_TRUE(registry.has_value());
  Invariants invariants{**registry, {}, {}, {}};
  for (const auto& file : std::filesystem::directory_iterator(careloom_test::SharedData("r4-examples/json"))) {
    if (std::filesystem::file_size(file) > 60'000) continue;
    auto read = fhir::json::Read(careloom_test::ReadFile(file.path()));
    ASSERT_TRUE(read.has_value()) << file.path();
    fhir::schema::Bind(*read->root, **registry);
    invariants.Walk(*read->root);
  }
  for (const auto& [key, why] : invariants.failed) ADD_FAILURE() << key << " " << why;
  // Three examples have an empty narrative; que-7 says "is Boolean" of what is a boolean of FHIR.
  EXPECT_EQ(invariants.broken, (std::set<std::string>{"que-7", "txt-1", "txt-2"}));
  EXPECT_GT(invariants.evaluated, 10'000u);
}

}  // namespace
