// What a person's events say together: who the person is, facts by day, needs, budgets, people cared for; and of each
// event what these do not say of it. Rules: mappings/council/README.md, Columns of the person on every row.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "adapters/council/cld/person.h"

namespace adapters::council::cld {

// A cell's text and the row that it was taken from (0: out of the store).
struct Value {
  std::string text;
  std::uint32_t line = 0;
};

// A fact that holds on all of the person's events between two days.
struct Run {
  Column column = Column::kAccommodationStatus;
  std::string first, last;      // YYYY-MM-DD
  Value value;
};

// Something that several events share: a need, a budget, a person cared for.
struct Shared {
  std::string key;
  Value value;
};

struct AsGiven {
  Column column = Column::kLaCode;
  std::string text;             // empty: the cell was
};

struct Placed {
  const Said* said = nullptr;
  std::string end;              // as the record shows it; empty: open
  std::string need, budget;     // keys; empty: none
  std::vector<AsGiven> as_given;
};

struct Picture {
  std::array<Value, kColumnCount> person;   // the columns of the Patient
  std::vector<Run> runs;
  std::vector<Shared> needs, budgets;
  std::vector<Shared> cared_for;            // the key is the id of the person cared for
  std::vector<Placed> events;               // in the order given
};

// `events` must outlive the picture.
Picture MakePicture(std::span<const Said> events, const Lists& lists);

// Does an event of that type say the column in a place of its own?
bool HasPlace(std::string_view event_type, Column column);
// Has the service a ChargeItem?
bool IsCharged(const Event& event);

}  // namespace adapters::council::cld
