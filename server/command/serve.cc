// careloom serve: the FHIR server over a data folder, until SIGTERM or SIGINT.
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <ctime>

#include "adapters/catalogue.h"
#include "server/care/plan/definitions.h"
#include "server/care/plan/maps.h"
#include "server/care/review/scheduler.h"
#include "server/command/admin_listener.h"
#include "server/command/files.h"
#include "server/command/settings_use.h"
#include "server/http/access.h"
#include "server/http/edge.h"
#include "server/http/edge_figures.h"
#include "server/http/front.h"
#include "server/http/router.h"
#include "server/http/tls_channel.h"
#include "server/http/tls_source.h"
#include "server/inbox/inbox.h"
#include "server/log/log.h"

namespace server::command {
namespace {

// An event for the log, and the same words for a person who looks on.
void Tell(log::Log& log, const Terminal& terminal, log::Level level, std::string_view event, const std::string& words, std::string_view reason = {}) {
  if (::isatty(::fileno(terminal.err)) == 1) Say(terminal.err, reason.empty() ? words : words + ": " + std::string(reason));
  log::Line line(level, event);
  log.Write(line.Add("text", words).AddIf("reason", reason).Add("version", kSoftwareVersion));
}

// The certificate and key of the settings, watched from then on; null without any. What is wrong with them is told with the
// place of the setting.
fhir::Result<std::unique_ptr<http::TlsSource>> OpenTls(const settings::Settings& settings, const Terminal& terminal, std::shared_ptr<log::Log> log) {
  if (settings.tls.empty()) return std::unique_ptr<http::TlsSource>();
  http::TlsSourceOptions options;
  options.files = settings.tls;
  options.now_seconds = [] { return static_cast<std::int64_t>(std::time(nullptr)); };
  options.tell = [terminal, log = std::move(log)](const http::TlsNews& news) {
    Tell(*log, terminal, news.is_problem ? log::Level::kWarning : log::Level::kInfo, "tls", news.words, news.reason);
  };
  auto opened = http::TlsSource::Open(std::move(options));
  if (opened) return opened;
  const auto given = settings.given.find("tls." + opened.error().path());
  const std::string place = given == settings.given.end() ? std::string() : given->second.place + ": ";
  return fhir::Error(opened.error().kind(), place + opened.error().text());
}

// Nothing of the environment counts: neither for OpenSSL nor, where the database is and with which password, for libpq.
void IgnoreEnvironment() {
  http::IgnoreOpenSslConfiguration();
  std::vector<std::string> names;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("PG")) names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names) ::unsetenv(name.c_str());
}

// The operations work without them in the store, so a store that does not take them now is no reason not to serve.
void StoreForms(App& app, log::Log& log, const Terminal& terminal) {
  const auto stored = care::plan::StoreDefinitions(app);
  if (!stored) {
    const fhir::Error& error = stored.error();
    Tell(log, terminal, log::Level::kWarning, "definitions", "The built-in templates and forms could not be stored; they are used as they are built in", error.detail().empty() ? error.text() : error.detail());
  } else if (*stored > 0) {
    Tell(log, terminal, log::Level::kInfo, "definitions", std::to_string(*stored) + " built-in templates, forms and extensions were stored");
  }
}

// What changes when the listener speaks TLS.
void UseTls(http::TlsSource& tls, App& app, settings::Settings& settings) {
  app.scheme = "https";
  app.certificate_expires = [&tls] { return tls.current()->expires(); };
  settings.front.over_tls = true;
  settings.edge.make_channel = [&tls](const Poco::Net::StreamSocket& socket) { return http::MakeTlsChannel(socket, tls.current()); };
  http::ReloadTlsOnHangup();
}

// The reviews, when the settings ask for them; each is a line in the log.
std::unique_ptr<care::review::Scheduler> StartReviews(const settings::Settings& settings, App& app, std::shared_ptr<log::Log> log) {
  if (settings.review_every.count() == 0) return nullptr;
  return std::make_unique<care::review::Scheduler>(app, settings.review_every, [log = std::move(log)](const fhir::Result<std::vector<care::review::Tally>>& done) {
    if (!done && done.error().kind() == fhir::ErrorKind::kThrottled) return;   // another process does it
    log::Line line(done ? log::Level::kInfo : log::Level::kError, done ? "review" : "review-failed");
    if (!done) line.Add("error", done.error().issue_type()).AddIf("detail", done.error().detail());
    std::int64_t raised = 0, cleared = 0, failed = 0;
    for (const care::review::Tally& tally : done ? *done : std::vector<care::review::Tally>()) {
      raised += tally.raised;
      cleared += tally.cleared;
      failed += tally.failed;
    }
    if (done) line.Add("raised", raised).Add("cleared", cleared).Add("failed", failed);
    log->Write(std::move(line));
  });
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  IgnoreEnvironment();
  auto settings = ReadSettings(arguments, terminal, "serve");
  if (!settings) return Exit::kWrongUse;
  // Maps that do not compile are said now, not when the first message comes.
  for (const adapters::AdapterDescriptor& adapter : adapters::Catalogue()) {
    if (settings->app.mappings_dir.empty()) break;
    if (const auto opened = inbox::OpenAdapter(adapter.name, settings->app.mappings_dir); !opened) return Fail(terminal, "serve", opened.error());
  }
  // No core dump and no debugger of the same user: the memory holds the key of the certificate and people's records.
  ::prctl(PR_SET_DUMPABLE, 0);
  http::CatchStopSignals();
  const auto log = std::make_shared<log::Log>(log::Log::Settings{.descriptor = ::fileno(terminal.err)});
  settings->app.log = log;
  auto tls = OpenTls(*settings, terminal, log);
  if (!tls) {
    Say(terminal.err, "serve: " + tls.error().text());
    return Exit::kWrongUse;
  }
  settings->app.on_store_failed = [] { http::StopServing(); };
  auto app = OpenApp(settings->app);
  if (!app) return Fail(terminal, "serve", app.error());
  if (const auto maps = settings->app.mappings_dir.empty() ? nullptr : (*app)->plan_maps; maps && !maps->Get()) return Fail(terminal, "serve", maps->Get().error());
  StoreForms(**app, *log, terminal);
  const http::Router router(**app, ServedByMain(*settings, settings::IsLoopback(settings->edge.address))), admin_router(**app, http::Serves::kAdminOnly);
  http::EdgeOptions& edge_options = settings->edge;
  edge_options.body_bytes = (*app)->limits.body_bytes;
  edge_options.body_bytes_of = [&router](const http::Request& head) { return router.BodyBytes(head); };
  if (*tls) UseTls(**tls, **app, *settings);
  http::Front front(router, settings->front);
  edge_options.refuse_head = [&front](http::Request& head) { return front.RefuseHead(head); };
  http::Access access(**app);
  edge_options.on_answered = [&access](const http::Request& request, const http::Response& answer, const http::Sent& sent) { access.Answered(request, answer, sent); };
  std::atomic<const http::Edge*> listener = nullptr;
  (*app)->figures.push_back([&access, &listener](metrics::Page& page) {
    access.requests().AddTo(page);
    if (const http::Edge* main = listener) AddTo(page, main->figures());
  });
  auto edge = http::Edge::Start(edge_options, [&front](const http::Request& request) { return front.Handle(request); });
  if (!edge) return Fail(terminal, "serve", edge.error());
  listener = edge->get();
  const auto admin = StartAdmin(*settings, admin_router, access);
  if (!admin) return Fail(terminal, "serve", admin.error());
  const std::string shown_host = edge_options.address.find(':') == std::string::npos ? edge_options.address : "[" + edge_options.address + "]";
  const std::string where = settings->app.postgres_url.empty() ? settings->app.data_dir : "PostgreSQL";
  Tell(*log, terminal, log::Level::kInfo, "listening", "Careloom serves " + std::string((*app)->scheme) + "://" + shown_host + ":" + std::to_string((*edge)->port()) + "/fhir from " + where);
  (*app)->inbox->Start();
  auto reviews = StartReviews(*settings, **app, log);
  http::WaitForStop();
  reviews.reset();
  const bool failed = (*app)->store_failed;
  Tell(*log, terminal, failed ? log::Level::kError : log::Level::kInfo, "stopping",
       failed ? "Careloom stops: the disk failed, and only a new start can tell what was stored" : "Careloom stops");
  if (!(*edge)->Stop()) {
    // What still runs cannot be waited for; to the store it is as a kill, and nothing acknowledged is lost.
    Tell(*log, terminal, log::Level::kError, "cut-off", "Requests were cut off that took longer to finish than the server may take to stop; what they did is not known");
    std::_Exit(static_cast<int>(Exit::kFindings));
  }
  return failed ? Exit::kFindings : Exit::kDone;
}

}  // namespace

Command Serve() {
  return {.name = "serve",
          .summary = "Serve FHIR R4 over HTTP",
          .example = "careloom serve --port 8080 --data build/data",
          .parameters = SettingsParameters(),
          .run = Run};
}

}  // namespace server::command
