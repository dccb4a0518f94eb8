// Finding and rewriting of references within a Bundle.
#include "server/interactions/links.h"

#include <algorithm>
#include <unordered_map>

namespace server::interactions {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::ValueKind;

namespace {

// Bases of relative references: "http://x/fhir/Patient/1" gives "http://x/fhir/".
std::string_view BaseOfFullUrl(std::string_view full_url) {
  if (!full_url.starts_with("http://") && !full_url.starts_with("https://")) return {};
  const std::size_t id = full_url.rfind('/');
  const std::size_t type = id == 0 || id == std::string_view::npos ? std::string_view::npos : full_url.rfind('/', id - 1);
  return type == std::string_view::npos ? std::string_view() : full_url.substr(0, type + 1);
}

// Calls `use` with the place and text of every attribute value of an XHTML text.
template <typename Use>
void EachAttribute(std::string_view xhtml, const Use& use) {
  for (std::size_t at = 0; (at = xhtml.find('=', at)) != std::string_view::npos;) {
    ++at;
    if (at >= xhtml.size() || (xhtml[at] != '"' && xhtml[at] != '\'')) continue;
    const std::size_t end = xhtml.find(xhtml[at], at + 1);
    if (end == std::string_view::npos) return;
    use(at + 1, xhtml.substr(at + 1, end - at - 1));
    at = end + 1;
  }
}

class Finder {
 public:
  Finder(const App& app, Plan& plan) : app_(app), plan_(plan) {}

  Result<void> Run() {
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const PlannedEntry& entry = plan_.entries[i];
      if (!entry.document.root) continue;
      NoteIdentifiers(entry, i);
      if (entry.full_url.empty()) continue;
      const auto [first, is_new] = by_url_.emplace(entry.full_url, i);
      if (!is_new) {
        return Error(ErrorKind::kInvalid, "The fullUrl '" + entry.full_url + "' is also that of " + plan_.entries[first->second].place + ". Give each entry its own.")
            .At(entry.place + ".fullUrl").WithIssueType("duplicate");
      }
    }
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      if (!plan_.entries[i].document.root) continue;
      TRY(Walk(*plan_.entries[i].document.root, i));
    }
    return {};
  }

 private:
  void NoteIdentifiers(const PlannedEntry& entry, std::size_t index) {
    for (const Element& identifier : fhir::Repeats(*entry.document.root, "identifier")) {
      const std::string_view value = identifier.ValueOf("value");
      if (!value.empty()) by_identifier_[entry.type + "|" + std::string(identifier.ValueOf("system")) + "|" + std::string(value)].push_back(index);
    }
  }

  Result<void> Walk(Element& element, std::size_t owner) {
    if (element.kind == ValueKind::kString) {
      TRY(Text(element, owner));
    }
    for (Element* child = element.first_child; child; child = child->next) {
      TRY(Walk(*child, owner));
    }
    return {};
  }

  Result<void> Text(Element& element, std::size_t owner) {
    const std::string_view type = element.type ? element.type->name : std::string_view();
    if (element.name == "reference") return Reference(element, owner);
    if (type == "uri" || type == "url" || type == "canonical" || type == "oid" || type == "uuid") {
      const auto found = by_url_.find(std::string(element.text));
      if (found != by_url_.end()) Add(element, owner, Link::Kind::kEntry, found->second);
    } else if (element.name == "div") {
      bool names_one = false;
      EachAttribute(element.text, [&](std::size_t, std::string_view value) { names_one = names_one || by_url_.contains(std::string(value)); });
      if (names_one) Add(element, owner, Link::Kind::kNarrative, 0);
    }
    return {};
  }

  Result<void> Reference(Element& element, std::size_t owner) {
    const std::string text(element.text);
    if (text.starts_with("#")) return {};
    auto found = by_url_.find(text);
    if (found == by_url_.end()) found = by_url_.find(std::string(BaseOfFullUrl(plan_.entries[owner].full_url)) + text);
    if (found != by_url_.end()) {
      Add(element, owner, Link::Kind::kEntry, found->second);
      return {};
    }
    if (text.starts_with("urn:uuid:") || text.starts_with("urn:oid:")) {
      return Error(ErrorKind::kInvalid, "The reference '" + text + "' is no entry's fullUrl. Add the entry, or refer by Type/id or Type?criteria.")
          .At(PlaceOf(element, owner)).WithIssueType("not-found");
    }
    const std::size_t question = text.find('?');
    const bool is_criteria = question != std::string::npos && text.find('/') > question;
    return is_criteria ? Conditional(element, owner, text, question) : Result<void>();
  }

  Result<void> Conditional(Element& element, std::size_t owner, const std::string& text, std::size_t question) {
    const auto [known, is_new] = lookups_.emplace(text, plan_.lookups.size());
    if (is_new) {
      Lookup lookup;
      lookup.place = PlaceOf(element, owner);
      const std::string type = text.substr(0, question);
      if (!app_.registry->IsResourceType(type)) return Error(ErrorKind::kInvalid, "FHIR R4 has no resource type '" + type + "'.").At(lookup.place);
      auto criteria = ParseCriteria(app_, type, text.substr(question + 1));
      if (!criteria) return Placed(criteria.error(), lookup.place);
      lookup.criteria = *std::move(criteria);
      const auto& asked = lookup.criteria.query.criteria;
      if (asked.size() == 1 && asked[0].name == "identifier" && asked[0].modifier.empty() && asked[0].values.size() == 1) {
        const auto inside = by_identifier_.find(type + "|" + asked[0].values[0].system + "|" + asked[0].values[0].code);
        if (inside != by_identifier_.end()) lookup.inside = inside->second;
      }
      plan_.lookups.push_back(std::move(lookup));
    }
    Add(element, owner, Link::Kind::kLookup, known->second);
    return {};
  }

  std::string PlaceOf(const Element& element, std::size_t owner) const {
    const std::string path = fhir::PathOf(element);
    const PlannedEntry& entry = plan_.entries[owner];
    return entry.place.empty() ? path : entry.place + ".resource" + path.substr(std::min(path.find('.'), path.size()));
  }

  void Add(Element& element, std::size_t owner, Link::Kind kind, std::size_t target) {
    plan_.links.push_back({owner, &element, std::string(element.text), kind, target});
  }

  const App& app_;
  Plan& plan_;
  std::unordered_map<std::string, std::size_t> by_url_, lookups_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_identifier_;
};

// The narrative with every attribute that is an entry's fullUrl replaced.
std::string RewriteNarrative(const std::unordered_map<std::string_view, std::size_t>& by_url, std::span<const std::string> targets, const std::string& text) {
  std::string out;
  std::size_t copied = 0;
  EachAttribute(text, [&](std::size_t at, std::string_view value) {
    const auto found = by_url.find(value);
    if (found == by_url.end()) return;
    out.append(text, copied, at - copied);
    out += targets[found->second];
    copied = at + value.size();
  });
  return out.append(text, copied);
}

}  // namespace

Result<void> FindLinks(const App& app, Plan& plan) { return Finder(app, plan).Run(); }

void WriteLinks(Plan& plan, std::span<const std::string> targets, std::span<const std::string> found) {
  std::unordered_map<std::string_view, std::size_t> by_url;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    if (plan.entries[i].document.root) by_url.emplace(plan.entries[i].full_url, i);
  }
  for (const Link& link : plan.links) {
    Document& document = plan.entries[link.entry].document;
    switch (link.kind) {
      case Link::Kind::kEntry: document.SetValue(link.element, ValueKind::kString, targets[link.target]); break;
      case Link::Kind::kLookup: document.SetValue(link.element, ValueKind::kString, found[link.target]); break;
      case Link::Kind::kNarrative:
        document.SetValue(link.element, ValueKind::kString, RewriteNarrative(by_url, targets, link.original));
        break;
    }
  }
}

}  // namespace server::interactions
