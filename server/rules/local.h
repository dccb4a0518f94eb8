// References into this store, as the rules follow them.
#pragma once

#include <string>
#include <string_view>

namespace server::rules {

struct Local {
  std::string type, id;
  std::string text() const { return type + "/" + id; }
};

// "Type" and "id" of a reference into this store, whatever version it names; both empty when it leads elsewhere.
inline Local LocalOf(std::string_view reference) {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash != reference.rfind('/') || reference[0] == '#' || reference.find(':') != std::string_view::npos) {
    return {};
  }
  return {std::string(reference.substr(0, slash)), std::string(reference.substr(slash + 1))};
}

}  // namespace server::rules
