// Codes of the ledger, and what the readers of budgets and entries share.
#include "fhir/money/ledger.h"
#include "fhir/model/lookup.h"

#include <algorithm>
#include <span>

namespace fhir::money {
namespace {

std::optional<std::size_t> Find(std::span<const std::string_view> codes, std::string_view code) {
  const auto found = std::ranges::find(codes, code);
  return found == codes.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - codes.begin()));
}

}  // namespace

std::string_view CodeOf(Kind kind) { return codes::kKinds[static_cast<std::size_t>(kind)]; }

std::optional<Kind> KindOf(std::string_view code) {
  const auto at = Find(codes::kKinds, code);
  return at ? std::optional(static_cast<Kind>(*at)) : std::nullopt;
}

std::string_view CodeOf(Stage stage) { return stage == Stage::kUnsaid ? std::string_view() : codes::kStages[static_cast<std::size_t>(stage) - 1]; }

std::optional<Stage> StageOf(std::string_view code) {
  const auto at = Find(codes::kStages, code);
  return at ? std::optional(static_cast<Stage>(*at + 1)) : std::nullopt;
}

std::optional<std::string> IdOf(std::string_view reference, std::string_view type) {
  if (!reference.starts_with(type) || reference.size() <= type.size() + 1 || reference[type.size()] != '/') return std::nullopt;
  std::string_view id = reference.substr(type.size() + 1);
  const std::size_t slash = id.find('/');
  if (slash != std::string_view::npos && !id.substr(slash).starts_with("/_history/")) return std::nullopt;
  id = id.substr(0, slash);
  return id.empty() ? std::nullopt : std::optional(std::string(id));
}

bool IsBudget(const Element& account) {
  const Element* type = account.resource_type() == "Account" ? account.Find("type") : nullptr;
  return type && !CodeIn(*type, code_system::kBudgetType).empty();
}

bool IsEntry(const Element& charge_item) {
  return charge_item.resource_type() == "ChargeItem" && FindExtension(charge_item, extension::kChargeKind) && charge_item.Find("account");
}

}  // namespace fhir::money
