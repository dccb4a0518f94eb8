// The thread beside the workers: accepts connections, closes what is late, reads when every worker is in a handler, and at
// the end sees everybody off.
#pragma once

#include <atomic>
#include <thread>
#include <vector>

#include <Poco/Net/ServerSocket.h>

#include "fhir/base/result.h"
#include "server/http/edge/connection_table.h"
#include "server/http/edge/workers.h"

namespace server::http::edge {

class Watch {
 public:
  // `listener` is bound and listens; it is closed when stopping begins.
  Watch(Shared& shared, ConnectionTable& table, Workers& workers, const Poco::Net::ServerSocket& listener);
  ~Watch();

  fhir::Result<void> Start();
  // Accepts no more, closes what is idle, waits for what runs, at the longest EdgeOptions::stop_time. False when something
  // was cut off then. A second call only tells again.
  bool Stop();

 private:
  void Run();
  void SeeOff();
  int TickMs() const;
  void Accept();
  void Admit(int descriptor, std::string peer);
  void Listen(bool on);
  void CloseLate();
  void Relieve();

  Shared& shared_;
  ConnectionTable& table_;
  Workers& workers_;
  Poco::Net::ServerSocket listener_;
  const std::chrono::milliseconds scan_every_;
  Scratch scratch_;
  std::vector<ConnectionTable::Key> keys_;
  int epoll_ = -1, wake_ = -1;
  Clock::time_point next_scan_{}, next_look_{}, listen_again_{};
  std::uint64_t last_polls_ = 0;
  bool relieving_ = false;
  std::atomic<bool> all_seen_off_ = true;
  std::thread thread_;
};

}  // namespace server::http::edge
