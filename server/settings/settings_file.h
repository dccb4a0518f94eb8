// The syntax of a settings file: `name = value` a line, comments on lines of their own. What the names mean is the
// table's business (settings_table.h).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.h"

namespace server::settings {

inline constexpr std::size_t kMostFileBytes = 1u << 20;
inline constexpr std::size_t kMostLineBytes = 4096;

// One line's setting, and where its parts stand: lines and columns (in bytes) count from 1.
struct Entry {
  std::string name, value;    // neither is empty; the value without the blanks around it, otherwise as it stands
  std::size_t line = 0, name_column = 0, value_column = 0;
};

// "file:line:column".
std::string Place(std::string_view file, std::size_t line, std::size_t column);

// The settings of a file in their order. What is not `name = value`, blank or a comment is an error with its place; so are
// bytes that are not plain UTF-8 text, and a last line without its end, which is how a cut file looks. `file` is its name
// in the findings.
std::vector<Entry> ParseSettingsFile(std::string_view bytes, std::string_view file, fhir::IssueSink& findings);

}  // namespace server::settings
