// The URLs and codes that personal budgets are written with in FHIR; here and nowhere else. README.md says what each means.
#pragma once

#include <array>
#include <string_view>

namespace fhir::money {

namespace extension {
inline constexpr std::string_view kBudgetStage = "https://careloom.example/fhir/StructureDefinition/budget-stage";
inline constexpr std::string_view kDeliveryMechanism = "https://careloom.example/fhir/StructureDefinition/delivery-mechanism";
inline constexpr std::string_view kRightToHave = "https://careloom.example/fhir/StructureDefinition/right-to-have";
inline constexpr std::string_view kReviewDue = "https://careloom.example/fhir/StructureDefinition/review-due";
inline constexpr std::string_view kIndicativeAmount = "https://careloom.example/fhir/StructureDefinition/indicative-amount";
inline constexpr std::string_view kAgreedAmount = "https://careloom.example/fhir/StructureDefinition/agreed-amount";
inline constexpr std::string_view kOverPolicy = "https://careloom.example/fhir/StructureDefinition/over-policy";
inline constexpr std::string_view kBalance = "https://careloom.example/fhir/StructureDefinition/balance";   // of `aggregate` and `amount`
inline constexpr std::string_view kChargeKind = "https://careloom.example/fhir/StructureDefinition/charge-kind";
inline constexpr std::string_view kUnitPrice = "https://careloom.example/fhir/StructureDefinition/unit-price";
}  // namespace extension

namespace code_system {
inline constexpr std::string_view kBudgetType = "https://careloom.example/fhir/CodeSystem/budget-type";
inline constexpr std::string_view kBudgetStage = "https://careloom.example/fhir/CodeSystem/budget-stage";
inline constexpr std::string_view kDeliveryMechanism = "https://careloom.example/fhir/CodeSystem/delivery-mechanism";
inline constexpr std::string_view kRightToHave = "https://careloom.example/fhir/CodeSystem/right-to-have";
inline constexpr std::string_view kLedgerFigure = "https://careloom.example/fhir/CodeSystem/ledger-figure";
inline constexpr std::string_view kChargeKind = "https://careloom.example/fhir/CodeSystem/charge-kind";
inline constexpr std::string_view kCldCostFrequency = "https://careloom.example/fhir/CodeSystem/cld-cost-frequency";
}  // namespace code_system

// What is allowed of each code system.
namespace codes {
inline constexpr std::array<std::string_view, 4> kBudgetTypes = {"personal-health-budget",
                                                                "care-act-personal-budget", "integrated-personal-budget", "personal-wheelchair-budget"};
inline constexpr std::array<std::string_view, 4> kStages = {"indicative", "agreed", "suspended", "closed"};
inline constexpr std::array<std::string_view, 5> kMechanisms = {"notional", "third-party", "direct-payment", "council-managed", "commissioned"};
inline constexpr std::array<std::string_view, 5> kRightsToHave = {"adult-chc", "childrens-continuing-care", "section-117", "wheelchair", "none"};
inline constexpr std::array<std::string_view, 8> kKinds = {"planned", "commitment", "charge", "transfer", "spend", "contribution", "reclaim", "reversal"};
inline constexpr std::array<std::string_view, 2> kOverPolicies = {"refuse", "flag"};
inline constexpr std::array<std::string_view, 3> kNotCounted = {"entered-in-error", "aborted", "not-billable"};   // statuses of entries that do not count
}  // namespace codes

// The type of a budget that is the sum of its children.
inline constexpr std::string_view kIntegrated = "integrated-personal-budget";

// The group of what has no value: an entry that serves no goal, an Account without owner or mechanism.
inline constexpr std::string_view kNone = "none";

}  // namespace fhir::money
