// The rows, and finding one.
#include "server/settings/settings_table.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

#include "fhir/base/text.h"

namespace server::settings {
namespace {

template <typename Number>
Number As(const Value& value) {
  return static_cast<Number>(value.number);
}

constexpr Range kNone{};
constexpr std::string_view kAnyName = "NAME";
constexpr std::int64_t kMiB = 1 << 20, kGiB = 1 << 30, kMinute = 60'000;

std::chrono::milliseconds Time(const Value& value) { return std::chrono::milliseconds(value.number); }

http::Digest DigestOf(std::string_view hex) {
  http::Digest digest{};
  for (std::size_t i = 0; i < digest.size(); ++i) digest[i] = static_cast<unsigned char>(fhir::HexDigit(hex[2 * i]) << 4 | fhir::HexDigit(hex[2 * i + 1]));
  return digest;
}

constexpr std::array kTable = {
    // Where it listens, and how others see it.
    Setting{"listen.address", Kind::kAddress, kNone, "127.0.0.1", "address to listen on",
            [](Settings& s, const Value& v) { s.edge.address = v.text == "localhost" ? "127.0.0.1" : v.text; }, "--host"},
    Setting{"listen.port", Kind::kCount, {0, 65535}, "8080", "port to listen on; 0 takes any free one",
            [](Settings& s, const Value& v) { s.edge.port = As<std::uint16_t>(v); }, "--port"},
    Setting{"base-url", Kind::kUrl, kNone, "", "what links begin with, when a proxy stands in front: https://host/fhir",
            [](Settings& s, const Value& v) { s.app.base_url = v.text; }, "--base-url"},
    Setting{"admin.port", Kind::kCount, {0, 65535}, "0", "port for /metrics and /health alone, without TLS and clients; 0: they share listen.port",
            [](Settings& s, const Value& v) { s.admin_port = As<std::uint16_t>(v); }, "--admin-port"},
    Setting{"admin.address", Kind::kAddress, kNone, "127.0.0.1", "address of that port; whoever reaches it sees figures, nothing of anybody",
            [](Settings& s, const Value& v) { s.admin_address = v.text == "localhost" ? "127.0.0.1" : v.text; }},
    Setting{"watch.probe", Kind::kDuration, {10, kMinute}, "5 s", "a look at the store that takes longer makes /health/ready say no",
            [](Settings& s, const Value& v) { s.app.watch.probe_ms = v.number; }},
    Setting{"watch.disk-full", Kind::kCount, {50, 100}, "95", "percent of the data folder's disk in use that make /health/ready say no",
            [](Settings& s, const Value& v) { s.app.watch.disk_full_percent = As<int>(v); }},
    Setting{"watch.inbox-failing", Kind::kDuration, {0, 60 * kMinute}, "1 min", "an inbox that fails for so long makes /health/ready say no",
            [](Settings& s, const Value& v) { s.app.watch.inbox_failing_ms = v.number; }},
    // What it works on.
    Setting{"data.folder", Kind::kPath, kNone, "careloom-data", "folder of the store; made when it is not there",
            [](Settings& s, const Value& v) { s.app.data_dir = v.text; }, "--data"},
    Setting{"postgres.url", Kind::kDatabase, kNone, "", "PostgreSQL database that the store is in, in place of data.folder",
            [](Settings& s, const Value& v) { s.app.postgres_url = v.text; }, "--postgres"},
    Setting{"postgres.readers", Kind::kCount, {1, 1000}, "16", "connections to PostgreSQL for reading",
            [](Settings& s, const Value& v) { s.app.postgres_readers = As<int>(v); }},
    Setting{"postgres.writers", Kind::kCount, {1, 64}, "4", "connections to PostgreSQL for writing",
            [](Settings& s, const Value& v) { s.app.postgres_writers = As<int>(v); }},
    Setting{"mappings.folder", Kind::kPath, kNone, "", "folder of maps to use in place of those in the program",
            [](Settings& s, const Value& v) { s.app.mappings_dir = v.text; }, "--mappings"},
    Setting{"review.every", Kind::kDuration, {0, 31 * 24 * 60 * kMinute}, "0 s", "time between reviews, which raise Flags and Tasks for what is overdue; 0 s: there are none",
            [](Settings& s, const Value& v) { s.review_every = Time(v); }},
    // Who may call, and how.
    Setting{"tls.certificate", Kind::kPath, kNone, "", "PEM file of the server's certificate and those up to the root; with it, TLS alone",
            [](Settings& s, const Value& v) { s.tls.certificate = v.text; }},
    Setting{"tls.key", Kind::kPath, kNone, "", "PEM file of the certificate's key, without a password, for its owner's eyes alone",
            [](Settings& s, const Value& v) { s.tls.key = v.text; }},
    Setting{"client.NAME.secret-sha256", Kind::kDigest, kNone, "", "SHA-256 of the secret of the client NAME, who may then call",
            [](Settings& s, const Value& v) { s.front.clients.push_back({v.name, DigestOf(v.text)}); }},
    Setting{"clients.failures-a-minute", Kind::kCount, {1, 6000}, "30", "wrong credentials that one address may show a minute, after ten at once",
            [](Settings& s, const Value& v) { s.front.failures_a_minute = As<int>(v); }},
    Setting{"cors.origins", Kind::kOrigins, kNone, "", "origins of the web pages that may read answers",
            [](Settings& s, const Value& v) { s.front.origins = Words(v.text); }},
    Setting{"answers.gzip-level", Kind::kCount, {0, 9}, "1", "how hard answers are packed for callers that take gzip; 0: not at all",
            [](Settings& s, const Value& v) { s.front.gzip_level = As<int>(v); }},
    // How much one request may ask for.
    Setting{"limits.body", Kind::kBytes, {1024, kGiB}, "16 MiB", "body of a request",
            [](Settings& s, const Value& v) { s.app.limits.body_bytes = As<std::size_t>(v); }},
    Setting{"limits.import", Kind::kBytes, {1024, 16 * kGiB}, "256 MiB", "file for the inbox",
            [](Settings& s, const Value& v) { s.app.limits.import_bytes = As<std::size_t>(v); }},
    Setting{"limits.json-depth", Kind::kCount, {8, 128}, "64", "objects and arrays within each other in a body",
            [](Settings& s, const Value& v) { s.app.limits.json_depth = As<std::size_t>(v); }},
    Setting{"limits.json-elements", Kind::kCount, {1000, 100'000'000}, "2000000", "elements of a body, each some 90 bytes of memory",
            [](Settings& s, const Value& v) { s.app.limits.json_elements = As<std::size_t>(v); }},
    Setting{"limits.bundle-entries", Kind::kCount, {1, 1'000'000}, "20000", "entries of one batch or transaction",
            [](Settings& s, const Value& v) { s.app.limits.bundle_entries = As<std::size_t>(v); }},
    Setting{"limits.page", Kind::kCount, {1, 10'000}, "20", "entries of a page when _count does not say",
            [](Settings& s, const Value& v) { s.app.limits.page_entries = As<int>(v); }},
    Setting{"limits.most-page", Kind::kCount, {1, 10'000}, "1000", "entries of a page that _count may ask for",
            [](Settings& s, const Value& v) { s.app.limits.most_page_entries = As<int>(v); }},
    // What is worth telling.
    Setting{"log.slow-request", Kind::kDuration, {1, 60 * kMinute}, "500 ms", "a request that takes longer has a line of its own in the log",
            [](Settings& s, const Value& v) { s.app.watch.slow_us = v.number * 1000; }},
    // The listener.
    Setting{"edge.workers", Kind::kCount, {0, 1024}, "0", "requests worked on at once, at the most; 0: 64, or two for each core",
            [](Settings& s, const Value& v) { s.edge.workers = As<int>(v); }},
    Setting{"edge.queued-requests", Kind::kCount, {1, 1'000'000}, "1024", "whole requests that wait for a worker; more are answered 503",
            [](Settings& s, const Value& v) { s.edge.queued_requests = As<int>(v); }},
    Setting{"edge.connections", Kind::kCount, {1, 1'000'000}, "10000", "connections open at once; more are answered 503",
            [](Settings& s, const Value& v) { s.edge.connections = As<int>(v); }},
    Setting{"edge.connections-per-ip", Kind::kCount, {1, 1'000'000}, "64", "connections of one address; those of this machine are not counted",
            [](Settings& s, const Value& v) { s.edge.connections_per_ip = As<int>(v); }},
    Setting{"edge.requests-per-connection", Kind::kCount, {1, 1'000'000}, "1000", "requests after which a connection is closed",
            [](Settings& s, const Value& v) { s.edge.requests_per_connection = As<int>(v); }},
    Setting{"edge.held", Kind::kBytes, {kMiB, 1024 * kGiB}, "1 GiB", "all bodies that come and answers that wait for slow callers; more is answered 503",
            [](Settings& s, const Value& v) { s.edge.held_bytes = As<std::size_t>(v); }},
    Setting{"edge.request-line", Kind::kBytes, {256, kMiB}, "8 KiB", "first line of a request, with its URL",
            [](Settings& s, const Value& v) { s.edge.request_line_bytes = As<std::size_t>(v); }},
    Setting{"edge.head", Kind::kBytes, {1024, 16 * kMiB}, "32 KiB", "head of a request: its first line and all fields",
            [](Settings& s, const Value& v) { s.edge.head_bytes = As<std::size_t>(v); }},
    Setting{"edge.field", Kind::kBytes, {256, kMiB}, "8 KiB", "one field of a head",
            [](Settings& s, const Value& v) { s.edge.field_bytes = As<std::size_t>(v); }},
    Setting{"edge.fields", Kind::kCount, {8, 10'000}, "100", "fields of a head",
            [](Settings& s, const Value& v) { s.edge.fields = As<int>(v); }},
    Setting{"edge.handshake-time", Kind::kDuration, {100, 10 * kMinute}, "10 s", "until a TLS handshake must be done",
            [](Settings& s, const Value& v) { s.edge.handshake_time = Time(v); }},
    Setting{"edge.head-time", Kind::kDuration, {100, 10 * kMinute}, "10 s", "until a request's head must be whole",
            [](Settings& s, const Value& v) { s.edge.head_time = Time(v); }},
    Setting{"edge.body-grace", Kind::kDuration, {100, 10 * kMinute}, "10 s", "from which on a body must come at the rate below",
            [](Settings& s, const Value& v) { s.edge.body_grace = Time(v); }},
    Setting{"edge.body-rate", Kind::kBytes, {1, kGiB}, "1 KiB", "bytes a second, all in all, that a body must come at",
            [](Settings& s, const Value& v) { s.edge.body_bytes_per_second = As<std::size_t>(v); }},
    Setting{"edge.body-time", Kind::kDuration, {100, 24 * 60 * kMinute}, "2 min", "until a body must be whole; longer in proportion where a larger one is allowed",
            [](Settings& s, const Value& v) { s.edge.body_time = Time(v); }},
    Setting{"edge.write-stall", Kind::kDuration, {100, 60 * kMinute}, "30 s", "that a caller may take nothing of an answer",
            [](Settings& s, const Value& v) { s.edge.write_stall = Time(v); }},
    Setting{"edge.keep-alive", Kind::kDuration, {100, 60 * kMinute}, "5 s", "that a connection may stay without a request",
            [](Settings& s, const Value& v) { s.edge.keep_alive = Time(v); }},
    Setting{"edge.stop-time", Kind::kDuration, {100, 60 * kMinute}, "20 s", "that running requests get when the server stops",
            [](Settings& s, const Value& v) { s.edge.stop_time = Time(v); }},
};

// How many characters must be put in, taken out or changed to make one of the other.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::span<const Setting> Table() { return kTable; }

Found Find(std::string_view name) {
  for (const Setting& setting : kTable) {
    if (setting.name == name) return {&setting, {}};
    const std::size_t at = setting.name.find(kAnyName);
    if (at == std::string_view::npos) continue;
    const std::string_view before = setting.name.substr(0, at), after = setting.name.substr(at + kAnyName.size());
    if (name.size() > before.size() + after.size() && name.starts_with(before) && name.ends_with(after)) {
      return {&setting, name.substr(at, name.size() - before.size() - after.size())};
    }
  }
  return {};
}

std::string_view NearestName(std::string_view name) {
  std::string start(name.substr(0, 128));
  const std::size_t first = start.find('.'), last = start.rfind('.');
  if (start.starts_with("client.") && last > first) start.replace(first + 1, last - first - 1, kAnyName);
  return std::ranges::min_element(kTable, {}, [&](const Setting& setting) { return Distance(start, setting.name); })->name;
}

std::string Print(const Settings& settings) {
  std::string out;
  for (const Setting& setting : kTable) {
    out += out.empty() ? "# " : "\n# ";
    out += setting.meaning;
    if (!setting.flag.empty()) out += " (on the command line " + std::string(setting.flag) + ")";
    out += "\n# " + Allowed(setting.kind, setting.range) + "\n";
    bool printed = false;
    for (const auto& [name, given] : settings.given) {
      if (Find(name).setting != &setting) continue;
      printed = true;
      out += IsSecret(setting.kind) ? "# " + name + " is set and not shown\n" : name + " = " + given.text + "\n";
    }
    if (printed) continue;
    out += setting.fallback.empty() ? "# " + std::string(setting.name) + " =\n" : std::string(setting.name) + " = " + std::string(setting.fallback) + "\n";
  }
  return out;
}

}  // namespace server::settings
