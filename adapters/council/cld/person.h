// A person's rows of one file as events: each with the key it is known by, each once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"
#include "adapters/council/cld/event.h"
#include "adapters/council/cld/lists.h"
#include "fhir/base/result.h"

namespace adapters::council::cld {

// An event and which of the person's rows said it.
struct Said {
  Event event;
  std::uint32_t line = 0;        // 1 up, into PersonRows::lines; 0: out of the store
};

// A good row of the person.
struct Line {
  Cells cells;
  std::uint64_t number = 0;      // in the file
  std::string key;               // of the event that it speaks of
  bool stands = true;            // the event is as this row says; otherwise as another row of that key does
};

struct PersonRows {
  std::vector<Line> lines;
  std::uint32_t bad = 0;         // rows that were refused
  std::vector<Said> events;      // sorted by key
};

// Of rows that say one event, DHSC's rules choose: an open end first, then the latest, then the best outcome, then
// a fixed order. Fails with kUnprocessable when the rows give the person two NHS numbers, kInternal for bytes that
// no reader made.
fhir::Result<PersonRows> ReadPersonRows(const PersonPart& part, const Lists& lists);

}  // namespace adapters::council::cld
