// Table, file and flags to one Settings.
#include "server/settings/settings.h"

#include <arpa/inet.h>



#include "server/private_file.h"
#include "server/settings/settings_file.h"
#include "server/settings/settings_table.h"

namespace server::settings {
namespace {

using fhir::IssueSink;

class Loader {
 public:
  explicit Loader(IssueSink& findings) : findings_(findings) {
    for (const Setting& setting : Table()) {
      if (!setting.fallback.empty()) Give(setting, setting.name, {}, setting.fallback, {});
    }
  }

  void ReadFile(const std::string& file) {
    const auto read = ReadPrivateFile(file, kMostFileBytes);
    if (!read) return Object(file, read.error().text());
    for (const Entry& entry : ParseSettingsFile(read->bytes, file, findings_)) {
      const std::string place = Place(file, entry.line, entry.name_column);
      const Found found = Find(entry.name);
      if (!found.setting) {
        Object(place, "'" + entry.name + "' is not a setting; the nearest is '" + std::string(NearestName(entry.name)) + "', and 'careloom settings' lists all");
      } else if (!found.name.empty() && !http::IsClientName(found.name)) {
        Object(place, "'" + std::string(found.name) + "' cannot be a client's name; allowed are 1 to 40 of a-z, 0-9 and '-'");
      } else if (const auto before = settings_.given.find(entry.name); before != settings_.given.end()) {
        Object(place, "'" + entry.name + "' is set twice; the first is at " + before->second.place + ". Leave one");
      } else {
        if (IsSecret(found.setting->kind) && !read->exposed.empty()) Object(place, read->exposed);
        Give(*found.setting, entry.name, found.name, entry.value, Place(file, entry.line, entry.value_column));
      }
    }
  }

  void ReadFlag(const std::string& flag, const std::string& text) {
    for (const Setting& setting : Table()) {
      if (setting.flag == flag) Give(setting, setting.name, {}, text, flag);
    }
  }

  // What no row by itself can say.
  void CheckTogether() {
    const Limits& limits = settings_.app.limits;
    if (limits.page_entries > limits.most_page_entries) {
      ObjectTo("limits.page", std::to_string(limits.page_entries) + " is over limits.most-page, which is " + std::to_string(limits.most_page_entries));
    }
    if (settings_.tls.certificate.empty() && !settings_.tls.key.empty()) ObjectTo("tls.key", "there is no tls.certificate beside it; set both, or neither");
    if (settings_.tls.key.empty() && !settings_.tls.certificate.empty()) ObjectTo("tls.certificate", "there is no tls.key beside it; set both, or neither");
    if (IsLoopback(settings_.edge.address)) return;
    const std::string opens = settings_.edge.address + " lets other machines in, which needs ";
    if (settings_.tls.empty()) ObjectTo("listen.address", opens + "TLS: set tls.certificate and tls.key");
    if (settings_.front.clients.empty()) ObjectTo("listen.address", opens + "a client that may call: make one with 'careloom client NAME', and put its line into the settings file");
  }

  Settings Take() { return std::move(settings_); }

 private:
  // At the setting's own place; where it is not given, at its name.
  void ObjectTo(const std::string& name, const std::string& text) {
    const auto given = settings_.given.find(name);
    Object(given == settings_.given.end() ? name : given->second.place, name + ": " + text);
  }
  void Object(std::string place, std::string text) { findings_.Report({fhir::Severity::kError, "value", std::move(text), std::move(place)}); }

  // `name` as given, and what stands for NAME in it. `place` is empty for a default.
  void Give(const Setting& setting, std::string_view name, std::string_view any, std::string_view text, const std::string& place) {
    auto value = ReadValue(setting.kind, setting.range, text);
    if (!value) return Object(place.empty() ? std::string(name) : place, std::string(name) + ": " + value.error().text());
    value->name = any;
    setting.set(settings_, *value);
    if (!place.empty()) settings_.given[std::string(name)] = {std::string(text), place};
  }

  Settings settings_;
  IssueSink& findings_;
};

}  // namespace

bool IsLoopback(const std::string& address) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, address.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  return inet_pton(AF_INET6, address.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Settings Load(const std::string& file, const std::vector<std::pair<std::string, std::string>>& flags, IssueSink& findings) {
  Loader loader(findings);
  if (!file.empty()) loader.ReadFile(file);
  for (const auto& [flag, text] : flags) loader.ReadFlag(flag, text);
  loader.CheckTogether();
  return loader.Take();
}

}  // namespace server::settings
