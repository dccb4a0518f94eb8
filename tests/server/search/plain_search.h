// A second implementation of FHIR search, as plain as can be: it walks every body for every question and
// finds elements by hand-written paths. Slow and independent of the server's index, parser and SQL, so that
// the two can be compared. Written from https://hl7.org/fhir/R4/search.html.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/element.h"

namespace careloom_test {

enum class PlainKind { kToken, kString, kDate, kReference, kUri, kNumber, kQuantity };

// A parameter of the specification that the evaluator knows. `path` names elements below the resource,
// alternatives apart by '|', a choice by its JSON name: "effectiveDateTime|effectivePeriod".
struct PlainParameter {
  std::string_view type, code;
  PlainKind kind;
  std::string_view path;
  std::string_view target = {};   // of a reference, the one type that chains go through
};
const std::vector<PlainParameter>& PlainParameters();

struct PlainCriterion {
  const PlainParameter* parameter = nullptr;   // null: _id or _lastUpdated, see name
  std::string name;
  std::string modifier;
  std::vector<std::string> values;             // alternatives, as in a URL before percent-encoding
  std::shared_ptr<PlainCriterion> chain;       // then values are empty
};

struct PlainSort {
  const PlainParameter* parameter = nullptr;   // null: _id or _lastUpdated
  std::string name;
  bool descending = false;
};

struct PlainSearch {
  std::string type;
  std::vector<PlainCriterion> criteria;
  std::vector<PlainSort> sort;                 // empty: newest arrival first
};

// The search as a URL query, percent-encoded, without _count.
std::string UrlOf(const PlainSearch& search);

class PlainStore {
 public:
  struct Resource {
    std::int64_t arrival = 0;
    std::string type, id;
    fhir::Document document;
  };
  void Add(std::int64_t arrival, fhir::Document document);
  // "Type/id" of what matches, in order.
  std::vector<std::string> Search(const PlainSearch& search) const;
  const std::vector<Resource>& resources() const { return resources_; }
  std::vector<const Resource*> OfType(std::string_view type) const;

 private:
  bool Matches(const Resource& resource, const PlainCriterion& criterion) const;
  bool MatchesChain(const Resource& resource, const PlainCriterion& criterion) const;
  std::vector<Resource> resources_;
};

// What the tests make questions from: the elements of a parameter in a resource.
std::vector<const fhir::Element*> ElementsAt(const fhir::Element& resource, std::string_view path);
// Case, accents, punctuation and repeated spaces do not count.
std::string PlainFold(std::string_view text);

}  // namespace careloom_test
