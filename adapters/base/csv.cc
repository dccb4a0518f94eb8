// A state for each byte; runs of plain text are taken at once.
#include "adapters/base/csv.h"

#include <array>

#include "fhir/base/text.h"
#include "fhir/base/utf8.h"

namespace adapters {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

// 0x80 to 0x9F of windows-1252; 0: not assigned.
constexpr std::array<std::uint16_t, 32> kWindows1252 = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
    0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

// Bytes from `at` on that end nothing and need no look of their own.
std::size_t PlainRun(std::string_view bytes, std::size_t at, bool quoted, char delimiter) {
  std::size_t end = at;
  while (end < bytes.size()) {
    const auto c = static_cast<unsigned char>(bytes[end]);
    if (c == '"' || c == 0 || c >= 0x80 || (!quoted && (bytes[end] == delimiter || c == '\n' || c == '\r'))) break;
    ++end;
  }
  return end;
}

}  // namespace

std::string CsvPlace(std::uint64_t row, std::size_t column) {
  return "row " + std::to_string(row) + ", column " + std::to_string(column);
}

Error CsvReader::Refuse(std::string text) const {
  return Error(ErrorKind::kInvalid, std::move(text)).At(CsvPlace(row_, ends_.size() + 1));
}

Result<void> CsvReader::Read(std::string_view bytes, const Sink& sink) {
  if (!started_) {
    start_ += bytes;
    if (start_.size() < kBom.size() && kBom.starts_with(start_)) return {};
    started_ = true;
    const std::string first = std::move(start_);
    return Read(std::string_view(first).substr(first.starts_with(kBom) ? kBom.size() : 0), sink);
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const bool quoted = state_ == State::kQuoted;
    if (quoted || state_ == State::kPlain) {
      const std::size_t end = PlainRun(bytes, at, quoted, delimiter_);
      if (end > at) {
        text_.append(bytes, at, end - at);
        TRY(CheckSize());
        at = end;
        continue;
      }
    }
    TRY(Take(bytes[at], sink));
    ++at;
  }
  return {};
}

Result<void> CsvReader::Take(char c, const Sink& sink) {
  const bool follows_cr = after_cr_;
  after_cr_ = false;
  if (state_ == State::kQuoted) {
    if (c != '"') return Append(c);
    state_ = State::kAfterQuote;
    return {};
  }
  if (c == '\n' && follows_cr) return {};
  if (c == '\n' || c == '\r') {
    after_cr_ = c == '\r';
    return EndRow(sink);
  }
  if (c == delimiter_) return EndCell();
  if (c == '"' && state_ == State::kCellStart) {
    state_ = State::kQuoted;
    any_quote_ = true;
    return {};
  }
  if (c == '"' && state_ == State::kAfterQuote) {
    state_ = State::kQuoted;
    return Append(c);
  }
  if (state_ == State::kAfterQuote && broken_ == 0) broken_ = ends_.size() + 1;
  state_ = State::kPlain;
  return Append(c);
}

Result<void> CsvReader::Append(char c) {
  if (c == 0) return Refuse("The file holds a byte 0, which is not text. Is it a CSV file, and in UTF-8? Save it again as CSV.");
  if (encoding_ == Encoding::kWindows1252 && static_cast<unsigned char>(c) >= 0x80) {
    TRY(Decode(static_cast<unsigned char>(c)));
  } else {
    text_ += c;
  }
  return CheckSize();
}

Result<void> CsvReader::Decode(unsigned char byte) {
  const std::uint32_t code = byte >= 0xA0 ? byte : kWindows1252[byte - 0x80];
  if (code == 0) return Refuse("The file holds a byte that windows-1252 does not have. Is it in UTF-8? Read it without --encoding.");
  fhir::AppendUtf8(text_, code);
  return {};
}

Result<void> CsvReader::CheckSize() const {
  const std::size_t start = ends_.empty() ? 0 : ends_.back();
  if (text_.size() - start <= kMaxCellBytes && text_.size() <= kMaxRowBytes) return {};
  const bool cell = text_.size() - start > kMaxCellBytes;
  return Refuse(std::string(cell ? "A cell is longer than 64 KiB" : "A row is longer than 1 MiB") +
                ". Most often a quote was opened here and not closed: write a quote within quotes twice.");
}

Result<void> CsvReader::EndCell() {
  const std::size_t start = ends_.empty() ? 0 : ends_.back();
  const fhir::TextFault fault = encoding_ == Encoding::kUtf8 ? fhir::FindTextFault(std::string_view(text_).substr(start)) : fhir::TextFault::kNone;
  if (fault == fhir::TextFault::kNoncharacter) return Refuse("The cell holds a code point that is no character, such as U+FFFE.");
  if (fault != fhir::TextFault::kNone) {
    return Refuse("The cell is not UTF-8. If the file was saved by Excel as \"CSV\", read it with --encoding windows-1252, or save it as \"CSV UTF-8\".");
  }
  ends_.push_back(text_.size());
  if (ends_.size() > kMaxCells) return Refuse("A row has more than 1000 cells; no file of this kind has as many columns.");
  state_ = State::kCellStart;
  return {};
}

Result<void> CsvReader::EndRow(const Sink& sink) {
  const bool empty_line = ends_.empty() && text_.empty() && !any_quote_;
  if (!empty_line) {
    TRY(EndCell());
    out_.number = row_;
    out_.broken = broken_;
    out_.cells.clear();
    std::size_t start = 0;
    for (const std::size_t end : ends_) {
      out_.cells.push_back(std::string_view(text_).substr(start, end - start));
      start = end;
    }
    TRY(sink(out_));
  }
  text_.clear();
  ends_.clear();
  broken_ = 0;
  any_quote_ = false;
  state_ = State::kCellStart;
  ++row_;
  return {};
}

Result<void> CsvReader::Finish(const Sink& sink) {
  if (!started_) {  // nothing but a part of a byte order mark
    started_ = true;
    const std::string rest = std::move(start_);
    TRY(Read(rest, sink));
  }
  if (state_ == State::kQuoted) {
    return Refuse("The file ends within a quoted cell that begins here: a quote is not closed, or the file was cut off. Nothing of it was stored.");
  }
  return EndRow(sink);
}

void AppendCsvCell(std::string& out, std::string_view cell, char delimiter) {
  const char special[] = {delimiter, '"', '\r', '\n'};
  if (cell.find_first_of(std::string_view(special, sizeof special)) == std::string_view::npos) {
    out += cell;
    return;
  }
  out += '"';
  for (const char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace adapters
