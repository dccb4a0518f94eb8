// version-traceid-parentid-flags, in lowercase hex.
#include "server/log/trace.h"

#include <unistd.h>

#include <algorithm>

namespace server::log {
namespace {

bool IsHex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(std::string_view text) { return text.find_first_not_of('0') == std::string_view::npos; }

// splitmix64's mixing: neighbours come out far apart.
std::uint64_t Mix(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

void AppendHex(std::uint64_t value, std::string& out) {
  static constexpr char kHex[] = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 15];
}

}  // namespace

std::string_view ParseTraceParent(std::string_view value) {
  constexpr std::size_t kSize = 55;
  if (value.size() < kSize || value[2] != '-' || value[35] != '-' || value[52] != '-') return {};
  const std::string_view version = value.substr(0, 2), trace = value.substr(3, 32), parent = value.substr(36, 16), flags = value.substr(53, 2);
  if (!IsHex(version) || !IsHex(trace) || !IsHex(parent) || !IsHex(flags)) return {};
  if (version == "ff" || IsZero(trace) || IsZero(parent)) return {};
  // Versions to come may have more behind another dash; this one may not.
  if (value.size() > kSize && (version == "00" || value[kSize] != '-')) return {};
  return trace;
}

TraceIds::TraceIds() {
  while (::getentropy(seed_.data(), sizeof seed_) != 0) {
  }
}

std::string TraceIds::Next() {
  const std::uint64_t count = count_.fetch_add(1, std::memory_order_relaxed) + 1;
  std::string id;
  id.reserve(32);
  AppendHex(seed_[0], id);
  AppendHex(Mix(seed_[1] + count * 0x9e3779b97f4a7c15u) | 1, id);
  return id;
}

}  // namespace server::log
