// Comparing of versions.
#include "server/care/plan/difference.h"

#include <algorithm>
#include <set>
#include <string_view>

namespace server::care::plan {

using fhir::Children;
using fhir::Element;
using fhir::Repeats;

namespace {

// What says that two repeats are the same thing.
std::string KeyOf(const Element& element) {
  for (const std::string_view name : {"id", "url", "reference", "linkId", "code"}) {
    const Element* found = element.Find(name);
    if (found && found->has_value()) return std::string(name) + " " + std::string(found->text) + " " + std::string(element.ValueOf("system"));
  }
  const Element* coding = element.Find("coding");
  return coding ? KeyOf(*coding) : std::string();
}

class Comparison {
 public:
  std::vector<Difference> Take() && { return std::move(found_); }

  void Compare(const Element* before, const Element* after, const std::string& path) {
    const Element& either = after ? *after : *before;
    if (either.has_value() || (before && before->has_value())) {
      const bool differs = !before || !after || before->value() != after->value();
      if (differs) found_.push_back({path, Value(before), Value(after)});
    }
    std::vector<std::string_view> names;
    for (const Element* owner : {before, after}) {
      if (!owner) continue;
      for (const Element& child : Children(*owner)) {
        const bool is_meta = child.name == "meta" && owner->is_resource;
        if (!is_meta && std::ranges::find(names, child.name) == names.end()) names.push_back(child.name);
      }
    }
    for (const std::string_view name : names) Lists(List(before, name), List(after, name), path + "." + std::string(name));
  }

 private:
  using Items = std::vector<const Element*>;

  static std::optional<std::string> Value(const Element* element) { return element && element->has_value() ? std::optional<std::string>(element->value()) : std::nullopt; }

  static Items List(const Element* owner, std::string_view name) {
    Items items;
    if (!owner) return items;
    for (const Element& item : Repeats(*owner, name)) items.push_back(&item);
    return items;
  }

  void Lists(const Items& before, const Items& after, const std::string& path) {
    std::vector<const Element*> partner(after.size(), nullptr);
    std::vector<char> used(before.size(), 0);
    const auto pair = [&](const auto& fits) {
      for (std::size_t i = 0; i < after.size(); ++i) {
        for (std::size_t j = 0; j < before.size() && !partner[i]; ++j) {
          if (used[j] || !fits(*before[j], *after[i])) continue;
          partner[i] = before[j];
          used[j] = 1;
        }
      }
    };
    for (std::size_t i = 0; i < std::min(before.size(), after.size()); ++i) {
      if (!fhir::Equal(*before[i], *after[i])) continue;
      partner[i] = before[i];
      used[i] = 1;
    }
    // So many that comparing each with each takes too long are compared in their order.
    const bool few = before.size() * after.size() < 250'000;
    if (few) pair([](const Element& a, const Element& b) { return fhir::Equal(a, b); });
    if (few) pair([](const Element& a, const Element& b) { return !KeyOf(a).empty() && KeyOf(a) == KeyOf(b); });
    if (few) pair([](const Element& a, const Element& b) { return KeyOf(a).empty() || KeyOf(b).empty() || (a.name == b.name && !a.in_array); });
    for (std::size_t i = 0; i < std::min(before.size(), after.size()) && !few; ++i) {
      if (partner[i] || used[i]) continue;
      partner[i] = before[i];
      used[i] = 1;
    }
    const auto place = [&](const Element& item, std::size_t index) { return item.in_array ? path + "[" + std::to_string(index) + "]" : path; };
    for (std::size_t i = 0; i < after.size(); ++i) Compare(partner[i], after[i], place(*after[i], i));
    for (std::size_t j = 0; j < before.size(); ++j) {
      if (!used[j]) Compare(before[j], nullptr, place(*before[j], j));
    }
  }

  std::vector<Difference> found_;
};

}  // namespace

std::vector<Difference> Differences(const Element* before, const Element* after) {
  if (!before && !after) return {};
  Comparison comparison;
  comparison.Compare(before, after, std::string((after ? after : before)->resource_type()));
  return std::move(comparison).Take();
}

}  // namespace server::care::plan
