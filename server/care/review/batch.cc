// Transactions of the review.
#include "server/care/review/batch.h"

#include <span>

#include "fhir/validate/primitives.h"
#include "server/http/versions.h"
#include "server/interactions/transaction.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::ErrorKind;
using fhir::Result;

namespace {

void Add(Document& bundle, const Item::Entry& from) {
  Element* entry = bundle.Add(bundle.root, "entry", true);
  Element* resource = bundle.Copy(*from.resource.root);
  resource->name = "resource";
  bundle.Attach(entry, resource);
  const std::string type(from.resource.root->text);
  Element* request = bundle.Add(entry, "request");
  bundle.AddString(request, "method", from.version > 0 ? "PUT" : "POST");
  bundle.AddString(request, "url", from.version > 0 ? type + "/" + std::string(from.resource.root->ValueOf("id")) : type);
  if (from.version > 0) {
    bundle.AddString(request, "ifMatch", http::ETag(from.version));
  } else {
    bundle.AddString(request, "ifNoneExist", "identifier=" + IdentifierToken(from.identifier));
  }
}

Result<void> StoreTogether(App& app, std::span<const Item> items) {
  Document bundle;
  bundle.root = bundle.NewResource("Bundle");
  bundle.AddString(bundle.root, "type", "transaction");
  for (const Item& item : items) {
    for (const Item::Entry& entry : item.entries) Add(bundle, entry);
  }
  fhir::IssueSink issues;
  TRY(interactions::ExecuteTransaction(app, std::move(bundle), issues));
  return {};
}

bool IsOurs(ErrorKind kind) { return kind == ErrorKind::kUnavailable || kind == ErrorKind::kInternal || kind == ErrorKind::kThrottled; }

}  // namespace

bool IsId(std::string_view text) { return !fhir::validate::WrongForm(fhir::schema::Primitive::kId, text); }

std::string IdentifierToken(std::string_view value) { return std::string(kIdentifierSystem) + "|" + std::string(value); }

Result<std::int64_t> Store(App& app, const std::vector<Item>& items) {
  if (items.empty()) return std::int64_t{0};
  auto together = StoreTogether(app, items);
  if (together) return static_cast<std::int64_t>(items.size());
  if (IsOurs(together.error().kind())) return std::move(together).error();
  std::int64_t stored = 0;
  for (const Item& item : items) {
    auto one = StoreTogether(app, std::span(&item, 1));
    if (!one && IsOurs(one.error().kind())) return std::move(one).error();
    stored += one ? 1 : 0;
  }
  return stored;
}

}  // namespace server::care::review
