// Comma-separated values in pieces of any size (RFC 4180, or another delimiter): rows of cells, quotes and line ends taken off. A cell
// may hold line ends and quotes. What cannot be text at all refuses the file with its place; memory is one row.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace adapters {

enum class Encoding : std::uint8_t { kUtf8, kWindows1252 };

// What is read up to here, in words for people: "row 17, column 4". A row is a record, whatever its lines.
std::string CsvPlace(std::uint64_t row, std::size_t column);

struct CsvRow {
  std::uint64_t number = 0;                // the first is 1; empty lines count and are passed over
  std::vector<std::string_view> cells;     // UTF-8, as written between the delimiters; good for the call
  std::size_t broken = 0;                  // the first cell with text after its closing quote, 1 up; 0: none
};

class CsvReader {
 public:
  using Sink = std::function<fhir::Result<void>(const CsvRow& row)>;
  static constexpr std::size_t kMaxCellBytes = 64 * 1024;
  static constexpr std::size_t kMaxRowBytes = 1024 * 1024;
  static constexpr std::size_t kMaxCells = 1'000;

  // The delimiter is one ASCII character that is neither a quote nor part of a line end.
  explicit CsvReader(Encoding encoding, char delimiter = ',') : encoding_(encoding), delimiter_(delimiter) {}

  // Fails with kInvalid at a place: bytes that are not of the encoding, U+0000, a cell or row over its limit; with
  // the sink's error. Not to be called again then.
  fhir::Result<void> Read(std::string_view bytes, const Sink& sink);
  // The last row, when no line end closes it. kInvalid for a quote that was never closed.
  fhir::Result<void> Finish(const Sink& sink);

 private:
  enum class State : std::uint8_t { kCellStart, kPlain, kQuoted, kAfterQuote };

  fhir::Result<void> Take(char c, const Sink& sink);
  fhir::Result<void> EndCell();
  fhir::Result<void> EndRow(const Sink& sink);
  fhir::Result<void> Append(char c);
  fhir::Result<void> Decode(unsigned char byte);
  fhir::Result<void> CheckSize() const;
  fhir::Error Refuse(std::string text) const;

  Encoding encoding_;
  char delimiter_;
  State state_ = State::kCellStart;
  std::string text_;                       // of the row's cells, one after the other
  std::vector<std::size_t> ends_;          // of the cells, in text_
  std::string start_;                      // the file's first bytes, until it is known whether they are a BOM
  bool started_ = false, after_cr_ = false, any_quote_ = false;
  std::uint64_t row_ = 1;
  std::size_t broken_ = 0;
  CsvRow out_;
};

// Adds the cell to a row, in quotes where it needs them: it holds the delimiter, a quote or a line end.
void AppendCsvCell(std::string& out, std::string_view cell, char delimiter = ',');

}  // namespace adapters
