// Every setting there is, one row each. The reader of settings files, the flags of `careloom serve`, the print-out of
// `careloom settings` and the table in the README's test derive from these rows.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "server/settings/setting_value.h"
#include "server/settings/settings.h"

namespace server::settings {

struct Setting {
  std::string_view name;       // as in a file: "limits.body"; NAME in it stands for a client's name
  Kind kind;
  Range range;                 // of the kinds that have one
  std::string_view fallback;   // as it would stand in a file; empty: not set
  std::string_view meaning;    // one line
  void (*set)(Settings&, const Value&);
  std::string_view flag = {};  // on the command line, which goes before the file: "--port"
};

std::span<const Setting> Table();

struct Found {
  const Setting* setting = nullptr;   // null when there is none of that name; NearestName says which is written most like it
  std::string_view name;              // what stands for NAME
};
Found Find(std::string_view name);
std::string_view NearestName(std::string_view name);

// The table as a settings file: for each row a comment with meaning and range, then the name with the value that is in force
// (after '#' when there is none). No secret is in it.
std::string Print(const Settings& settings);

}  // namespace server::settings
