// A format of many people for tests, as small as one can be: a first line "SCOPE FROM TO", then "person,day,value" lines. A
// value is an Observation of that day; a file says all there is of the days of its period.
#pragma once

#include <atomic>
#include <memory>

#include "adapters/base/people_file.h"

namespace careloom_test {

// The value "bad" makes a bad row; of a person with the value "hold" nothing is taken while `strict_people` is true; the
// value "slow" takes 20 ms.
struct DaysBehaviour {
  std::atomic<bool> strict_people = true;
};

std::shared_ptr<const adapters::Adapter> MakeDaysAdapter(std::shared_ptr<DaysBehaviour> behaviour = std::make_shared<DaysBehaviour>());

}  // namespace careloom_test
