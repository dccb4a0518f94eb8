// People are stored, searched for, sent wrongly and failed on; then nothing of theirs stands in what the operator sees.
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/watched_server.h"

namespace careloom_test {
namespace {

// What is in the requests below and must be nowhere else.
const std::vector<std::string> kSecrets = {"9994710001", "9994710028", "Quillfeather", "quillfeather", "Zebediah", "1931-07-19", "19/07/1931", "Marzipan Mews", "ZZ9 9QF",
                                           "a-secret-id", "secret-token", "secret-cookie", "secret-version", "hush"};

std::string PatientNamed(const std::string& id, const std::string& nhs_number) {
  return R"({"resourceType":"Patient",)" + (id.empty() ? "" : "\"id\":\"" + id + "\",") + R"("identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":")" + nhs_number +
         R"("}],"name":[{"family":"Quillfeather","given":["Zebediah"]}],"birthDate":"1931-07-19","address":[{"line":["1 Marzipan Mews"],"postalCode":"ZZ9 9QF"}]})";
}

std::string CouncilFile() {
  return "LA Code,NHS Number,First Name,Last Name,Date of Birth,Postcode\n999,9994710028,Zebediah,Quillfeather,19/07/1931,ZZ9 9QF\n";
}

std::string PracticeRecord() {
  std::string record = ReadFile(std::string(CARELOOM_SOURCE_DIR) + "/conformance/examples/demo/gp-connect/amina-okoro.json");
  for (const auto& [from, to] : {std::pair<std::string, std::string>("Okoro", "Quillfeather"), {"Amina", "Zebediah"}, {"9990000018", "9994710028"}, {"1952-03-14", "1931-07-19"}}) {
    for (std::size_t at = 0; (at = record.find(from, at)) != std::string::npos; at += to.size()) record.replace(at, from.size(), to);
  }
  return record;
}

void StoreAndSearch(WatchedServer& server) {
  EXPECT_EQ(server.Do("PUT", "/fhir/Patient/a-secret-id", PatientNamed("a-secret-id", "9994710001")).status, 201);
  EXPECT_EQ(server.Do("POST", "/fhir/Patient", PatientNamed("", "9994710001"), {{"If-None-Exist", "identifier=https://fhir.nhs.uk/Id/nhs-number|9994710001"}}).status, 200);
  EXPECT_EQ(server.Do("GET", "/fhir/Patient/a-secret-id").status, 200);
  for (const char* query : {"name=Quillfeather", "family:exact=Quillfeather&given=Zebediah", "identifier=https://fhir.nhs.uk/Id/nhs-number%7C9994710001", "birthdate=1931-07-19",
                            "address-postalcode=ZZ9%209QF", "_id=a-secret-id"}) {
    const auto found = server.Do("GET", std::string("/fhir/Patient?") + query);
    EXPECT_EQ(found.status, 200) << query;
    EXPECT_NE(found.body.find("Quillfeather"), std::string::npos) << query;   // the secrets are really there
  }
  const auto form = server.Do("POST", "/fhir/Patient/_search", "identifier=9994710001&family=Quillfeather", {{"Content-Type", "application/x-www-form-urlencoded"}});
  EXPECT_NE(form.body.find("Zebediah"), std::string::npos) << form.body;
  EXPECT_EQ(server.Do("GET", "/fhir/CarePlan?patient.identifier=9994710001&patient.name=Quillfeather").status, 200);
  EXPECT_EQ(server.Do("POST", "/fhir", R"({"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient?family=Quillfeather"}}]})").status, 200);
}

void AskWrongly(WatchedServer& server) {
  const server::http::Headers secret_headers = {{"X-Request-ID", "Quillfeather\xE2\x80\xAE!"}, {"Authorization", "Bearer secret-token"}, {"Cookie", "secret-cookie=1"},
                                                {"traceparent", "00-Quillfeather-9994710001-01"}, {"User-Agent", "hush"}, {"Accept", "application/hush"}};
  server.Do("GET", "/fhir/Patient/a-secret-id", {}, secret_headers);
  server.Do("GET", "/fhir/Patient?9994710001=Quillfeather");
  server.Do("GET", "/fhir/Patient?family:Quillfeather=9994710001&Quillfeather.9994710001=1&identifier:9994710001=1");
  server.Do("GET", "/fhir/Quillfeather/9994710001");
  server.Do("GET", "/Quillfeather/Zebediah%0A%1B%5B31m/9994710001");
  server.Do("QUILLFEATHER", "/fhir/Patient/9994710001");
  server.Do("DELETE", "/fhir/metadata/hush");
  server.Do("GET", "/fhir/Patient/a-secret-id/_history/secret-version");
  server.Do("PUT", "/fhir/Patient/a-secret-id", PatientNamed("another", "9994710001"));
  server.Do("PUT", "/fhir/Patient/a-secret-id", PatientNamed("a-secret-id", "9994710001"), {{"If-Match", "W/\"9994710001\""}});
  server.Do("POST", "/fhir/Patient", R"({"resourceType":"Patient","Quillfeather":"9994710001"})");
  server.Do("POST", "/fhir/Patient", R"({"resourceType":"Patient","birthDate":"1931-07-19T9994710001"})");
  server.Do("POST", "/fhir/Patient", "{\"resourceType\":\"Patient\", Quillfeather 9994710001");
  server.Do("POST", "/fhir/Patient", "<Quillfeather/>", {{"Content-Type", "text/hush"}});
  server.Do("POST", "/fhir", R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":)" + PatientNamed("x", "9994710001") + R"(,"request":{"method":"PUT","url":"Patient/Quillfeather"}}]})");
  server.Do("GET", "/fhir/Patient?_cursor=Quillfeather");
  server.Do("POST", "/inbox/hush?name=Quillfeather.csv", CouncilFile(), {{"Content-Type", "text/csv"}});
  server.Do("GET", "/inbox/9994710001");
  server.Send("GET /fhir/Patient?family=Quillfeather HTTP/1.1\r\nHost: Quillfeather\r\nHost: 9994710001\r\n\r\n");
  server.Send("POST /fhir/Patient HTTP/1.1\r\nHost: x\r\nContent-Length: 9994710001\r\n\r\n");
  server.Send("Quillfeather 9994710001 Zebediah\r\n\r\n");
}

void SendFiles(WatchedServer& server) {
  EXPECT_EQ(server.Do("POST", "/inbox/cld?name=Quillfeather.csv", CouncilFile(), {{"Content-Type", "text/csv"}}).status, 202);
  EXPECT_EQ(server.Do("POST", "/inbox/gp-connect?name=9994710028.json", PracticeRecord(), {{"Content-Type", "application/fhir+json"}}).status, 202);
  server.app().inbox->Start();
  while (server.Do("GET", "/inbox?state=received").body.find("\"entry\"") != std::string::npos) continue;   // the worker is on another thread
  EXPECT_NE(server.Do("GET", "/fhir/Patient?identifier=9994710028").body.find("Quillfeather"), std::string::npos);
}

void ExpectNoneOf(const std::string& seen, const std::string& what) {
  for (const std::string& secret : kSecrets) {
    const std::size_t at = seen.find(secret);
    if (at == std::string::npos) continue;
    const std::size_t begin = seen.rfind('\n', at) + 1;
    ADD_FAILURE() << "'" << secret << "' stands in " << what << ":\n" << seen.substr(begin, seen.find('\n', at) - begin);
  }
}

TEST(NothingPersonal, StandsInTheLogOrTheFigures) {
  server::AppOptions options;
  options.watch.slow_us = 0;   // every request is a slow one too
  WatchedServer server(options);
  StoreAndSearch(server);
  AskWrongly(server);
  SendFiles(server);
  const std::string figures = server.Do("GET", "/metrics").body, log = server.Stop();
  ExpectNoneOf(figures, "the figures");
  EXPECT_NE(figures.find("careloom_http_requests_total{route=\"search-type\",method=\"POST\",status=\"2xx\"} 1\n"), std::string::npos) << figures;
  ExpectNoneOf(log, "the log");
  // It has seen them all: a line for each request, the refused ones among them.
  for (const char* event : {"\"event\":\"request\"", "\"event\":\"slow\"", "\"event\":\"message\"", "\"status\":400", "\"status\":422", "\"status\":404", "\"status\":201",
                            "\"parameters\":\"family:exact,given\"", "\"state\":\"stored\"", "\"state\":\"held\""}) {
    EXPECT_NE(log.find(event), std::string::npos) << event << " is missing in\n" << log;
  }
}

TEST(NothingPersonal, AFailureThatHoldsAValueIsToldByItsTypeAlone) {
  WatchedServer server;
  server.handler = [](const server::http::Request& request) -> server::http::Response { throw std::runtime_error("cannot handle " + request.target + request.body); };
  EXPECT_EQ(server.Do("POST", "/fhir/Patient?name=Quillfeather", PatientNamed("a-secret-id", "9994710001")).status, 500);
  ExpectNoneOf(server.Stop(), "the log");
}

TEST(NothingPersonal, TheTestFindsASecretThatIsThere) {
  EXPECT_NONFATAL_FAILURE(ExpectNoneOf("one line\n{\"name\":\"Quillfeather\"}\n", "a text"), "Quillfeather");
}

}  // namespace
}  // namespace careloom_test
