// The rows, and finding one.
#include "server/settings/settings_table.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace server::settings {
namespace {

template <typename Number>
Number As(const Value& value) {
  return static_cast<Number>(value.number);
}

constexpr Range kNone{};
constexpr std::int64_t kGiB = 1 << 30;

constexpr std::array kTable = {
    // Where it listens, and how others see it.
    Setting{"listen.address", Kind::kAddress, kNone, "127.0.0.1", "address to listen on",
            [](Settings& s, const Value& v) { s.edge.address = v.text == "localhost" ? "127.0.0.1" : v.text; }, "--host"},
    Setting{"listen.port", Kind::kCount, {0, 65535}, "8080", "port to listen on; 0 takes any free one",
            [](Settings& s, const Value& v) { s.edge.port = As<std::uint16_t>(v); }, "--port"},
    Setting{"base-url", Kind::kUrl, kNone, "", "what links begin with, when a proxy stands in front: https://host/fhir",
            [](Settings& s, const Value& v) { s.app.base_url = v.text; }, "--base-url"},
    // What it works on.
    Setting{"data.folder", Kind::kPath, kNone, "careloom-data", "folder of the store; made when it is not there",
            [](Settings& s, const Value& v) { s.app.data_dir = v.text; }, "--data"},
    Setting{"mappings.folder", Kind::kPath, kNone, "", "folder of maps to use in place of those in the program",
            [](Settings& s, const Value& v) { s.app.mappings_dir = v.text; }, "--mappings"},
    // How much one request may ask for.
    Setting{"limits.body", Kind::kBytes, {1024, kGiB}, "16 MiB", "body of a request",
            [](Settings& s, const Value& v) { s.app.limits.body_bytes = As<std::size_t>(v); }},
    Setting{"limits.import", Kind::kBytes, {1024, 16 * kGiB}, "256 MiB", "file for the inbox",
            [](Settings& s, const Value& v) { s.app.limits.import_bytes = As<std::size_t>(v); }},
    Setting{"limits.json-depth", Kind::kCount, {8, 128}, "64", "objects and arrays within each other in a body",
            [](Settings& s, const Value& v) { s.app.limits.json_depth = As<std::size_t>(v); }},
    Setting{"limits.bundle-entries", Kind::kCount, {1, 1'000'000}, "20000", "entries of one batch or transaction",
            [](Settings& s, const Value& v) { s.app.limits.bundle_entries = As<std::size_t>(v); }},
    Setting{"limits.page", Kind::kCount, {1, 10'000}, "20", "entries of a page when _count does not say",
            [](Settings& s, const Value& v) { s.app.limits.page_entries = As<int>(v); }},
    Setting{"limits.most-page", Kind::kCount, {1, 10'000}, "1000", "entries of a page that _count may ask for",
            [](Settings& s, const Value& v) { s.app.limits.most_page_entries = As<int>(v); }},
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

const Setting* Find(std::string_view name) {
  const auto found = std::ranges::find(kTable, name, &Setting::name);
  return found == kTable.end() ? nullptr : &*found;
}

std::string_view NearestName(std::string_view name) {
  const std::string_view start = name.substr(0, 64);
  return std::ranges::min_element(kTable, {}, [&](const Setting& setting) { return Distance(start, setting.name); })->name;
}

std::string Print(const Settings& settings) {
  std::string out;
  for (const Setting& setting : kTable) {
    const auto given = settings.given.find(setting.name);
    const std::string text = given == settings.given.end() ? std::string(setting.fallback) : given->second.text;
    out += out.empty() ? "# " : "\n# ";
    out += setting.meaning;
    if (!setting.flag.empty()) out += " (on the command line " + std::string(setting.flag) + ")";
    out += "\n# " + Allowed(setting.kind, setting.range);
    out += "\n" + std::string(text.empty() ? "# " : "") + std::string(setting.name) + " =" + (text.empty() ? "" : " ") + text + "\n";
  }
  return out;
}

}  // namespace server::settings
