// What the commands print, where, and how they end.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "server/storage/sha256.h"
#include "tests/server/command/ran.h"
#include "tests/support/shared_data.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

using server::command::Exit;

TEST(ConvertCommand, WritesCanonicalJsonAndSaysWhereInputIsWrong) {
  const Ran done = RunCommand("convert", {{"FILE", "-"}}, "{ \"id\" : \"a\", \"resourceType\":\"Patient\" }");
  EXPECT_EQ(done.exit, Exit::kDone);
  EXPECT_EQ(done.out, "{\"resourceType\":\"Patient\",\"id\":\"a\"}\n");
  EXPECT_EQ(done.err, "");
  const Ran wrong = RunCommand("convert", {{"FILE", "-"}}, R"({"resourceType":"Patient","id":""})");
  EXPECT_EQ(wrong.exit, Exit::kFindings);
  EXPECT_EQ(wrong.out, "");
  EXPECT_NE(wrong.err.find("Patient.id"), std::string::npos) << wrong.err;
}

TEST(ConvertCommand, NamesAFileThatIsNotThereAndAFormatItDoesNotHave) {
  const Ran absent = RunCommand("convert", {{"FILE", "/nowhere/patient.json"}});
  EXPECT_EQ(absent.exit, Exit::kWrongUse);
  EXPECT_NE(absent.err.find("/nowhere/patient.json"), std::string::npos) << absent.err;
  const Ran xml = RunCommand("convert", {{"FILE", "-"}, {"--to", "xml"}}, "{}");
  EXPECT_EQ(xml.exit, Exit::kWrongUse);
  EXPECT_NE(xml.err.find("not supported"), std::string::npos) << xml.err;
}

TEST(AdaptCommand, NamesTheAdaptersThereAreAndAMappingsFolderThatIsNone) {
  const Ran unknown = RunCommand("adapt", {{"ADAPTER", "telex"}, {"FILE", "-"}}, "{}");
  EXPECT_EQ(unknown.exit, Exit::kWrongUse);
  EXPECT_NE(unknown.err.find("gp-connect"), std::string::npos) << unknown.err;
  const Ran folder = RunCommand("adapt", {{"ADAPTER", "gp-connect"}, {"FILE", "-"}, {"--mappings", "/nowhere"}}, "{}");
  EXPECT_EQ(folder.exit, Exit::kWrongUse);
  EXPECT_NE(folder.err.find("/nowhere"), std::string::npos) << folder.err;
}

TEST(ValidateCommand, PrintsAnOutcomeAndEndsWithFindings) {
  const Ran valid = RunCommand("validate", {{"FILE", "-"}}, R"({"resourceType":"Patient","gender":"female"})");
  EXPECT_EQ(valid.exit, Exit::kDone) << valid.err;
  EXPECT_NE(valid.out.find("OperationOutcome"), std::string::npos);
  const Ran wrong = RunCommand("validate", {{"FILE", "-"}}, R"({"resourceType":"Patient","gender":"girl"})");
  EXPECT_EQ(wrong.exit, Exit::kFindings);
  EXPECT_NE(wrong.out.find("Patient.gender"), std::string::npos) << wrong.out;
  EXPECT_EQ(RunCommand("validate", {{"FILE", "-"}}, "{").exit, Exit::kFindings);
  EXPECT_EQ(RunCommand("validate", {{"FILE", "-"}, {"--profile", "http://p"}}, "{}").exit, Exit::kWrongUse);
}

TEST(FhirPathCommand, PrintsOneJsonArrayOfResults) {
  const std::string patient = R"({"resourceType":"Patient","active":true,"name":[{"given":["A","B\""]},{"family":"C"}],"multipleBirthInteger":2})";
  const auto results = [&](const std::string& expression) { return RunCommand("fhirpath", {{"EXPR", expression}, {"FILE", "-"}}, patient).out; };
  EXPECT_EQ(results("Patient.name.given"), "[\"A\",\"B\\\"\"]\n");
  EXPECT_EQ(results("active | multipleBirth | 1.50 | @2020-01"), "[true,2,1.50,\"2020-01\"]\n");
  EXPECT_EQ(results("name[1]"), "[{\"family\":\"C\"}]\n");
  EXPECT_EQ(results("4 'mg'"), "[{\"value\":4,\"unit\":\"mg\"}]\n");
  EXPECT_EQ(results("contact"), "[]\n");
}

TEST(FhirPathCommand, SaysWhereAnExpressionIsWrong) {
  const Ran wrong = RunCommand("fhirpath", {{"EXPR", "name.where("}, {"FILE", "-"}}, R"({"resourceType":"Patient","id":"a"})");
  EXPECT_EQ(wrong.exit, Exit::kFindings);
  EXPECT_NE(wrong.err.find("column"), std::string::npos) << wrong.err;
  EXPECT_EQ(RunCommand("fhirpath", {{"EXPR", "name"}}).exit, Exit::kWrongUse);
}

class TransformCommand : public testing::Test {
 protected:
  // Runs the map (after a header) over a Patient.
  Ran Transform(const std::string& rule) {
    const std::string map = (folder_.path() / "m.map").string();
    std::ofstream(map) << "map \"http://example.org/m\" = \"m\"\n"
                          "uses \"http://hl7.org/fhir/StructureDefinition/Patient\" alias Patient as source\n"
                          "uses \"http://hl7.org/fhir/StructureDefinition/Basic\" alias Basic as target\n"
                          "group Main(source src : Patient, target tgt : Basic) {\n" + rule + "\n}\n";
    return RunCommand("transform", {{"MAP", map}, {"FILE", "-"}}, R"({"resourceType":"Patient","id":"a","birthDate":"1970-05-01"})");
  }

  TempFolder folder_;
};

TEST_F(TransformCommand, PrintsWhatTheMapMakes) {
  const Ran done = Transform("src.id -> tgt.id; src.birthDate as b -> tgt.created = b;");
  EXPECT_EQ(done.exit, Exit::kDone) << done.err;
  EXPECT_EQ(done.out, "{\"resourceType\":\"Basic\",\"id\":\"a\",\"created\":\"1970-05-01\"}\n");
}

TEST_F(TransformCommand, SaysWhereTheMapIsWrong) {
  const Ran wrong = Transform("src.id -> tgt.id = ;");
  EXPECT_EQ(wrong.exit, Exit::kFindings);
  EXPECT_NE(wrong.err.find("m.map:5:"), std::string::npos) << wrong.err;
  EXPECT_EQ(wrong.out, "");
}

TEST(ServeCommand, LetsNobodyInFromOutsideWithoutTlsAndAClient) {
  for (const char* host : {"0.0.0.0", "192.168.0.1", "::", "::ffff:192.168.0.1", "127.0.0.1.example.org", "localhost.example.org"}) {
    const Ran refused = RunCommand("serve", {{"--host", host}, {"--data", "/nowhere"}});
    EXPECT_EQ(refused.exit, Exit::kWrongUse) << host;
    EXPECT_NE(refused.err.find("--host: "), std::string::npos) << refused.err;
  }
  EXPECT_EQ(RunCommand("serve", {{"--port", "70000"}}).exit, Exit::kWrongUse);
  EXPECT_EQ(RunCommand("serve", {{"--postgres", "postgresql://localhost:notaport/careloom"}}).exit, Exit::kWrongUse);
}

TEST(ClientCommand, MakesASecretThatItsLineLetsIn) {
  const Ran made = RunCommand("client", {{"NAME", "practice-a"}}), again = RunCommand("client", {{"NAME", "practice-a"}});
  ASSERT_EQ(made.exit, Exit::kDone);
  EXPECT_NE(made.out, again.out);
  const std::string start = "client.practice-a.secret-sha256 = ";
  ASSERT_TRUE(made.out.starts_with(start)) << made.out;
  ASSERT_EQ(made.out.size(), start.size() + 64 + 1);
  const std::size_t at = made.err.find("\n  ") + 3;
  const std::string secret = made.err.substr(at, made.err.find('\n', at) - at);
  EXPECT_EQ(secret.size(), 43u);
  server::storage::Sha256 digest;
  digest.Add(secret);
  EXPECT_EQ(made.out.substr(start.size(), 64), digest.Finish());
  EXPECT_EQ(RunCommand("client", {{"NAME", "Practice A"}}).exit, Exit::kWrongUse);
}

TEST(IngestCommand, StoresARecordOnceHoweverOftenItIsTold) {
  REQUIRE_SHARED_DATA("gp-connect");
  const TempFolder folder;
  const auto ingest = [&] {
    return RunCommand("ingest", {{"ADAPTER", "gp-connect"},
                                 {"FILE", SharedData("gp-connect/9465698679_Gainsford_full_20210119.json").string()},
                                 {"--data", (folder.path() / "store").string()},
                                 {"--report", (folder.path() / "report.json").string()}});
  };
  const Ran first = ingest();
  EXPECT_EQ(first.exit, Exit::kDone) << first.err;
  EXPECT_NE(first.out.find(R"({"name":"state","valueCode":"stored"})"), std::string::npos) << first.out;
  EXPECT_EQ(std::ranges::count(first.out, '\n'), 1);
  EXPECT_NE(ReadFile(folder.path() / "report.json").find("elementsCarried"), std::string::npos);
  const Ran second = ingest();
  EXPECT_NE(second.err.find("stored before; nothing changes"), std::string::npos) << second.err;
  EXPECT_EQ(second.out, first.out);
}

TEST(IngestCommand, NamesWhatALaterRecordNoLongerHolds) {
  const TempFolder folder;
  const auto ingest = [&](const std::string& more) {
    const std::string record =
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":)"
        R"("https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"gender":"female","birthDate":"1950-01-02"}})" + more + "]}";
    RunCommand("ingest", {{"ADAPTER", "gp-connect"}, {"FILE", "-"}, {"--data", (folder.path() / "store").string()},
                          {"--report", (folder.path() / "report.json").string()}}, record);
    return ReadFile(folder.path() / "report.json");
  };
  const std::string observation =
      R"(,{"resource":{"resourceType":"Observation","id":"o1","identifier":[{"system":"https://example.org/gp","value":"o1"}],"status":"final",)"
      R"("code":{"text":"x"},"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2020-01-01"}})";
  EXPECT_EQ(ingest(observation).find("is not in this one"), std::string::npos);
  const std::string later = ingest("");
  EXPECT_NE(later.find("Observation/"), std::string::npos) << later;
  EXPECT_NE(later.find("is not in this one; it is kept"), std::string::npos) << later;
  EXPECT_EQ(ingest(observation).find("is not in this one"), std::string::npos);
}

TEST(EmitCommand, SaysWhichPatientIsNotThere) {
  const TempFolder folder;
  const Ran absent = RunCommand("emit", {{"ADAPTER", "gp-connect"}, {"--patient", "nobody"}, {"--data", (folder.path() / "new").string()}});
  EXPECT_NE(absent.exit, Exit::kDone);
  EXPECT_EQ(absent.out, "");
  EXPECT_NE(absent.err, "");
}

TEST(DefinitionsCommand, NamesAPackageThatIsNotThere) {
  const Ran absent = RunCommand("definitions", {{"PACKAGE", "/nowhere/package.tgz"}, {"--out", "/nowhere/tables"}});
  EXPECT_NE(absent.exit, Exit::kDone);
  EXPECT_NE(absent.err.find("/nowhere/package.tgz"), std::string::npos) << absent.err;
}

}  // namespace
}  // namespace careloom_test
