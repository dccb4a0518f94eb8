// What every answer leaves behind: a line in the log, and another when it was slow. Nothing of anybody stands in them: the
// route's pattern, not the target; names of search parameters, not their values.
#pragma once

#include "server/app.h"
#include "server/http/message.h"
#include "server/log/trace.h"

namespace server::http {

class Access {
 public:
  // `app` must outlive it.
  explicit Access(const App& app) : app_(app) {}

  // For EdgeOptions::on_answered. Thread-safe.
  void Answered(const Request& request, const Response& answer, const Sent& sent);

 private:
  const App& app_;
  log::TraceIds trace_ids_;
};

}  // namespace server::http
