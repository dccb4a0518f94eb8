// The format of days_file.h.
#include "tests/support/days_file.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <thread>

#include "fhir/json/reader.h"

namespace careloom_test {
namespace {

using adapters::FileFacts;
using adapters::Row;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

const std::string kSystem = "https://careloom.example/fhir/id/days/";

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

class DaysReader : public adapters::RowReader {
 public:
  explicit DaysReader(bool strict) : strict_(strict) {}

  Result<void> Read(std::string_view bytes, const Sink& sink) override {
    rest_ += bytes;
    for (std::size_t end; (end = rest_.find('\n')) != std::string::npos;) {
      const std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      TRY(Line(line, sink));
    }
    return {};
  }
  Result<FileFacts> Finish(const Sink&) override {
    if (!rest_.empty()) return Error(ErrorKind::kInvalid, "the file ends within a line").At("row " + std::to_string(number_ + 1));
    if (facts_.rows == 0) return Error(ErrorKind::kInvalid, "the file holds no row");
    return facts_;
  }
  adapters::Report& report() override { return report_; }

 private:
  Result<void> Line(const std::string& line, const Sink& sink) {
    const std::vector<std::string> parts = Split(line, number_ == 0 ? ' ' : ',');
    ++number_;
    if (parts.size() != 3) return Error(ErrorKind::kInvalid, "a line has three parts").At("row " + std::to_string(number_));
    if (number_ == 1) {
      facts_.scope = parts[0], facts_.from = parts[1], facts_.to = parts[2];
      return {};
    }
    ++facts_.rows;
    const bool bad = parts[2] == "bad";
    if (bad) {
      ++facts_.bad_rows;
      ++report_.entries_in;
      ++report_.entries_reported;
      report_.outcome.Report(fhir::Severity::kError, "value", "'bad' is not a value", "row " + std::to_string(number_));
      if (strict_) return Error(ErrorKind::kInvalid, "a bad row, and the file is strict").At("row " + std::to_string(number_));
    }
    return sink(Row{parts[0], number_, bad, bad ? "" : parts[1] + "," + parts[2]});
  }

  const bool strict_;
  std::string rest_;
  std::uint64_t number_ = 0;
  FileFacts facts_;
  adapters::Report report_;
};

class DaysAdapter : public adapters::Adapter, public adapters::PeopleFile {
 public:
  explicit DaysAdapter(std::shared_ptr<DaysBehaviour> behaviour) : behaviour_(std::move(behaviour)) {}

  Result<adapters::Adapted> Adapt(std::string_view) const override { return Error(ErrorKind::kUnsupported, "a file of many people"); }
  Result<adapters::Emitted> Emit(std::span<const fhir::Document>) const override { return Error(ErrorKind::kUnsupported, "a file of many people"); }
  const PeopleFile* people_file() const override { return this; }

  std::unique_ptr<adapters::RowReader> OpenFile(const adapters::FileOptions& options) const override { return std::make_unique<DaysReader>(options.strict); }
  std::string PersonSystem(std::string_view scope) const override { return kSystem + std::string(scope); }
  std::string_view ScopeSystem() const override { return "https://careloom.example/fhir/id/days-scope"; }
  Result<std::string> EmitHead(const adapters::EmitOptions& options) const override { return "days " + options.from + " " + options.to + "\n"; }

  Result<adapters::Adapted> AdaptPerson(const adapters::PersonPart& part) const override {
    std::map<std::string, std::string> said;   // by day
    adapters::Adapted adapted;
    for (const Row& row : part.rows) {
      if (row.bad) continue;
      const std::vector<std::string> parts = Split(row.bytes, ',');
      if (parts[1] == "hold" && behaviour_->strict_people) return Error(ErrorKind::kUnprocessable, "the value says so");
      if (parts[1] == "slow") std::this_thread::sleep_for(std::chrono::milliseconds(20));
      ++adapted.report.entries_in;
      if (IsCovered(part.later, parts[0])) {
        ++adapted.report.entries_merged;
        continue;
      }
      ++adapted.report.entries_stored;
      said[parts[0]] = parts[1];
    }
    std::string entries;
    bool has_patient = false;
    for (const fhir::Document& document : part.stored) {
      if (document.root->resource_type() == "Patient") has_patient = true;
      if (document.root->resource_type() != "Observation") continue;
      const std::string day(document.root->ValueOf("effectiveDateTime")), id(document.root->ValueOf("id"));
      if (day < part.file.from || day > part.file.to || IsCovered(part.later, day)) continue;
      const auto now = said.find(day);
      if (now == said.end()) {
        entries += R"(,{"request":{"method":"DELETE","url":"Observation/)" + id + "\"" + IfMatch(document) + "}}";
      } else if (document.root->ValueOf("valueString") == now->second) {
        said.erase(now);
      }
    }
    const std::string system = PersonSystem(part.scope), patient = "Patient?identifier=" + system + "|" + part.person;
    if (!has_patient && !part.rows.empty()) {
      entries += R"(,{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","identifier":[{"system":")" + system + R"(","value":")" +
                 part.person + R"("}]},"request":{"method":"PUT","url":")" + patient + "\"}}";
    }
    for (const auto& [day, value] : said) entries += Entry(part, day, value, has_patient ? patient : "urn:uuid:00000000-0000-4000-8000-000000000001");
    TRY_ASSIGN(adapted.transaction, fhir::json::Read(R"({"resourceType":"Bundle","type":"transaction")" + (entries.empty() ? "" : ",\"entry\":[" + entries.substr(1) + "]") + "}"));
    return adapted;
  }

  Result<adapters::Emitted> EmitPerson(std::span<const fhir::Document> stored, const adapters::EmitOptions& options) const override {
    adapters::Emitted emitted;
    std::string person;
    std::set<std::string> lines;
    for (const fhir::Document& document : stored) {
      if (document.root->resource_type() == "Patient") person = document.root->Walk("identifier", "value")->value();
    }
    for (const fhir::Document& document : stored) {
      const std::string day(document.root->ValueOf("effectiveDateTime"));
      if (document.root->resource_type() == "Observation" && day >= options.from && day <= options.to) {
        lines.insert(person + "," + day + "," + std::string(document.root->ValueOf("valueString")) + "\n");
      }
    }
    for (const std::string& line : lines) emitted.bytes += line;
    return emitted;
  }

 private:
  static bool IsCovered(std::span<const adapters::Submission> later, const std::string& day) {
    return std::ranges::any_of(later, [&](const adapters::Submission& file) { return day >= file.from && day <= file.to; });
  }
  static std::string IfMatch(const fhir::Document& document) {
    return R"(,"ifMatch":"W/\")" + std::string(document.root->Walk("meta", "versionId")->value()) + R"(\"")";
  }
  static std::string Entry(const adapters::PersonPart& part, const std::string& day, const std::string& value, const std::string& patient) {
    const std::string system = kSystem + "observation/" + part.scope, key = part.person + "/" + day;
    std::string if_match;
    for (const fhir::Document& document : part.stored) {
      const fhir::Element* own = document.root->Walk("identifier", "value");
      if (document.root->resource_type() == "Observation" && own && own->value() == key) if_match = IfMatch(document);
    }
    return R"(,{"resource":{"resourceType":"Observation","identifier":[{"system":")" + system + R"(","value":")" + key +
           R"("}],"status":"final","code":{"text":"day"},"subject":{"reference":")" + patient + R"("},"effectiveDateTime":")" + day +
           R"(","valueString":")" + value + R"("},"request":{"method":"PUT","url":"Observation?identifier=)" + system + "|" + key + "\"" + if_match + "}}";
  }

  std::shared_ptr<DaysBehaviour> behaviour_;
};

}  // namespace

std::shared_ptr<const adapters::Adapter> MakeDaysAdapter(std::shared_ptr<DaysBehaviour> behaviour) { return std::make_shared<DaysAdapter>(std::move(behaviour)); }

}  // namespace careloom_test
