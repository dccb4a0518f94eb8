// Which names of a search may be shown, and that nothing else is.
#include "server/search/names.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/store_fixture.h"

namespace server::search {
namespace {

std::string NamesOf(std::string_view type, std::string_view raw) {
  const careloom_test::Definitions& definitions = careloom_test::SharedDefinitions();
  return ParameterNames(type, raw, *definitions.registry, *definitions.extractor);
}

TEST(ParameterNames, KnownNamesAndModifiersAreShownInOrder) {
  EXPECT_EQ(NamesOf("Patient", "name=Ada&birthdate=ge2000&_count=3"), "name,birthdate,_count");
  EXPECT_EQ(NamesOf("Patient", "family:exact=Ash&identifier=https://x%7C9990000018"), "family:exact,identifier");
  EXPECT_EQ(NamesOf("Observation", "subject:Patient.birthdate=2000&patient.identifier=9990000018"), "subject:Patient.birthdate,patient.identifier");
  EXPECT_EQ(NamesOf("Observation", "subject%3APatient=1&subject:identifier=x"), "subject:Patient,subject:identifier");
  EXPECT_EQ(NamesOf("Patient", ""), "");
}

TEST(ParameterNames, WhatR4DoesNotHaveIsAQuestionMark) {
  const std::pair<std::string_view, std::string_view> rows[] = {
      {"9990000018=x", "?"},
      {"9990000018", "?"},
      {"identifier:9990000018=x", "identifier:?"},
      {"name.9990000018=x", "name.?"},
      {"name:exact:Ada=x", "name:?"},
      {"general-practitioner:Ada.name=x", "general-practitioner:?"},
      {"general-practitioner.Ada=x", "general-practitioner.?"},
      {"general-practitioner:Organization.Ada.name=x", "general-practitioner:Organization.?"},
      {"_has:Observation:patient:Ada=x", "_has:?"},
      {"%FF=1", "?"},
      {"na%0Ame=1", "?"},
      {"=Ada", "?"},
      {".=Ada", "?"},
      {"Name=Ada", "?"},
  };
  for (const auto& [raw, wanted] : rows) EXPECT_EQ(NamesOf("Patient", raw), wanted) << raw;
}

TEST(ParameterNames, TheListIsBounded) {
  std::string raw;
  for (int i = 0; i < 1000; ++i) raw += "name=x&";
  EXPECT_LT(NamesOf("Patient", raw).size(), 100u);
}

}  // namespace
}  // namespace server::search
