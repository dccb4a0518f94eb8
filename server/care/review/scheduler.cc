// The thread of the reviews.
#include "server/care/review/scheduler.h"

namespace server::care::review {

Scheduler::Scheduler(App& app, std::chrono::milliseconds every, Tell tell) : app_(app), every_(every), tell_(std::move(tell)), thread_([this] { Loop(); }) {}

Scheduler::~Scheduler() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool Scheduler::IsStopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Scheduler::Loop() {
  while (!IsStopping()) {
    const auto done = Review(app_, [this] { return IsStopping(); });
    if (IsStopping()) return;
    if (tell_) tell_(done);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, every_, [this] { return stopping_; });
  }
}

}  // namespace server::care::review
