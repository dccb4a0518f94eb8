// The definitions of conformance/personalised_care, in the binary and in the store.
#include "server/care/plan/definitions.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "adapters/base/embedded.h"
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
    for (std::size_t i = 0; i < file.size_bytes; ++i) bytes += static_cast<char>(file.bytes[i]);
    auto document = fhir::json::Read(bytes);
    if (!document) return Error(ErrorKind::kInternal, "A built-in definition cannot be read.").WithDetail(std::string(file.name) + ": " + document.error().ToString());
    fhir::schema::Bind(*document->root, *app.registry);
    documents.push_back(*std::move(document));
  }
  return documents;
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
  TRY_ASSIGN(const std::vector<Document> built_in, BuiltIn(app));
  Writes writes;
  int count = 0;
  {
    TRY_ASSIGN(const auto reader, app.store->OpenReader());
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
  if (count == 0) return 0;
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
