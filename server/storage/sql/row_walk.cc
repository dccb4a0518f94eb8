// See row_walk.h.
#include "server/storage/sql/row_walk.h"

#include <algorithm>
#include <utility>

namespace server::storage::sql {

using fhir::Result;

Result<RowWalk::Candidate> RowWalk::Next(Key below) {
  while (at_ < keys_.size() && keys_[at_] >= below) ++at_;
  if (at_ == keys_.size()) {
    TRY(Read(below));
    if (keys_.empty()) return Candidate();
  }
  Candidate candidate{keys_[at_], std::move(rows_[at_])};
  ++at_;
  return candidate;
}

Result<void> RowWalk::Read(Key below) {
  keys_.clear();
  at_ = 0;
  while (keys_.size() < wanted_) {
    TRY_ASSIGN(const Key key, source_->Next(below));
    if (key == 0) break;
    keys_.push_back(key);
    below = key;
  }
  wanted_ = std::min(wanted_ * 4, kRowsAtOnce);
  TRY_ASSIGN(rows_, FindRows(*connection_, keys_));
  return {};
}

}  // namespace server::storage::sql
