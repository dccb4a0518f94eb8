// Lines of a budget's plan, as $propose and $record are told of them.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/schedule.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/writing.h"

namespace server::care::budget {

inline constexpr std::int64_t kMillionth = 1'000'000;   // quantities are shared out in millionths

struct LineRequest {
  const Arguments* arguments = nullptr;   // code, goal*, activity, plan, service, unitPrice, frequency, quantity, period, mechanism
  std::string place;
  std::string subject, account;           // references
  std::string key_system, key_value;      // its identifier; an empty value: none
  fhir::money::Days within;               // its days, where no period is given
  std::int64_t millionths = 0;            // the quantity of this line; 0: as given, or 1
};

// The quantity that is given, in millionths; one when none is.
fhir::Result<std::int64_t> ReadMillionths(const Arguments& arguments);

// The ChargeItem of kind planned, to be created. kInvalid, kUnprocessable at the argument's place.
fhir::Result<const fhir::Element*> AddPlannedLine(Writing& writing, const LineRequest& request);

// What planned lines and recorded entries have alike: goals and plan, service, activity, mechanism; the other one the code too.
fhir::Result<void> AddLinks(Writing& writing, fhir::Element* charge_item, const Arguments& arguments);
fhir::Result<void> AddWhatItIsFor(Writing& writing, fhir::Element* charge_item, const Arguments& arguments);

}  // namespace server::care::budget
