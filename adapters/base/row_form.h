// A row's cells as bytes, for the staging between reading a file and adapting its people: each cell's length
// (seven bits a byte, the low ones first, the high bit: more follow) and its text.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace adapters {

std::string PackCells(std::span<const std::string> cells);
// False for bytes that PackCells did not make of that many cells.
bool UnpackCells(std::string_view bytes, std::span<std::string> cells);

}  // namespace adapters
