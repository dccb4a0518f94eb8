// Table, file and flags to one Settings.
#include "server/settings/settings.h"



#include "server/settings/private_file.h"
#include "server/settings/settings_file.h"
#include "server/settings/settings_table.h"

namespace server::settings {
namespace {

using fhir::IssueSink;

class Loader {
 public:
  explicit Loader(IssueSink& findings) : findings_(findings) {
    for (const Setting& setting : Table()) {
      if (!setting.fallback.empty()) Give(setting, setting.fallback, {}, std::string(setting.name));
    }
  }

  void ReadFile(const std::string& file) {
    const auto bytes = ReadSmallFile(file, kMostFileBytes);
    if (!bytes) return Object(file, bytes.error().text());
    const std::vector<Entry> entries = ParseSettingsFile(*bytes, file, findings_);
    for (const Entry& entry : entries) {
      const std::string name_place = Place(file, entry.line, entry.name_column);
      const Setting* setting = Find(entry.name);
      if (!setting) {
        Object(name_place, "'" + entry.name + "' is not a setting; the nearest is '" + std::string(NearestName(entry.name)) + "', and 'careloom settings' lists all");
        continue;
      }
      if (const auto before = settings_.given.find(entry.name); before != settings_.given.end()) {
        Object(name_place, "'" + entry.name + "' is set twice; the first is at " + before->second.place + ". Leave one");
        continue;
      }
      Give(*setting, entry.value, Place(file, entry.line, entry.value_column), name_place);
    }
  }

  void ReadFlag(const std::string& flag, const std::string& text) {
    for (const Setting& setting : Table()) {
      if (setting.flag == flag) Give(setting, text, flag, flag);
    }
  }

  // What no row by itself can say.
  void CheckTogether() {
    const Limits& limits = settings_.app.limits;
    if (limits.page_entries > limits.most_page_entries) {
      ObjectTo("limits.page", std::to_string(limits.page_entries) + " is over limits.most-page, which is " + std::to_string(limits.most_page_entries));
    }
  }

  Settings Take() { return std::move(settings_); }

 private:
  // At the setting's own place; where it is not given, at its name.
  void ObjectTo(const std::string& name, const std::string& text) {
    const auto given = settings_.given.find(name);
    Object(given == settings_.given.end() ? name : given->second.place, name + ": " + text);
  }
  void Object(std::string place, std::string text) { findings_.Report({fhir::Severity::kError, "value", std::move(text), std::move(place)}); }

  // `place` is empty for a default.
  void Give(const Setting& setting, std::string_view text, const std::string& place, const std::string& about) {
    const auto value = ReadValue(setting.kind, setting.range, text);
    if (!value) return Object(place.empty() ? about : place, std::string(setting.name) + ": " + value.error().text());
    setting.set(settings_, *value);
    if (!place.empty()) settings_.given[std::string(setting.name)] = {std::string(text), place};
  }

  Settings settings_;
  IssueSink& findings_;
};

}  // namespace

Settings Load(const std::string& file, const std::vector<std::pair<std::string, std::string>>& flags, IssueSink& findings) {
  Loader loader(findings);
  if (!file.empty()) loader.ReadFile(file);
  for (const auto& [flag, text] : flags) loader.ReadFlag(flag, text);
  loader.CheckTogether();
  return loader.Take();
}

}  // namespace server::settings
