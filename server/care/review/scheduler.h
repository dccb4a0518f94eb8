// The review again and again, on a thread of its own: when it is started, and then whenever so much time has passed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/care/review/review.h"

namespace server::care::review {

class Scheduler {
 public:
  // What came of each review. Called on the thread.
  using Tell = std::function<void(const fhir::Result<std::vector<Tally>>&)>;

  // `app` must outlive it. Of several processes on one store one does it at a time; the others pass over that time.
  Scheduler(App& app, std::chrono::milliseconds every, Tell tell);
  // Breaks off a review that is under way, after the page at hand.
  ~Scheduler();
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

 private:
  bool IsStopping();
  void Loop();

  App& app_;
  const std::chrono::milliseconds every_;
  const Tell tell_;
  std::mutex mutex_;                   // protects stopping_
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;                 // last: it uses the others
};

}  // namespace server::care::review
