// What is stored and asked for.
#include "tests/bench/corpus.h"

#include <cstdint>
#include <filesystem>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/server/search/sample_data.h"
#include "tests/support/shared_data.h"

namespace careloom_bench {

namespace fs = std::filesystem;

std::string Patient(int number, bool id) {
  std::string json = R"({"resourceType":"Patient")";
  if (id) json += R"(,"id":"id-)" + std::to_string(number) + "\"";
  json += R"(,"identifier":[{"system":"http://example.org/person","value":")" + std::to_string(number) + R"("}],"active":true,"name":[{"family":"Family)" +
          std::to_string(number % 500) + R"(","given":["Given)" + std::to_string(number % 70) + R"("]}],"gender":"female","birthDate":"19)" +
          std::to_string(10 + number % 90) + R"(-05-01","address":[{"line":[")";
  return json + std::string(1600, 'x') + R"("],"city":"Leeds"}]})";
}

std::vector<std::string> PatientBundles() {
  std::vector<std::string> bundles;
  for (int first = 0; first < kPatients; first += 500) {
    std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
    for (int i = first; i < first + 500; ++i) {
      if (i > first) bundle += ",";
      bundle += R"({"resource":)" + Patient(i) + R"(,"request":{"method":"PUT","url":"Patient/id-)" + std::to_string(i) + "\"}}";
    }
    bundles.push_back(bundle + "]}");
  }
  return bundles;
}

Corpus SyntheticRecords() {
  Corpus corpus;
  const fs::path folder = careloom_test::SharedData("synthea/smart-r4-careplan-goal");
  if (fs::exists(folder)) {
    for (const auto& file : fs::directory_iterator(folder)) {
      auto document = fhir::json::Read(careloom_test::ReadFile(file.path()));
      if (!document) continue;
      corpus.bundles.push_back(fhir::json::Write(*document->root));
      for (const fhir::Element& entry : fhir::Repeats(*document->root, "entry")) {
        if (const fhir::Element* resource = entry.Find("resource")) corpus.resources.push_back(fhir::json::Write(*resource));
      }
    }
  } else {
    for (std::uint32_t seed = 0; seed < 20; ++seed) {
      std::string bundle = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
      for (const std::string& resource : careloom_test::SampleResources(20, seed)) {
        const auto document = fhir::json::Read(resource);
        if (bundle.back() == '}') bundle += ",";
        bundle += R"({"resource":)" + resource + R"(,"request":{"method":"POST","url":")" + std::string(document->root->resource_type()) + "\"}}";
        corpus.resources.push_back(resource);
      }
      corpus.bundles.push_back(bundle + "]}");
    }
  }
  for (const std::string& resource : corpus.resources) corpus.bytes += resource.size();
  return corpus;
}

}  // namespace careloom_bench
