// now, today and timeOfDay (https://hl7.org/fhirpath/N1/#current-date-and-time-functions): the moment is
// the context's, so that an evaluation always sees the same one.
#include "fhir/path/functions/families.h"

namespace fhir::path::functions {
namespace {

Result<DateTime> Moment(const Evaluator& evaluator, const Call& call) {
  const std::optional<DateTime> now = DateTime::Parse(evaluator.context().now);
  if (!now) return Evaluator::Fail(call.node, call.node.text + "() needs to be told the time, and was not.");
  return *now;
}

}  // namespace

Result<Values> Now(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const DateTime now, Moment(evaluator, call));
  return One(SystemValue{SystemType::kDateTime, now.ToString(), {}});
}

Result<Values> Today(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(const DateTime now, Moment(evaluator, call));
  return One(SystemValue{SystemType::kDate, now.ToString().substr(0, 10), {}});
}

Result<Values> TimeOfDay(Evaluator& evaluator, const Call& call) {
  TRY_ASSIGN(DateTime now, Moment(evaluator, call));
  now.has_date = false;
  now.offset_minutes.reset();
  return One(SystemValue{SystemType::kTime, now.ToString(), {}});
}

}  // namespace fhir::path::functions
