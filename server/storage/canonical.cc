// See canonical.h.
#include "server/storage/canonical.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

namespace server::storage {

namespace {

using fhir::Children;
using fhir::Element;

// Where a member stands among its siblings; what the definitions do not know comes last, as it came.
std::size_t Rank(const Element& parent, const Element& child) {
  if (parent.is_resource && child.name == "id") return 0;
  if (parent.is_resource && child.name == "meta") return 1;
  if (parent.type) {
    const auto match = parent.type->Find(child.name);
    if (match.definition) return 2 + static_cast<std::size_t>(match.definition - parent.type->elements.data());
  }
  return 100'000;
}

void SortMembers(Element& parent) {
  std::vector<std::pair<std::size_t, Element*>> members;
  for (Element* child = parent.first_child; child; child = child->next) {
    SortMembers(*child);
    members.emplace_back(Rank(parent, *child), child);
  }
  const auto by_rank = [](const auto& a, const auto& b) { return a.first < b.first; };
  if (std::is_sorted(members.begin(), members.end(), by_rank)) return;
  std::stable_sort(members.begin(), members.end(), by_rank);
  parent.first_child = members.front().second;
  parent.last_child = members.back().second;
  for (std::size_t i = 0; i < members.size(); ++i) members[i].second->next = i + 1 < members.size() ? members[i + 1].second : nullptr;
}

// The element of that name, cleared of what was in it, or a new one.
Element* Place(fhir::Document& document, Element* parent, std::string_view name) {
  Element* element = parent->Find(name);
  if (!element) return document.AddString(parent, name, "");
  element->first_child = element->last_child = nullptr;
  return element;
}

bool IsOwnMeta(const Element& element) {
  return (element.name == "versionId" || element.name == "lastUpdated") && element.parent && element.parent->name == "meta" &&
         element.parent->parent && element.parent->parent->is_resource;
}

}  // namespace

void Canonicalise(fhir::Document& document, std::string_view id, const fhir::schema::Registry& registry) {
  Element* root = document.root;
  document.SetValue(Place(document, root, "id"), fhir::ValueKind::kString, id);
  Element* meta = root->Find("meta");
  if (!meta) meta = document.Add(root, "meta");
  Place(document, meta, "versionId");
  Place(document, meta, "lastUpdated");
  fhir::schema::Bind(*root, registry);
  SortMembers(*root);
}

void SetMeta(fhir::Document& document, std::int64_t version, std::int64_t last_updated_us) {
  Element* meta = document.root->Find("meta");
  document.SetValue(meta->Find("versionId"), fhir::ValueKind::kString, std::to_string(version));
  document.SetValue(meta->Find("lastUpdated"), fhir::ValueKind::kString, InstantText(last_updated_us));
}

std::string InstantText(std::int64_t microseconds) {
  using namespace std::chrono;
  const std::int64_t ms = microseconds / 1000;
  const sys_days day = floor<days>(sys_time<milliseconds>(milliseconds(ms)));
  const year_month_day date(day);
  const std::int64_t in_day = ms - std::int64_t{day.time_since_epoch().count()} * 86'400'000;
  char text[40];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(in_day / 3'600'000), static_cast<int>(in_day / 60'000 % 60),
                static_cast<int>(in_day / 1000 % 60), static_cast<int>(in_day % 1000));
  return text;
}

bool Covers(const Element& stored, const Element& fresh) {
  if (stored.has_value() != fresh.has_value() || stored.value() != fresh.value() || stored.resource_type() != fresh.resource_type()) return false;
  if (stored.has_value() && stored.kind != fresh.kind) return false;
  for (const Element& child : Children(fresh)) {
    if (IsOwnMeta(child)) continue;
    bool found = false;
    for (const Element& candidate : Children(stored)) found = found || (candidate.name == child.name && Covers(candidate, child));
    if (!found) return false;
  }
  return true;
}

}  // namespace server::storage
