// What reading JSON costs.
#include "tests/bench/codec.h"

#include <rapidjson/reader.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "fhir/validate/validator.h"

namespace careloom_bench {
namespace {

using Clock = std::chrono::steady_clock;

// The best of a few rounds over all resources, each round at least a quarter of a second.
double MegabytesPerSecond(const std::vector<std::string>& resources, const std::function<void(const std::string&)>& work) {
  double best = 0;
  for (int round = 0; round < 3; ++round) {
    const auto start = Clock::now();
    std::size_t bytes = 0;
    double seconds = 0;
    do {
      for (const std::string& resource : resources) {
        work(resource);
        bytes += resource.size();
      }
      seconds = std::chrono::duration<double>(Clock::now() - start).count();
    } while (seconds < 0.25);
    best = std::max(best, static_cast<double>(bytes) / seconds / 1e6);
  }
  return best;
}

struct Nothing : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Nothing> {};

}  // namespace

CodecFigures MeasureCodec(const std::vector<std::string>& resources) {
  CodecFigures figures;
  figures.sax_mb_s = MegabytesPerSecond(resources, [](const std::string& bytes) {
    rapidjson::Reader reader;
    rapidjson::StringStream stream(bytes.c_str());
    Nothing handler;
    reader.Parse(stream, handler);
  });
  figures.read_mb_s = MegabytesPerSecond(resources, [](const std::string& bytes) {
    const auto document = fhir::json::Read(bytes);
    if (!document) std::abort();
  });
  const auto registry = fhir::schema::Registry::LoadR4();
  if (!registry) return figures;
  const fhir::validate::Validator validator(**registry);
  figures.validate_mb_s = MegabytesPerSecond(resources, [&](const std::string& bytes) {
    auto document = fhir::json::Read(bytes);
    fhir::IssueSink issues;
    if (!document || !validator.Validate(*document->root, {}, issues)) std::abort();
  });
  return figures;
}

}  // namespace careloom_bench
