// What the review looks for, as data: conformance/personalised_care/review_watch.txt.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::care::review {

// What is found becomes a Flag for the person and a Task for who is responsible.
struct Watch {
  enum class Found { kSearch, kOver, kUnder, kUnreturned } found = Found::kSearch;
  int days = 0;                        // kUnreturned: that a payment may go without a return
  std::string name;                    // code of the Flag and the Task: "plan-review-overdue"
  std::string type, criteria;          // of a search, as in its URL; "{today}" stands for the day
  std::string person, owner;           // elements of what is found
  std::string text;
};

// The text of the table that is built in, and its rows. kInvalid: the line and what is wrong in it.
std::string_view WatchTable();
fhir::Result<std::vector<Watch>> ReadWatches(std::string_view text);

}  // namespace server::care::review
