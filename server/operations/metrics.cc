// GET /metrics: the figures of the store, the inbox and the process, and what others have to add (App::figures).
#include "server/metrics/page.h"

#include "server/app.h"
#include "server/inbox/inbox.h"
#include "server/inbox/message_text.h"
#include "server/interactions/reading.h"
#include "server/log/log.h"
#include "server/metrics/process.h"
#include "server/operations/handlers.h"

namespace server::operations {
namespace {

using metrics::Page;

template <const auto& kBounds>
void AddTally(Page& page, std::string_view name, std::string_view help, const metrics::Tally<kBounds>& tally, double unit) {
  std::array<double, kBounds.size()> bounds{};
  for (std::size_t i = 0; i < bounds.size(); ++i) bounds[i] = static_cast<double>(kBounds[i]) * unit;
  page.Histogram(name, help, {bounds, tally.Counts(), static_cast<double>(tally.sum()) * unit});
}

void AddStore(const App& app, Page& page) {
  const storage::Figures figures = app.store->GetFigures();
  if (figures.writes) {
    AddTally(page, "careloom_store_group_jobs", "Writes that shared a commit", figures.writes->group_jobs, 1);
    AddTally(page, "careloom_store_commit_duration_seconds", "What a commit took, its sync to the disk included", figures.writes->commit_us, 1e-6);
    page.Counter("careloom_store_failed_jobs_total", "Writes answered with an error", static_cast<double>(figures.writes->failed_jobs.load()));
    page.Gauge("careloom_store_waiting_jobs", "Writes that wait for the writer", static_cast<double>(figures.writes->waiting_jobs.load()));
  }
  page.Gauge("careloom_store_failed", "1: the disk failed, and the process has to be started anew", app.store_failed ? 1 : 0);
  page.Gauge("careloom_store_file_bytes", "The database's file", static_cast<double>(figures.file_bytes));
  page.Gauge("careloom_store_log_bytes", "Its write-ahead log", static_cast<double>(figures.log_bytes));
  const auto counters = app.store->Count();
  if (!counters) return;
  page.Gauge("careloom_store_resources", "Resources that are not deleted", static_cast<double>(counters->resources));
  page.Gauge("careloom_store_versions", "Versions of resources, deletions included", static_cast<double>(counters->versions));
  page.Gauge("careloom_store_body_bytes", "Bytes of their bodies", static_cast<double>(counters->bytes));
}

void AddInbox(const http::Call& call, Page& page) {
  page.Gauge("careloom_inbox_failing", "1: the worker cannot go on, and tries again", call.app.inbox->failing_since_us() != 0 ? 1 : 0);
  const auto reading = interactions::Reading::Open(call);
  if (!reading) return;
  const auto counts = (*reading)->CountMessages();
  if (!counts) return;
  for (std::size_t state = 0; state < counts->by_state.size(); ++state) {
    page.Gauge("careloom_inbox_messages", "Messages in the inbox", static_cast<double>(counts->by_state[state]),
               {{"state", std::string(inbox::StateName(static_cast<storage::MessageState>(state)))}});
  }
  const double oldest_us = counts->oldest_waiting_us == 0 ? 0 : static_cast<double>(call.app.now_us() - counts->oldest_waiting_us);
  page.Gauge("careloom_inbox_oldest_waiting_seconds", "How long the oldest message that is not settled has waited", oldest_us / 1e6);
}

}  // namespace

Answer Metrics(const http::Call& call) {
  const App& app = call.app;
  Page page;
  page.Gauge("careloom_build_info", "1, with the version", 1, {{"version", kSoftwareVersion}});
  for (const auto& add : app.figures) add(page);
  AddStore(app, page);
  AddInbox(call, page);
  if (app.certificate_expires) page.Gauge("careloom_certificate_expiry_seconds", "When the listener's certificate expires, seconds since 1970", static_cast<double>(app.certificate_expires()));
  page.Counter("careloom_log_lines_total", "Lines of the log that were written", static_cast<double>(app.log->written_count()));
  page.Counter("careloom_log_dropped_lines_total", "Lines of the log that were lost", static_cast<double>(app.log->dropped_count()));
  metrics::AddProcess(page);
  return http::Response{200, {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}}, page.Text()};
}

}  // namespace server::operations
