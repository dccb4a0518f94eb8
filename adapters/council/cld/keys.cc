// The unique-event key of domain facts §5.4.
#include "adapters/council/cld/keys.h"

#include "adapters/base/sha256.h"

namespace adapters::council::cld {
namespace {

constexpr std::size_t kHashDigits = 16;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::string EventKey(const Lists& lists, const Cells& cells) {
  const std::string& type = At(cells, Column::kEventType);
  const auto code = [&](Column column) { return lists.ReleaseTwoOf(column, At(cells, column)); };
  std::string all(code(Column::kClientType));
  all += '\n';
  if (type == "Service") {
    (all += code(Column::kServiceType)) += '\n';
    all += code(Column::kServiceComponent);
  } else {
    (all += At(cells, Column::kEventEnd)) += '\n';
    if (type == "Request") all += code(Column::kRouteOfAccess);
    if (type == "Assessment") all += code(Column::kAssessmentType);
  }
  return KeyPart(At(cells, Column::kPersonId)) + "/" + Lower(type) + "/" + At(cells, Column::kEventStart) + "/" + Sha256Hex(all).substr(0, kHashDigits);
}

std::string ServiceDetail(const Lists& lists, const Cells& cells) {
  std::string detail(lists.ReleaseTwoOf(Column::kDeliveryMechanism, At(cells, Column::kDeliveryMechanism)));
  (detail += '\n') += At(cells, Column::kUnitCost);
  (detail += '\n') += lists.ReleaseTwoOf(Column::kCostFrequency, At(cells, Column::kCostFrequency));
  return (detail += '\n') += At(cells, Column::kPlannedUnits);
}

std::string NeedKey(const Lists& lists, std::string_view person, std::string_view reason) {
  return KeyPart(person) + "/" + KeyPart(lists.ReleaseTwoOf(Column::kPrimarySupportReason, reason));
}

std::string BudgetKey(const Lists& lists, std::string_view person, std::string_view mechanism) {
  return KeyPart(person) + "/" + (mechanism.empty() ? "not said" : KeyPart(lists.ReleaseTwoOf(Column::kDeliveryMechanism, mechanism)));
}

}  // namespace adapters::council::cld
