// Record, adapt, store, emit, adapt again, without a server: for the tests of GP Connect's way back.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "adapters/base/adapter.h"
#include "adapters/base/canonical.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "tests/adapters/gp/connect/records.h"

namespace careloom_test {

using fhir::Document;
using fhir::Element;
using fhir::Repeats;

// What the store would hold: every resource with an id of the server's, references literal.
class Store {
 public:
  explicit Store(const Element& transaction) {
    int number = 0;
    for (const Element& entry : Repeats(transaction, "entry")) {
      const Element& resource = *entry.Find("resource");
      ids_["\"" + std::string(entry.ValueOf("fullUrl")) + "\""] =
          "\"" + std::string(resource.resource_type()) + "/server-" + std::to_string(++number) + "\"";
    }
    number = 0;
    for (const Element& entry : Repeats(transaction, "entry")) {
      std::string text = fhir::json::Write(*entry.Find("resource"));
      for (const auto& [from, to] : ids_) ReplaceAll(text, from, to);
      auto document = fhir::json::Read(text);
      EXPECT_TRUE(document) << document.error().ToString();
      SetServersOwn(*document, "server-" + std::to_string(++number));
      // Read again: as the store gives it, its scalars numbered.
      auto stored = fhir::json::Read(fhir::json::Write(*document->root));
      EXPECT_TRUE(stored) << stored.error().ToString();
      resources_.push_back(*std::move(stored));
    }
  }

  std::vector<Document>& resources() { return resources_; }

 private:
  static void ReplaceAll(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) text.replace(at, from.size(), to);
  }

  static void SetServersOwn(Document& document, const std::string& id) {
    if (Element* old = document.root->Find("id")) Document::Detach(old);
    document.AddString(document.root, "id", id);
    Element* meta = document.root->Find("meta");
    if (!meta) meta = document.Add(document.root, "meta");
    document.AddString(meta, "versionId", "1");
    document.AddString(meta, "lastUpdated", "2026-01-02T03:04:05Z");
  }

  std::map<std::string, std::string> ids_;
  std::vector<Document> resources_;
};

// "PUT Observation?identifier=…" -> the resource, Provenance aside: a date that came back in no resource may change the
// time of the message.
inline std::map<std::string, const Element*> ByKey(const Element& transaction) {
  std::map<std::string, const Element*> keys;
  for (const Element& entry : Repeats(transaction, "entry")) {
    const Element* resource = entry.Find("resource");
    if (resource->resource_type() == "Provenance") continue;
    const Element* request = entry.Find("request");
    EXPECT_TRUE(keys.emplace(std::string(request->ValueOf("method")) + " " + std::string(request->ValueOf("url")), resource).second);
  }
  return keys;
}

inline void Compare(const Element& before, const Element& after, const std::string& key, std::vector<std::string>& differences) {
  if (before.value() != after.value() || before.resource_type() != after.resource_type()) {
    differences.push_back(key + ": " + fhir::PathOf(before) + " was '" + std::string(before.value()) + "', is '" +
                          std::string(after.value()) + "'");
  }
  std::map<std::string, std::pair<std::vector<const Element*>, std::vector<const Element*>>> members;
  for (const Element& child : fhir::Children(before)) members[std::string(child.name)].first.push_back(&child);
  for (const Element& child : fhir::Children(after)) members[std::string(child.name)].second.push_back(&child);
  for (const auto& [name, both] : members) {
    const auto& [was, is] = both;
    for (std::size_t i = 0; i < std::max(was.size(), is.size()); ++i) {
      if (i >= is.size()) {
        differences.push_back(key + ": lost " + fhir::PathOf(*was[i]) + " " + fhir::json::Write(*was[i]->parent).substr(0, 300));
      } else if (i >= was.size()) {
        differences.push_back(key + ": new " + fhir::PathOf(*is[i]));
      } else {
        Compare(*was[i], *is[i], key, differences);
      }
    }
  }
}

inline std::vector<std::string> Differences(const Element& before, const Element& after) {
  std::vector<std::string> differences;
  const auto was = ByKey(before), is = ByKey(after);
  for (const auto& [key, resource] : was) {
    const auto at = is.find(key);
    if (at == is.end()) {
      differences.push_back("lost " + key);
    } else if (adapters::Canonical(*resource) != adapters::Canonical(*at->second)) {
      Compare(*resource, *at->second, key, differences);
    }
  }
  for (const auto& [key, resource] : is) {
    if (!was.contains(key)) differences.push_back("new " + key);
  }
  return differences;
}

inline std::string FirstOf(const std::vector<std::string>& differences) {
  std::string text = std::to_string(differences.size()) + " findings";
  for (std::size_t i = 0; i < std::min<std::size_t>(differences.size(), 20); ++i) text += "\n  " + differences[i];
  return text;
}

// First and second transaction say the same, nothing is reported lost, and the order of what is stored is no matter.
inline void RoundTrip(const std::string& bytes, const std::string& name) {
  auto first = GpConnect().Adapt(bytes);
  ASSERT_TRUE(first) << name << ": " << first.error().ToString();
  Store store(*first->transaction.root);
  auto emitted = GpConnect().Emit(store.resources());
  ASSERT_TRUE(emitted) << name << ": " << emitted.error().ToString();
  auto second = GpConnect().Adapt(emitted->bytes);
  ASSERT_TRUE(second) << name << ": " << second.error().ToString();
  const auto differences = Differences(*first->transaction.root, *second->transaction.root);
  EXPECT_TRUE(differences.empty()) << name << ": " << FirstOf(differences);
  // Nothing that came from GP Connect is lost on the way back.
  std::vector<std::string> lost;
  for (const fhir::Issue& issue : emitted->outcome.issues()) {
    if (issue.severity != fhir::Severity::kInformation) lost.push_back(issue.expression + ": " + issue.text);
  }
  EXPECT_TRUE(lost.empty()) << name << ": " << FirstOf(lost);
  // The same resources in another order are the same bytes; what was written back is written again the same.
  std::ranges::reverse(store.resources());
  auto reversed = GpConnect().Emit(store.resources());
  ASSERT_TRUE(reversed);
  EXPECT_EQ(reversed->bytes, emitted->bytes) << name;
}

}  // namespace careloom_test
