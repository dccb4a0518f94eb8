// Each scalar of the message is looked at once when the ledger closes.
#include "adapters/base/ledger.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "fhir/schema/registry.h"

namespace adapters {

using fhir::Element;
using fhir::Severity;

Ledger::Ledger(const fhir::Document& received)
    : received_(received),
      leaves_(received.leaf_count + 1, nullptr),
      reason_of_(received.leaf_count + 1, 0),
      reasons_(1),
      merged_(received.leaf_count + 1, false) {
  if (received.root) Collect(*received.root);
}

void Ledger::Collect(const Element& element) {
  if (element.leaf != 0 && element.leaf < leaves_.size()) leaves_[element.leaf] = &element;
  for (const Element& child : fhir::Children(element)) Collect(child);
}

void Ledger::Explain(std::uint32_t leaf, std::string_view reason, Severity severity) {
  if (leaf == 0 || leaf >= reason_of_.size() || reason_of_[leaf] != 0) return;
  if (reasons_.back().text != reason || reasons_.back().severity != severity) reasons_.push_back({std::string(reason), severity});
  reason_of_[leaf] = static_cast<std::uint32_t>(reasons_.size() - 1);
}

void Ledger::ExplainAll(const Element& under, std::string_view reason, Severity severity) {
  Explain(under.leaf, reason, severity);
  for (const Element& child : fhir::Children(under)) ExplainAll(child, reason, severity);
}

void Ledger::Remark(std::uint32_t leaf, std::string text) { remarks_.emplace(leaf, std::move(text)); }

void Ledger::Merge(const Element& under) {
  if (under.leaf != 0 && under.leaf < merged_.size()) merged_[under.leaf] = true;
  for (const Element& child : fhir::Children(under)) Merge(child);
}

namespace {

bool AnyCarried(const Element& under, const Element& but, const std::vector<bool>& carried) {
  if (&under != &but && under.leaf != 0 && carried[under.leaf]) return true;
  for (const Element& child : fhir::Children(under)) {
    if (AnyCarried(child, but, carried)) return true;
  }
  return false;
}

}  // namespace

Ledger::Reason Ledger::ReasonOf(const Element& leaf, const std::vector<bool>& carried) const {
  if (reason_of_[leaf.leaf] != 0) return reasons_[reason_of_[leaf.leaf]];
  if (leaf.kind == fhir::ValueKind::kNull) return {"a null says nothing", Severity::kInformation};
  if (leaf.has_value() && leaf.text.empty()) return {"an empty text says nothing, and FHIR R4 forbids it", Severity::kInformation};
  const bool chooses = leaf.name == "url" || leaf.name == "type" || leaf.kind == fhir::ValueKind::kBoolean;
  if (chooses && leaf.parent && AnyCarried(*leaf.parent, leaf, carried)) {
    return {"it only chose the place of what stands beside it, which is carried", Severity::kInformation};
  }
  return {"no rule of the mapping carries it", Severity::kWarning};
}

bool Ledger::ExplainAt(std::string_view path, std::string_view reason) {
  const Element* at = received_.root;
  if (!at || !path.starts_with(at->text)) return false;
  path.remove_prefix(at->text.size());
  while (at && !path.empty()) {
    path.remove_prefix(1);  // the dot
    const std::size_t end = std::min(path.find('.'), path.size());
    std::string_view step = path.substr(0, end);
    path.remove_prefix(end);
    std::size_t index = 0;
    if (const std::size_t bracket = step.find('['); bracket != std::string_view::npos) {
      std::from_chars(step.data() + bracket + 1, step.data() + step.size(), index);
      step = step.substr(0, bracket);
    }
    at = at->Find(step);
    for (; at && index > 0; --index) at = at->NextRepeat();
  }
  if (!at || at->leaf == 0) return false;
  Explain(at->leaf, reason);
  return true;
}

void Ledger::Count(const Element& element, std::string& path, const std::vector<bool>& carried, Report& report) const {
  if (element.leaf != 0) {
    if (const auto remark = remarks_.find(element.leaf); remark != remarks_.end()) {
      report.outcome.Report(Severity::kWarning, "value", remark->second, path);
    }
    if (merged_[element.leaf]) {
      ++report.elements_merged;
    } else if (carried[element.leaf]) {
      ++report.elements_carried;
    } else {
      ++report.elements_reported;
      const Reason reason = ReasonOf(element, carried);
      report.outcome.Report(
          reason.severity, reason.severity == Severity::kInformation ? "informational" : "incomplete",
          "Not carried (" + std::string(ValueClass(element)) + "): " + reason.text + (reason.text.ends_with('.') ? "" : "."), path);
    }
  }
  const std::size_t length = path.size();
  const Element* before = nullptr;
  std::size_t index = 0;
  for (const Element& child : fhir::Children(element)) {
    index = before && before->name == child.name ? index + 1 : 0;
    before = &child;
    path += '.';
    path += child.name;
    if (child.in_array) path += "[" + std::to_string(index) + "]";
    Count(child, path, carried, report);
    path.resize(length);
  }
}

fhir::Result<void> Ledger::Close(const std::vector<bool>& carried, Report& report) const {
  report.elements_in = received_.leaf_count;
  const auto unplaced = static_cast<std::uint32_t>(std::ranges::count(leaves_, nullptr) - 1);  // number 0 is none
  if (received_.root) {
    std::string path(received_.root->text);
    Count(*received_.root, path, carried, report);
  }
  if (received_.lost_nulls > 0) {
    report.elements_reported += received_.lost_nulls;
    report.outcome.Report(Severity::kInformation, "informational",
                          "Not carried (null): " + std::to_string(received_.lost_nulls) + " nulls only held a place in an array.");
  }
  const std::uint32_t sum = report.elements_carried + report.elements_merged + report.elements_reported;
  if (unplaced != received_.lost_nulls || sum != report.elements_in) {
    return fhir::Error(fhir::ErrorKind::kInternal, "The accounting of this message does not add up; nothing was stored.")
        .WithDetail("in " + std::to_string(report.elements_in) + ", accounted " + std::to_string(sum) + ", without a place " +
                    std::to_string(unplaced));
  }
  return {};
}

std::string_view ValueClass(const Element& leaf) {
  switch (leaf.kind) {
    case fhir::ValueKind::kNumber:
      return "number";
    case fhir::ValueKind::kBoolean:
      return "boolean";
    case fhir::ValueKind::kNull:
      return "null";
    default:
      break;
  }
  const std::string_view name = leaf.name;
  if (leaf.type && leaf.type->name != "string") return leaf.type->name;
  if (name == "reference" || name == "code" || name == "id" || name == "versionId") return name;
  if (name == "url" || name == "system" || name == "profile" || name == "fullUrl") return "uri";
  if (name == "div") return "xhtml";
  return "text";
}

}  // namespace adapters
