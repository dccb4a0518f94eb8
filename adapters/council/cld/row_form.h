// A row's fifty cells as bytes, for the staging between reading a file and adapting its people: each cell's length
// (seven bits a byte, the low ones first, the high bit: more follow) and its text.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/council/cld/columns.h"

namespace adapters::council::cld {

using Cells = std::array<std::string, kColumnCount>;

std::string PackCells(const Cells& cells);
// Nothing for bytes that PackCells did not make.
std::optional<Cells> UnpackCells(std::string_view bytes);

}  // namespace adapters::council::cld
