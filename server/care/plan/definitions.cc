// The definitions of conformance/personalised_care, in the binary and in the store.
#include "server/care/plan/definitions.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <vector>

#include "adapters/base/embedded.h"
#include "adapters/base/sha256.h"
#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "server/care/plan/stored.h"
#include "server/interactions/transaction.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

Result<std::vector<Document>> BuiltIn(const App& app) {
  std::vector<Document> documents;
  for (const adapters::EmbeddedFile& file : adapters::EmbeddedDefinitions()) {
    std::string bytes;
    for (const unsigned char byte : std::span(file.bytes, file.size_bytes)) bytes += static_cast<char>(byte);
    auto document = fhir::json::Read(bytes);
    if (!document) return Error(ErrorKind::kInternal, "A built-in definition cannot be read.").WithDetail(std::string(file.name) + ": " + document.error().ToString());
    fhir::schema::Bind(*document->root, *app.registry);
    documents.push_back(*std::move(document));
  }
  return documents;
}

// Says in the store which built-in definitions were put there, so that the next start asks for one resource.
constexpr std::string_view kMark = "careloom-definitions";

std::string Fingerprint() {
  std::string all;
  for (const adapters::EmbeddedFile& file : adapters::EmbeddedDefinitions()) {
    all += std::string(file.name) + "\n";
    for (const unsigned char byte : std::span(file.bytes, file.size_bytes)) all += static_cast<char>(byte);
  }
  return adapters::Sha256Hex(all);
}

Document Mark(const std::string& fingerprint) {
  Document mark;
  mark.root = mark.NewResource("Basic");
  Element* identifier = mark.Add(mark.root, "identifier", true);
  mark.AddString(identifier, "system", std::string(kBase) + "id/definitions");
  mark.AddString(identifier, "value", fingerprint);
  mark.AddString(mark.Add(mark.root, "code"), "text", "The built-in definitions of personalised care that were put into this store");
  return mark;
}

std::string_view Part(std::string_view& rest) {
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  const std::string_view part = rest.substr(0, dot);
  rest.remove_prefix(std::min(dot + 1, rest.size()));
  return part;
}

}  // namespace

bool IsOlder(std::string_view version, std::string_view other) {
  while (!version.empty() || !other.empty()) {
    const std::string_view a = Part(version), b = Part(other);
    int x = 0, y = 0;
    const auto read = [](std::string_view text, int& number) {
      return text.empty() || std::from_chars(text.data(), text.data() + text.size(), number).ptr == text.data() + text.size();
    };
    if (!read(a, x) || !read(b, y)) {
      if (a != b) return a < b;
    } else if (x != y) {
      return x < y;
    }
  }
  return false;
}

Result<int> StoreDefinitions(App& app) {
  const std::string fingerprint = Fingerprint();
  Writes writes;
  int count = 0;
  {
    TRY_ASSIGN(const auto reader, app.store->OpenReader());
    TRY_ASSIGN(const std::optional<Document> mark, Load(app, *reader, "Basic", kMark));
    const Element* known = mark ? mark->root->Walk("identifier", "value") : nullptr;
    if (known && known->value() == fingerprint) return 0;
    TRY_ASSIGN(const std::vector<Document> built_in, BuiltIn(app));
    for (const Document& definition : built_in) {
      const Element& root = *definition.root;
      auto version = reader->Read(root.resource_type(), root.ValueOf("id"));
      if (!version && version.error().kind() != ErrorKind::kNotFound) return std::move(version).error();
      if (version && !version->deleted()) {
        TRY_ASSIGN(const Document stored, fhir::json::Read(version->body));
        if (!IsOlder(stored.root->ValueOf("version"), root.ValueOf("version"))) continue;
      }
      writes.Put(root, root.ValueOf("id"), version ? version->version : 0);
      ++count;
    }
  }
  writes.Put(*Mark(fingerprint).root, kMark);
  fhir::IssueSink issues;
  auto done = interactions::ExecuteTransaction(app, std::move(writes).Take(), issues);
  // Another server was first.
  if (!done && done.error().kind() == ErrorKind::kPrecondition) return 0;
  if (!done && issues.HasErrors()) {
    return Error(ErrorKind::kInternal, "A built-in definition is not valid.").WithDetail(issues.issues()[0].text + " (" + issues.issues()[0].expression + ")");
  }
  if (!done) return std::move(done).error();
  return count;
}

Result<Document> FindDefinition(const App& app, storage::Reader& reader, std::string_view type, std::string_view id_or_url) {
  const std::string asked(id_or_url.substr(0, id_or_url.find('|')));
  const bool is_url = asked.find(':') != std::string::npos;
  if (is_url) {
    TRY_ASSIGN(std::vector<Document> found, Search(app, reader, type, "url=" + QueryValue(asked)));
    const auto newest = std::ranges::max_element(found, [](const Document& a, const Document& b) { return IsOlder(a.root->ValueOf("version"), b.root->ValueOf("version")); });
    if (newest != found.end()) return std::move(*newest);
  } else {
    TRY_ASSIGN(std::optional<Document> found, Load(app, reader, type, asked));
    if (found) return *std::move(found);
  }
  TRY_ASSIGN(std::vector<Document> built_in, BuiltIn(app));
  std::string known;
  for (Document& definition : built_in) {
    const Element& root = *definition.root;
    if (root.resource_type() != type) continue;
    if (root.ValueOf(is_url ? "url" : "id") == asked) return std::move(definition);
    known += (known.empty() ? "" : ", ") + std::string(root.ValueOf(is_url ? "url" : "id"));
  }
  return Error(ErrorKind::kNotFound, "There is no " + std::string(type) + " '" + asked + "' here. Store it first" + (known.empty() ? "." : ", or use one that is built in: " + known + "."));
}

}  // namespace server::care::plan
