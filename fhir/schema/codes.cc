// Codes, displays and value-set membership.
#include <algorithm>

#include "fhir/schema/registry.h"
#include "fhir/schema/registry_impl.h"

namespace fhir::schema {
namespace {

std::string_view WithoutVersion(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

bool Holds(const ValueSetPart& part, std::string_view code) {
  if (part.whole) return part.whole->index.contains(code);
  if (!part.many.empty()) return part.many.contains(code);
  return std::find(part.codes.begin(), part.codes.end(), code) != part.codes.end();
}

// Value sets may name each other in a circle; no real one is nested this deep.
constexpr int kNesting = 8;

Membership InSet(const Registry::Impl& impl, std::string_view value_set, std::string_view system, std::string_view code, int nesting) {
  const auto found = impl.value_sets.find(WithoutVersion(value_set));
  if (found == impl.value_sets.end() || nesting == 0) return Membership::kUnknown;
  bool in = false, unknown = false;
  for (const ValueSetPart& part : found->second) {
    if (part.sign == '@') {
      const Membership nested = InSet(impl, part.system, system, code, nesting - 1);
      in = in || nested == Membership::kIn;
      unknown = unknown || nested == Membership::kUnknown;
      continue;
    }
    if (!system.empty() && !part.system.empty() && part.system != system) continue;
    if (part.sign == '?' || (part.codes.empty() && !part.whole)) {
      unknown = true;
    } else if (Holds(part, code)) {
      if (part.sign == '-') return Membership::kNotIn;
      in = true;
    }
  }
  if (in) return Membership::kIn;
  return unknown ? Membership::kUnknown : Membership::kNotIn;
}

void Collect(const Registry::Impl& impl, std::string_view value_set, std::size_t limit, int nesting, std::vector<Code>& codes) {
  const auto found = impl.value_sets.find(WithoutVersion(value_set));
  if (found == impl.value_sets.end() || nesting == 0) return;
  for (const ValueSetPart& part : found->second) {
    if (part.sign == '@') Collect(impl, part.system, limit, nesting - 1, codes);
    if (part.sign != '+') continue;
    if (part.whole) {
      for (const Code& code : part.whole->codes) {
        if (codes.size() < limit) codes.push_back(code);
      }
      continue;
    }
    const auto system = impl.systems.find(part.system);
    for (const std::string_view code : part.codes) {
      if (codes.size() >= limit) return;
      std::string_view display;
      if (system != impl.systems.end()) {
        const auto at = system->second.index.find(code);
        if (at != system->second.index.end()) display = system->second.codes[at->second].display;
      }
      codes.push_back({code, display});
    }
  }
}

}  // namespace

Membership Registry::InValueSet(std::string_view value_set, std::string_view system, std::string_view code) const {
  return InSet(*impl_, value_set, system, code, kNesting);
}

std::vector<Code> Registry::CodesOf(std::string_view value_set, std::size_t limit) const {
  std::vector<Code> codes;
  Collect(*impl_, value_set, limit, kNesting, codes);
  return codes;
}

std::string_view Registry::Display(std::string_view system, std::string_view code) const {
  const auto found = impl_->systems.find(system);
  if (found == impl_->systems.end()) return {};
  const auto at = found->second.index.find(code);
  return at == found->second.index.end() ? std::string_view() : found->second.codes[at->second].display;
}

}  // namespace fhir::schema
