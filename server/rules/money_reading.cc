// Helpers of the rules over money.
#include "server/rules/money_reading.h"

#include <algorithm>
#include <map>

#include "fhir/money/ledger.h"
#include "fhir/schema/read_bound.h"
#include "server/search/parse.h"

namespace server::rules {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr int kPage = 1000;

bool Same(const Element& a, const Element& b);

// Members by name, the repeats of one name in their order.
std::map<std::string_view, std::vector<const Element*>> Members(const Element& of, std::initializer_list<std::string_view> apart) {
  std::map<std::string_view, std::vector<const Element*>> members;
  for (const Element& child : fhir::Children(of)) {
    if (std::ranges::find(apart, child.name) == apart.end()) members[child.name].push_back(&child);
  }
  return members;
}

std::string_view Difference(const Element& a, const Element& b, std::initializer_list<std::string_view> apart) {
  const auto of_a = Members(a, apart), of_b = Members(b, apart);
  for (const auto& [name, elements] : of_a) {
    const auto other = of_b.find(name);
    if (other == of_b.end() || !std::ranges::equal(elements, other->second, [](const Element* x, const Element* y) { return Same(*x, *y); })) return name;
  }
  for (const auto& [name, elements] : of_b) {
    if (!of_a.contains(name)) return name;
  }
  return {};
}

bool Same(const Element& a, const Element& b) {
  return a.kind == b.kind && a.is_resource == b.is_resource && a.text == b.text && Difference(a, b, {}).empty();
}

}  // namespace

bool RemoveExtensions(Element& of, std::string_view url) {
  bool removed = false;
  for (Element* child = of.first_child; child;) {
    Element* const next = child->next;
    if (child->name == "extension" && child->ValueOf("url") == url) {
      Document::Detach(child);
      removed = true;
    }
    child = next;
  }
  return removed;
}

void KeepExtension(Document& after, const Element* before, std::string_view url) {
  RemoveExtensions(*after.root, url);
  if (!before) return;
  for (const Element& extension : fhir::Repeats(*before, "extension")) {
    if (extension.ValueOf("url") == url) after.Attach(after.root, after.Copy(extension));
  }
}

void OrderExtensions(Document& after, const Element* before) {
  if (!before) return;
  std::map<std::string_view, std::size_t> places;
  std::size_t place = 0;
  for (const Element& extension : fhir::Repeats(*before, "extension")) places.emplace(extension.ValueOf("url"), place++);
  std::vector<Element*> extensions;
  for (Element* child = after.root->first_child; child; child = child->next) {
    if (child->name == "extension") extensions.push_back(child);
  }
  for (Element* extension : extensions) Document::Detach(extension);
  std::ranges::stable_sort(extensions, {}, [&](const Element* extension) {
    const auto known = places.find(extension->ValueOf("url"));
    return known == places.end() ? place : known->second;
  });
  for (Element* extension : extensions) after.Attach(after.root, extension);
}

Element* AddExtension(Document& document, std::string_view url, std::string_view value_name) {
  Element* extension = document.Add(document.root, "extension", true);
  document.AddString(extension, "url", url);
  return document.Add(extension, value_name);
}

std::string_view FirstDifference(const Element& a, const Element& b, std::initializer_list<std::string_view> apart) { return Difference(a, b, apart); }

Result<bool> IsSamePerson(Context& context, std::string_view a, std::string_view b) {
  if (a == b) return true;
  const auto of_a = fhir::money::IdOf(a, "Patient"), of_b = fhir::money::IdOf(b, "Patient");
  if (!of_a || !of_b) return false;
  if (*of_a == *of_b) return true;
  auto person = context.transaction().PersonOf(*of_a);
  if (!person && person.error().kind() == ErrorKind::kNotFound) return false;
  if (!person) return std::move(person).error();
  return std::ranges::find(*person, *of_b) != person->end();
}

Result<Write> Fresh(Context& context, const Write& write, std::optional<Document>& fresh) {
  Write again = write;
  if (!context.from_source() || !write.before) return again;
  TRY_ASSIGN(fresh, context.LoadToChange(write.type, write.id));
  again.before = fresh ? fresh->root : nullptr;
  return again;
}

namespace {

// Until `take` says false.
Result<void> Search(Context& context, std::string_view type, const std::string& criteria, int page_size, const std::function<Result<bool>(Document)>& take) {
  search::ParseOptions options;
  options.criteria_only = true;
  auto query = search::ParseQuery(type, criteria, *context.app().registry, *context.app().extractor, options);
  if (!query) return Error(ErrorKind::kInternal, "A search of a rule could not be read.").WithDetail(query.error().ToString());
  query->count = page_size;
  while (true) {
    TRY_ASSIGN(storage::SearchPage page, context.transaction().Search(*query));
    for (const storage::SearchEntry& entry : page.entries) {
      TRY_ASSIGN(Document document, fhir::schema::ReadBound(entry.version.body, *context.app().registry));
      TRY_ASSIGN(const bool goes_on, take(std::move(document)));
      if (!goes_on) return {};
    }
    if (page.next_cursor.empty()) return {};
    query->cursor = page.next_cursor;
  }
}

}  // namespace

Result<std::vector<Document>> Find(Context& context, std::string_view type, const std::string& criteria, int limit) {
  std::vector<Document> found;
  TRY(Search(context, type, criteria, std::min(limit, kPage), [&](Document document) -> Result<bool> {
    found.push_back(std::move(document));
    return found.size() < static_cast<std::size_t>(limit);
  }));
  return found;
}

Result<void> Each(Context& context, std::string_view type, const std::string& criteria, const std::function<Result<void>(const Document&)>& take) {
  return Search(context, type, criteria, kPage, [&](const Document& document) -> Result<bool> {
    TRY(take(document));
    return true;
  });
}

Result<bool> IsThereAny(Context& context, std::string_view type, const std::string& criteria) {
  TRY_ASSIGN(const std::vector<Document> found, Find(context, type, criteria, 1));
  return !found.empty();
}

Error Refuse(std::string_view rule, std::string path, std::string text, ErrorKind kind) {
  return Error(kind, "Rule " + std::string(rule) + ": " + std::move(text)).At(std::move(path)).WithIssueType(kind == ErrorKind::kConflict ? "conflict" : "business-rule");
}

Error Named(std::string_view rule, const Error& error, std::string_view place) {
  const std::size_t step = error.path().find('.');
  return Error(error.kind(), "Rule " + std::string(rule) + ": " + error.text()).At(std::string(place) + (step == std::string::npos ? "" : error.path().substr(step)))
      .WithIssueType(std::string(error.issue_type())).WithDetail(error.detail());
}

}  // namespace server::rules
