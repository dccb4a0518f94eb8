// What other systems send: kept as it came before it is acknowledged, then made resources, with a report of what became
// of it. A message that nothing can be made of is held with the reason and can be replayed.
//
// Messages are processed one at a time in the order they came, by one of the processes on a store: the one that leads. The others
// look from time to time whether they can lead. A message of one person is one transaction, and its state
// changes in the same commit. Of a file of many people each person is one, with a mark in the same commit, so that a
// process that ends on the way goes on where it was.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "adapters/base/people_file.h"
#include "fhir/base/result.h"
#include "server/app.h"
#include "server/inbox/adapter_shelf.h"
#include "server/storage/store.h"

namespace server::inbox {

// What comes with the bytes.
struct Arrival {
  std::string adapter;
  std::string name;                  // of the file, as its sender has it; may be empty
  adapters::FileOptions options;
};

// The next bytes, valid until the next call; empty at the end.
using ByteSource = std::function<fhir::Result<std::string_view>()>;

// Thread-safe.
class Inbox {
 public:
  // `folder` takes scratch files. `app` must outlive it.
  Inbox(App& app, std::string folder, AdapterLookup adapters);
  ~Inbox();                          // Stop()
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Keeps the message; what comes back is on the disk. The same bytes for the same adapter with the same options are the
  // same message: its id comes back and nothing changes, but for one that is held, which waits to be processed again.
  // kNotFound: no such adapter. kInvalid: no bytes, or an encoding that is not known.
  fhir::Result<storage::Message> Receive(const Arrival& arrival, const ByteSource& source);

  // Makes resources of a message that was received, and comes back with it as it stands then: stored or held, with its
  // report. One that is settled already is left as it is. An error is a failure of ours (kUnavailable), or another process
  // is at work on the inbox (kThrottled): the message stays received, and is processed in time.
  fhir::Result<storage::Message> Process(const std::string& id);
  // The same of everything that was received and is not settled, oldest first; `each` sees what became of one.
  fhir::Result<void> ProcessWaiting(const std::function<void(const storage::Message&)>& each = {});
  // A settled message waits again, to be processed as the adapter is now. kNotFound.
  fhir::Result<storage::Message> Replay(const std::string& id);

  // Processes on a thread of its own from now on: what waits already, then what comes.
  void Start();
  // The worker has a look.
  void Wake();
  // Since when the worker fails, microseconds since 1970; 0: it does not.
  std::int64_t failing_since_us() const { return failing_since_us_; }
  // Ends the work at hand after the person at hand, and the worker.
  void Stop();

 private:
  fhir::Result<storage::Message> Settle(storage::Message message, const adapters::Adapter& adapter);
  // kThrottled: another process leads, and did so for some time.
  fhir::Result<void> Lead();
  fhir::Result<storage::Message> ProcessHere(const std::string& id);
  fhir::Result<void> ProcessEach(const std::function<void(const storage::Message&)>& each);
  void Work();

  App& app_;
  const std::string folder_;
  const AdapterLookup adapters_;
  std::mutex processing_;              // held while a message is processed; protects lease_
  std::unique_ptr<storage::Lease> lease_;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> failing_since_us_ = 0;
  std::mutex mutex_;                   // protects awake_
  std::condition_variable changed_;
  bool awake_ = false;
  std::thread worker_;
};

}  // namespace server::inbox
