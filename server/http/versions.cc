// Versions in HTTP headers.
#include "server/http/versions.h"

#include <array>
#include <charconv>
#include <chrono>

#include "server/http/error_response.h"

namespace server::http {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Parts {
  int year, month, day, weekday, hour, minute, second, millisecond;
};

Parts Split(std::int64_t us) {
  using namespace std::chrono;
  const sys_time<microseconds> when{microseconds(us)};
  const sys_days days = floor<std::chrono::days>(when);
  const year_month_day date(days);
  const hh_mm_ss time(floor<milliseconds>(when - days));
  return {int(date.year()), static_cast<int>(unsigned(date.month())), static_cast<int>(unsigned(date.day())),
          static_cast<int>(weekday(days).c_encoding()), static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count())};
}

void AppendPadded(int number, std::size_t width, std::string& out) {
  const std::string text = std::to_string(number);
  if (text.size() < width) out.append(width - text.size(), '0');
  out += text;
}

void AppendTime(const Parts& parts, std::string& out) {
  AppendPadded(parts.hour, 2, out);
  out += ':';
  AppendPadded(parts.minute, 2, out);
  out += ':';
  AppendPadded(parts.second, 2, out);
}

// `width` digits of `text` at `at` as a number, -1 when they are none.
int Digits(std::string_view text, std::size_t at, std::size_t width) {
  int number = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (i >= text.size() || text[i] < '0' || text[i] > '9') return -1;
    number = number * 10 + (text[i] - '0');
  }
  return number;
}

std::optional<std::int64_t> Join(int year, int month, int day, int hour, int minute, int second) {
  using namespace std::chrono;
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  const year_month_day date = std::chrono::year(year) / month / day;
  if (!date.ok()) return std::nullopt;
  const auto when = sys_days(date) + hours(hour) + minutes(minute) + seconds(second);
  return duration_cast<microseconds>(when.time_since_epoch()).count();
}

}  // namespace

std::string ETag(std::int64_t version) { return "W/\"" + std::to_string(version) + "\""; }

std::optional<std::int64_t> ParseETag(std::string_view text) {
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::int64_t version = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failed != std::errc() || end != text.data() + text.size() || version < 1) return std::nullopt;
  return version;
}

std::string HttpDate(std::int64_t us) {
  const Parts parts = Split(us);
  std::string out(kDays[static_cast<std::size_t>(parts.weekday)]);
  out += ", ";
  AppendPadded(parts.day, 2, out);
  out += ' ';
  out += kMonths[static_cast<std::size_t>(parts.month - 1)];
  out += ' ';
  AppendPadded(parts.year, 4, out);
  out += ' ';
  AppendTime(parts, out);
  return out + " GMT";
}

std::optional<std::int64_t> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || !text.ends_with(" GMT")) return std::nullopt;
  int month = 0;
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (text.substr(8, 3) == kMonths[i]) month = static_cast<int>(i) + 1;
  }
  return Join(Digits(text, 12, 4), month, Digits(text, 5, 2), Digits(text, 17, 2), Digits(text, 20, 2), Digits(text, 23, 2));
}

std::string Instant(std::int64_t us) {
  const Parts parts = Split(us);
  std::string out;
  AppendPadded(parts.year, 4, out);
  out += '-';
  AppendPadded(parts.month, 2, out);
  out += '-';
  AppendPadded(parts.day, 2, out);
  out += 'T';
  AppendTime(parts, out);
  out += '.';
  AppendPadded(parts.millisecond, 3, out);
  return out + "Z";
}

std::optional<std::int64_t> ParseInstant(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return std::nullopt;
  auto when = Join(Digits(text, 0, 4), Digits(text, 5, 2), Digits(text, 8, 2), Digits(text, 11, 2), Digits(text, 14, 2), Digits(text, 17, 2));
  if (!when) return std::nullopt;
  std::size_t at = 19;
  if (text[at] == '.') {
    std::int64_t unit = 100000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) *when += (text[at] - '0') * unit;
  }
  const std::string_view zone = text.substr(at);
  if (zone == "Z") return when;
  const int hours = Digits(zone, 1, 2), minutes = Digits(zone, 4, 2);
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':' || hours < 0 || minutes < 0) return std::nullopt;
  const std::int64_t offset = (std::int64_t{hours} * 60 + minutes) * 60'000'000;
  return zone[0] == '+' ? *when - offset : *when + offset;
}

std::string VersionPath(const storage::Version& version) {
  return version.type + "/" + version.id + "/_history/" + std::to_string(version.version);
}

Response VersionResponse(storage::Version version, int status) {
  if (version.deleted()) {
    Response gone = Refuse(410, "deleted", version.type + "/" + version.id + " was deleted. Its earlier versions are in " + version.type + "/" + version.id + "/_history.");
    gone.headers.emplace_back("ETag", ETag(version.version));
    return gone;
  }
  Response answer;
  answer.status = status;
  answer.headers = {{"Content-Type", std::string(kFhirJson)},
                    {"ETag", ETag(version.version)},
                    {"Last-Modified", HttpDate(version.last_updated_us)}};
  answer.body = std::move(version.body);
  return answer;
}

bool IsUnchanged(const Headers& headers, const storage::Version& version) {
  if (version.deleted()) return false;
  const std::string_view known = FindHeader(headers, "If-None-Match");
  if (!known.empty()) {
    for (std::size_t at = 0; at <= known.size();) {
      const std::size_t end = std::min(known.find(',', at), known.size());
      std::string_view tag = known.substr(at, end - at);
      while (!tag.empty() && tag.front() == ' ') tag.remove_prefix(1);
      while (!tag.empty() && tag.back() == ' ') tag.remove_suffix(1);
      if (tag == "*" || ParseETag(tag) == version.version) return true;
      at = end + 1;
    }
    return false;
  }
  const auto since = ParseHttpDate(FindHeader(headers, "If-Modified-Since"));
  return since && version.last_updated_us / 1'000'000 <= *since / 1'000'000;
}

}  // namespace server::http
