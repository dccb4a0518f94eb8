// The accounting of a message's scalars: each is carried, merged or reported, and every one that is
// reported is named with its path, the class of its value and a reason.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/base/adapter.h"
#include "fhir/mapping/coverage.h"
#include "fhir/model/element.h"

namespace adapters {

class Ledger {
 public:
  // `received` as read, never changed afterwards; it must outlive the ledger.
  explicit Ledger(const fhir::Document& received);

  // Why a scalar is not in the output; the first reason given stays. It counts only when the scalar is not carried.
  void Explain(std::uint32_t leaf, std::string_view reason, fhir::Severity severity = fhir::Severity::kWarning);
  // The same for every scalar under the element (of any tree that keeps leaf numbers).
  void ExplainAll(const fhir::Element& under, std::string_view reason, fhir::Severity severity = fhir::Severity::kWarning);
  // The same for the scalar at that path of the message as received; false when there is none.
  bool ExplainAt(std::string_view path, std::string_view reason);
  // Something to be said of a scalar that is carried all the same; one remark each.
  void Remark(std::uint32_t leaf, std::string text);
  // Every scalar under the element says what an earlier entry says.
  void Merge(const fhir::Element& under);

  // The scalar's element as received; null when it was a null that only held a place.
  const fhir::Element* LeafOf(std::uint32_t leaf) const { return leaves_[leaf]; }

  // Counts, names what is reported in `report.outcome`, and fails with kInternal if the three do not add up.
  fhir::Result<void> Close(const std::vector<bool>& carried, Report& report) const;

 private:
  struct Reason {
    std::string text;
    fhir::Severity severity = fhir::Severity::kWarning;
  };
  void Collect(const fhir::Element& element);
  // One walk, so that a path costs no more than its length.
  void Count(const fhir::Element& element, std::string& path, const std::vector<bool>& carried, Report& report) const;
  Reason ReasonOf(const fhir::Element& leaf, const std::vector<bool>& carried) const;

  const fhir::Document& received_;
  std::vector<const fhir::Element*> leaves_;  // by number; 0 is none
  std::vector<std::uint32_t> reason_of_;      // index into reasons_, 0: none given
  std::vector<Reason> reasons_;
  std::vector<bool> merged_;
  std::unordered_map<std::uint32_t, std::string> remarks_;
};

// "date", "code", "reference" …: what kind of value it is, without saying it.
std::string_view ValueClass(const fhir::Element& leaf);

}  // namespace adapters
