// Thirteen GP records through adapter, transaction and store, twice: what says the same changes nothing, however
// it is written; what says something else changes that and no more; and the way out and in again changes nothing.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "adapters/catalogue.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/inbox/person_record.h"
#include "server/interactions/transaction.h"
#include "tests/support/served.h"
#include "tests/support/shared_data.h"

namespace careloom_test {
namespace {

using fhir::Element;
using server::interactions::Done;

// Runs of equal names (the repeats of one element) as they stand among the children.
std::vector<std::vector<Element*>> Groups(Element& parent) {
  std::vector<std::vector<Element*>> groups;
  for (Element* child = parent.first_child; child; child = child->next) {
    if (groups.empty() || groups.back().front()->name != child->name) groups.emplace_back();
    groups.back().push_back(child);
  }
  return groups;
}

// The same content in another order: members of every object reversed, entries of the Bundle shuffled.
void Reorder(Element& element, std::mt19937& random) {
  std::vector<std::vector<Element*>> groups = Groups(element);
  std::ranges::reverse(groups);
  Element* last = nullptr;
  for (std::vector<Element*>& group : groups) {
    if (element.resource_type() == "Bundle" && group.front()->name == "entry") std::ranges::shuffle(group, random);
    for (Element* child : group) {
      (last ? last->next : element.first_child) = child;
      child->next = nullptr;
      last = child;
      Reorder(*child, random);
    }
  }
  element.last_child = last;
}

fhir::Document ReadSource(const std::string& bytes) {
  auto document = fhir::json::Read(bytes, {.allow_empty = true});
  EXPECT_TRUE(document) << document.error().ToString();
  return document ? *std::move(document) : fhir::Document();
}

std::string Reordered(const std::string& bytes) {
  const fhir::Document document = ReadSource(bytes);
  std::mt19937 random(5);
  Reorder(*document.root, random);
  return fhir::json::WritePretty(*document.root);
}

// How an Observation's comment or a resource's free text would be corrected at the practice.
std::string WithOneValueChanged(const std::string& bytes, std::string* changed_type) {
  fhir::Document document = ReadSource(bytes);
  for (Element* entry = document.root->first_child; entry; entry = entry->next) {
    Element* resource = entry->name == "entry" ? entry->Find("resource") : nullptr;
    if (!resource || resource->resource_type() != "Observation") continue;
    Element* value = resource->Find("valueQuantity") ? resource->Find("valueQuantity")->Find("value") : nullptr;
    if (!value) continue;
    value->text = "4711.5";
    *changed_type = "Observation";
    return fhir::json::Write(*document.root);
  }
  return {};
}

class GpConnectScenario : public testing::Test {
 protected:
  void SetUp() override {
    REQUIRE_SHARED_DATA("gp-connect");
    const adapters::AdapterDescriptor* descriptor = adapters::FindAdapter("gp-connect");
    ASSERT_NE(descriptor, nullptr);
    auto adapter = descriptor->open({});
    ASSERT_TRUE(adapter) << adapter.error().ToString();
    adapter_ = std::move(*adapter);
    emits_ = descriptor->emits;
    for (const auto& file : std::filesystem::directory_iterator(SharedData("gp-connect"))) {
      if (file.path().extension() == ".json") records_.push_back(file.path());
    }
    ASSERT_EQ(records_.size(), 13u);
    std::ranges::sort(records_);
  }

  // What became of each entry; the types of those that changed go to `changed`.
  void Ingest(const std::string& bytes, std::vector<std::string>& changed) {
    auto adapted = adapter_->Adapt(bytes);
    ASSERT_TRUE(adapted) << adapted.error().ToString();
    std::vector<std::string> types;
    for (const Element& entry : fhir::Repeats(*adapted->transaction.root, "entry")) types.emplace_back(entry.Find("resource")->resource_type());
    fhir::IssueSink issues;
    server::interactions::TransactionOptions options;
    options.from_source = true;
    const auto done = server::interactions::ExecuteTransaction(served_.app(), std::move(adapted->transaction), issues, options);
    ASSERT_TRUE(done) << done.error().ToString() << (issues.empty() ? "" : issues.issues().front().text);
    ASSERT_EQ(done->size(), types.size());
    changed.clear();
    for (std::size_t i = 0; i < types.size(); ++i) {
      if ((*done)[i].changed) changed.push_back(types[i]);
      if (types[i] == "Patient") patient_ = (*done)[i].version.id;
    }
  }

  std::int64_t Versions() {
    const auto counters = served_.app().store->Count();
    return counters ? counters->versions : -1;
  }

  // What is stored of the person last ingested, as the outside system would have it.
  void Emit(std::string& bytes) {
    const auto resources = server::inbox::ReadPersonRecord(served_.app(), patient_);
    ASSERT_TRUE(resources) << resources.error().ToString();
    const auto emitted = adapter_->Emit(*resources);
    ASSERT_TRUE(emitted) << emitted.error().ToString();
    bytes = emitted->bytes;
  }

  Served served_;
  std::unique_ptr<adapters::Adapter> adapter_;
  std::vector<std::filesystem::path> records_;
  std::string patient_;
  bool emits_ = false;
};

TEST_F(GpConnectScenario, ARecordSaidAgainInAnotherOrderChangesNothing) {
  std::vector<std::string> changed;
  for (const auto& record : records_) {
    SCOPED_TRACE(record.filename());
    ASSERT_NO_FATAL_FAILURE(Ingest(ReadFile(record), changed));
  }
  const std::int64_t versions = Versions();
  ASSERT_GT(versions, 500);
  // Each again, others between: first as it was, then reordered with other white space.
  for (const auto& record : records_) {
    SCOPED_TRACE(record.filename());
    ASSERT_NO_FATAL_FAILURE(Ingest(Reordered(ReadFile(record)), changed));
    EXPECT_TRUE(changed.empty()) << changed.size() << " changed, first a " << changed.front();
  }
  EXPECT_EQ(Versions(), versions);
}

TEST_F(GpConnectScenario, OneValueChangedIsOneNewVersion) {
  int tried = 0;
  for (const auto& record : records_) {
    SCOPED_TRACE(record.filename());
    const std::string bytes = ReadFile(record);
    std::string type;
    const std::string other = WithOneValueChanged(bytes, &type);
    if (other.empty()) continue;
    ++tried;
    std::vector<std::string> changed;
    ASSERT_NO_FATAL_FAILURE(Ingest(bytes, changed));
    ASSERT_NO_FATAL_FAILURE(Ingest(other, changed));
    std::erase(changed, "Provenance");   // another message has a Provenance of its own
    EXPECT_EQ(changed, std::vector<std::string>{type});
  }
  EXPECT_GE(tried, 3);
}

TEST_F(GpConnectScenario, OutAndInAgainChangesNothing) {
  ASSERT_TRUE(emits_) << "the catalogue says that gp-connect has no way back";
  for (const auto& record : records_) {
    SCOPED_TRACE(record.filename());
    std::vector<std::string> changed;
    std::string bytes;
    ASSERT_NO_FATAL_FAILURE(Ingest(ReadFile(record), changed));
    ASSERT_NO_FATAL_FAILURE(Emit(bytes));
    ASSERT_NO_FATAL_FAILURE(Ingest(bytes, changed));
    EXPECT_TRUE(changed.empty()) << changed.size() << " changed, first a " << changed.front();
  }
}

TEST_F(GpConnectScenario, WhatACouncilSaysOfThePersonStaysOutOfTheRecord) {
  std::vector<std::string> changed;
  std::string before, after;
  ASSERT_NO_FATAL_FAILURE(Ingest(ReadFile(records_.front()), changed));
  ASSERT_NO_FATAL_FAILURE(Emit(before));
  const std::string of_gp = patient_;
  const std::string identifier = R"("identifier":[{"system":"https://careloom.example/fhir/id/la-person-id/508","value":"17"}])";
  const std::string of_council =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":"of-council",)" + identifier +
      R"(,"link":[{"other":{"reference":"Patient/)" + of_gp + R"("},"type":"replaced-by"}]},"request":{"method":"PUT","url":"Patient/of-council"}},)" +
      R"({"resource":{"resourceType":"CarePlan","id":"plan","status":"active","intent":"plan","subject":{"reference":"Patient/of-council"},)" + identifier +
      R"(},"request":{"method":"PUT","url":"CarePlan/plan"}}]})";
  fhir::IssueSink issues;
  const auto done = server::interactions::ExecuteTransaction(served_.app(), ReadSource(of_council), issues);
  ASSERT_TRUE(done) << done.error().ToString();
  for (const std::string& either : {of_gp, std::string("of-council")}) {
    patient_ = either;
    ASSERT_NO_FATAL_FAILURE(Emit(after));
    EXPECT_EQ(after, before) << either;
  }
}

}  // namespace
}  // namespace careloom_test
