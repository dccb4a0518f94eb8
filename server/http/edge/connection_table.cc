// The table of open connections.
#include "server/http/edge/connection_table.h"

namespace server::http::edge {
namespace {

bool IsLoopback(const std::string& peer) { return peer.starts_with("127.") || peer == "::1"; }

}  // namespace

ConnectionTable::ConnectionTable(std::size_t most, std::size_t spare, int most_per_ip) : slots_(most + spare), most_(most), most_per_ip_(most_per_ip) {
  free_.reserve(slots_.size());
  for (std::size_t i = slots_.size(); i-- > 0;) free_.push_back(static_cast<std::uint32_t>(i));
}

ConnectionTable::Room ConnectionTable::RoomFor(const std::string& peer) const {
  if (size() >= most_) return Room::kFull;
  if (most_per_ip_ <= 0 || IsLoopback(peer)) return Room::kFree;
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = of_peer_.find(peer);
  return found != of_peer_.end() && found->second >= most_per_ip_ ? Room::kFullForPeer : Room::kFree;
}

ConnectionTable::Key ConnectionTable::Open(std::unique_ptr<Connection> connection) {
  std::uint32_t index = 0;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) return kNone;
    index = free_.back();
    free_.pop_back();
    if (!IsLoopback(connection->peer())) ++of_peer_[connection->peer()];
  }
  Slot& slot = slots_[index];
  // Generations stay below the highest, which keys of other meaning use, and above 0.
  const std::uint32_t before = GenerationOf(slot.word.load(std::memory_order_relaxed));
  const std::uint32_t generation = before >= 0xFFFFFFFE ? 1 : before + 1;
  slot.deadline.store(connection->deadline().time_since_epoch().count(), std::memory_order_relaxed);
  slot.connection = std::move(connection);
  size_.fetch_add(1, std::memory_order_relaxed);
  if (index >= used_.load(std::memory_order_relaxed)) used_.store(index + 1, std::memory_order_relaxed);   // Open has one caller
  slot.word.store(Word(generation, kParked), std::memory_order_release);
  return std::uint64_t{generation} << 32 | index;
}

Connection* ConnectionTable::Claim(Key key) {
  Slot& slot = SlotOf(key);
  std::uint64_t word = slot.word.load(std::memory_order_acquire);
  for (;;) {
    if (GenerationOf(word) != GenerationOf(key)) return nullptr;
    const auto state = static_cast<State>(word & 0xFFFFFFFF);
    if (state == kEmpty || state == kHeldWithEvent) return nullptr;
    const State next = state == kParked ? kHeld : kHeldWithEvent;
    if (slot.word.compare_exchange_weak(word, Word(GenerationOf(key), next), std::memory_order_acq_rel)) {
      return state == kParked ? slot.connection.get() : nullptr;
    }
  }
}

bool ConnectionTable::Park(Key key) {
  Slot& slot = SlotOf(key);
  slot.deadline.store(slot.connection->deadline().time_since_epoch().count(), std::memory_order_relaxed);
  std::uint64_t held = Word(GenerationOf(key), kHeld);
  if (slot.word.compare_exchange_strong(held, Word(GenerationOf(key), kParked), std::memory_order_acq_rel)) return true;
  slot.word.store(Word(GenerationOf(key), kHeld), std::memory_order_relaxed);
  return false;
}

void ConnectionTable::Close(Key key) {
  Slot& slot = SlotOf(key);
  const std::string peer = slot.connection->peer();
  // First out of everybody's reach: the descriptor's number may be given anew as soon as it is closed.
  slot.word.store(Word(GenerationOf(key), kEmpty), std::memory_order_release);
  slot.connection.reset();
  const std::lock_guard<std::mutex> lock(mutex_);
  free_.push_back(static_cast<std::uint32_t>(key & 0xFFFFFFFF));
  if (!IsLoopback(peer)) {
    const auto found = of_peer_.find(peer);
    if (found != of_peer_.end() && --found->second == 0) of_peer_.erase(found);
  }
  size_.fetch_sub(1, std::memory_order_relaxed);
}

void ConnectionTable::Late(Clock::time_point now, std::vector<Key>& keys) const {
  const std::size_t used = used_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < used; ++i) {
    const std::uint64_t word = slots_[i].word.load(std::memory_order_acquire);
    if ((word & 0xFFFFFFFF) != kParked) continue;
    if (slots_[i].deadline.load(std::memory_order_relaxed) <= now.time_since_epoch().count()) keys.push_back((word & ~Key{0xFFFFFFFF}) | i);
  }
}

void ConnectionTable::Parked(std::vector<Key>& keys) const { Late(Clock::time_point::max(), keys); }

}  // namespace server::http::edge
