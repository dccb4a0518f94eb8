// Puts the process together.
#include "server/app.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "server/care/plan/maps.h"
#include "server/inbox/adapter_shelf.h"
#include "server/inbox/inbox.h"
#include "server/log/log.h"
#include "server/operations/readiness.h"
#include "server/storage/durable.h"
#include "server/storage/postgres/postgres_store.h"
#include "server/storage/sqlite/sqlite_store.h"

namespace server {

using fhir::Error;
using fhir::ErrorKind;

namespace {

std::int64_t NowUs() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

// From the kernel: std::random_device draws on the processor's own source, measured at 150 us an id.
std::uint64_t RandomBits() {
  std::uint64_t bits = 0;
  while (::getentropy(&bits, sizeof bits) != 0) {
  }
  return bits;
}

fhir::Result<std::unique_ptr<storage::Store>> OpenStore(const AppOptions& options, App& app) {
  if (!options.postgres_url.empty()) {
    storage::postgres::PostgresOptions store_options;
    store_options.connection.url = options.postgres_url;
    store_options.read_only = options.read_only;
    store_options.readers = static_cast<std::size_t>(options.postgres_readers);
    store_options.writers = static_cast<std::size_t>(options.postgres_writers);
    auto opened = storage::postgres::OpenPostgres(*app.registry, app.extractor, std::move(store_options), NowUs, RandomBits);
    if (opened || opened.error().kind() != ErrorKind::kUnavailable) return opened;
    // Whoever starts the program needs PostgreSQL's own reason, which names host, user and database, never a password.
    return Error(ErrorKind::kUnavailable, "The database of --postgres cannot be used (" + opened.error().detail() + "). Check its URL, that PostgreSQL runs, and that its user may log in.");
  }
  if (const auto made = storage::MakeFolder(options.data_dir); !made) {
    return Error(ErrorKind::kUnavailable, "The data folder cannot be made: " + made.error().text() + " Choose another with --data.");
  }
  storage::sqlite::SqliteOptions store_options;
  store_options.read_only = options.read_only;
  store_options.on_broken = [app = &app, tell = options.on_store_failed](const std::string& reason) {
    app->store_failed = true;
    log::Line line(log::Level::kError, "store-failed");
    app->log->Write(line.Add("reason", reason));
    if (tell) tell();
  };
  const std::string path = storage::sqlite::StoreFile(options.data_dir);
  return storage::sqlite::OpenSqlite(path, *app.registry, app.extractor, std::move(store_options), NowUs, RandomBits);
}

}  // namespace

fhir::Result<std::unique_ptr<App>> OpenApp(const AppOptions& options) {
  auto app = std::make_unique<App>();
  app->base_url = options.base_url;
  while (app->base_url.ends_with('/')) app->base_url.pop_back();
  app->limits = options.limits;
  app->watch = options.watch;
  app->log = options.log ? options.log : std::make_shared<log::Log>(log::Log::Settings{.descriptor = -1});
  app->now_us = NowUs;
  TRY_ASSIGN(app->registry, fhir::schema::Registry::LoadR4());
  TRY_ASSIGN(app->extractor, fhir::search::Extractor::Create(*app->registry));
  app->validator = std::make_unique<const fhir::validate::Validator>(*app->registry);
  TRY_ASSIGN(app->store, OpenStore(options, *app));
  log::Line opened(log::Level::kInfo, "store-opened");
  app->log->Write(opened.Add("backend", options.postgres_url.empty() ? "sqlite" : "postgresql"));
  app->plan_maps = std::make_shared<care::plan::Maps>(app->registry, [folder = options.mappings_dir]() -> fhir::Result<std::vector<adapters::MappingFile>> {
    if (folder.empty()) return std::vector<adapters::MappingFile>();
    return inbox::ReadMappingFolder(folder);
  });
  inbox::AdapterLookup adapters = options.adapters;
  if (!adapters) {
    adapters = [shelf = std::make_shared<inbox::AdapterShelf>(options.mappings_dir)](std::string_view name) { return shelf->Get(name); };
  }
  const bool on_postgres = !options.postgres_url.empty();
  app->inbox = std::make_shared<inbox::Inbox>(*app, on_postgres ? std::filesystem::temp_directory_path().string() : options.data_dir, std::move(adapters));
  app->readiness = std::make_shared<operations::Readiness>(operations::Readiness::Of(*app, on_postgres ? std::string() : options.data_dir), app->watch);
  return app;
}

}  // namespace server
