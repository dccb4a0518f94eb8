// Asking the rules, and what they work with.
#include <algorithm>

#include "server/rules/rule.h"
#include "fhir/schema/read_bound.h"

namespace server::rules {

using fhir::Document;
using fhir::ErrorKind;
using fhir::Result;

namespace {

bool Asks(const RuleDescriptor& rule, std::string_view type, bool from_source) {
  return (rule.asks_sources || !from_source) && rule.types.find(" " + std::string(type) + " ") != std::string_view::npos;
}

}  // namespace

Result<std::optional<Document>> Context::Load(std::string_view type, std::string_view id) {
  auto version = transaction_.Read(type, id);
  if (!version && version.error().kind() == ErrorKind::kNotFound) return std::optional<Document>();
  if (!version) return std::move(version).error();
  if (version->deleted()) return std::optional<Document>();
  TRY_ASSIGN(Document document, fhir::schema::ReadBound(version->body, *app_.registry));
  return std::optional<Document>(std::move(document));
}

Result<std::optional<Document>> Context::LoadToChange(std::string_view type, std::string_view id) {
  TRY(transaction_.Lock(std::string(type) + "/" + std::string(id)));
  return Load(type, id);
}

Result<void> Context::Put(std::string_view type, std::string_view id, Document& document) {
  storage::PutRequest request;
  request.type = type;
  request.id = id;
  request.document = &document;
  request.keep_as_of = true;
  TRY_ASSIGN(const storage::Written written, transaction_.Put(request));
  if (written.changed) rewritten_.insert(request.type + "/" + request.id);
  return {};
}

bool Rules::Concern(std::string_view type, bool from_source) {
  return std::ranges::any_of(Catalogue(), [&](const RuleDescriptor& rule) { return Asks(rule, type, from_source); });
}

Result<void> Rules::Check(std::string_view type, std::string_view id, std::string_view place, Document* after) {
  // A caller decides by what it saw: nobody else may change it meanwhile. A source says what it says.
  TRY_ASSIGN(const std::optional<Document> before, context_.from_source() ? context_.Load(type, id) : context_.LoadToChange(type, id));
  if (!before && !after) return {};
  const Write write{type, id, place, before ? before->root : nullptr, after};
  open_.resize(Catalogue().size());
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const RuleDescriptor& rule = Catalogue()[i];
    if (!Asks(rule, type, context_.from_source())) continue;
    if (!open_[i]) open_[i] = rule.open(context_);
    TRY(open_[i]->Check(write));
  }
  return {};
}

Result<void> Rules::Settle() {
  for (const std::unique_ptr<Rule>& rule : open_) {
    if (rule) {
      TRY(rule->Settle());
    }
  }
  return {};
}

}  // namespace server::rules
