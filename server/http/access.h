// What every answer leaves behind: a count, a line in the log, and another when it was slow. Nothing of anybody stands in them: the
// route's pattern, not the target; names of search parameters, not their values.
#pragma once

#include <cstddef>
#include <vector>

#include "server/app.h"
#include "server/http/message.h"
#include "server/log/trace.h"
#include "server/metrics/requests.h"

namespace server::http {

class Access {
 public:
  // `app` must outlive it.
  explicit Access(const App& app);

  // For EdgeOptions::on_answered. Thread-safe.
  void Answered(const Request& request, const Response& answer, const Sent& sent);
  // The requests counted so far.
  const metrics::Requests& requests() const { return requests_; }

 private:
  void Log(const Request& request, const Response& answer, const Sent& sent);
  std::size_t NumberOf(const Route* route) const;

  const App& app_;
  log::TraceIds trace_ids_;
  std::vector<std::size_t> numbers_;   // of the routes in the order of the catalogues: those of one code have one
  metrics::Requests requests_;
};

}  // namespace server::http
