// Quotes, line ends, encodings and limits of the reader, and that it does not matter where the pieces are cut.
#include <gtest/gtest.h>

#include "adapters/base/csv.h"

using adapters::CsvReader;
using adapters::CsvRow;
using adapters::Encoding;

namespace {

struct Read {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::uint64_t> numbers;
  std::size_t broken = 0;
  std::string error;
};

Read ReadPieces(std::string_view bytes, std::size_t piece, Encoding encoding = Encoding::kUtf8, char delimiter = ',') {
  Read read;
  CsvReader reader(encoding, delimiter);
  const CsvReader::Sink sink = [&](const CsvRow& row) -> fhir::Result<void> {
    read.rows.emplace_back(row.cells.begin(), row.cells.end());
    read.numbers.push_back(row.number);
    read.broken += row.broken;
    return {};
  };
  for (std::size_t at = 0; at < bytes.size(); at += piece) {
    const auto done = reader.Read(bytes.substr(at, piece), sink);
    if (!done) return read.error = done.error().ToString(), read;
  }
  const auto done = reader.Finish(sink);
  if (!done) read.error = done.error().ToString();
  return read;
}

using Rows = std::vector<std::vector<std::string>>;

}  // namespace

TEST(Csv, CellsAreWhatStandsBetweenTheCommasWhereverThePiecesAreCut) {
  const std::string text = "\xEF\xBB\xBF" "a,\"b \"\"x\"\", c\",\r\n\"two\r\nlines\",=1+1,\xE2\x80\x93\n\n,\"\"\n\"\"\nlast,x\"y";
  const Rows expected = {{"a", "b \"x\", c", ""}, {"two\r\nlines", "=1+1", "\xE2\x80\x93"}, {"", ""}, {""}, {"last", "x\"y"}};
  for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u}) {
    const Read read = ReadPieces(text, piece);
    EXPECT_EQ(read.error, "");
    EXPECT_EQ(read.rows, expected) << "pieces of " << piece;
    EXPECT_EQ(read.numbers, (std::vector<std::uint64_t>{1, 2, 4, 5, 6}));
  }
}

TEST(Csv, AnotherDelimiterLeavesCommasInTheirCells) {
  for (const std::size_t piece : {1u, 3u, 1000u}) {
    EXPECT_EQ(ReadPieces("a;1,50;\"x;y\"\n;;\n", piece, Encoding::kUtf8, ';').rows, (Rows{{"a", "1,50", "x;y"}, {"", "", ""}}));
    EXPECT_EQ(ReadPieces("a\tb;c,d\n", piece, Encoding::kUtf8, '\t').rows, (Rows{{"a", "b;c,d"}}));
  }
}

TEST(Csv, WindowsTextIsDecodedWhenAskedFor) {
  EXPECT_EQ(ReadPieces("Zo\xEB,\x96\x80", 1, Encoding::kWindows1252).rows, (Rows{{"Zo\xC3\xAB", "\xE2\x80\x93\xE2\x82\xAC"}}));
  EXPECT_NE(ReadPieces("a,\x81", 1, Encoding::kWindows1252).error.find("row 1, column 2"), std::string::npos);
  const Read wrong = ReadPieces("a,b\nc,Zo\xEB\n", 4);
  EXPECT_NE(wrong.error.find("--encoding windows-1252"), std::string::npos);
  EXPECT_NE(wrong.error.find("row 2, column 2"), std::string::npos);
}

TEST(Csv, WhatIsNotACsvIsRefusedWithItsPlace) {
  EXPECT_NE(ReadPieces("a,b\nc,\"d\ne,f\n", 3).error.find("row 2, column 2"), std::string::npos);
  EXPECT_NE(ReadPieces(std::string("a,\0b", 4), 2).error.find("row 1, column 2"), std::string::npos);
  EXPECT_NE(ReadPieces("a," + std::string(70'000, 'x'), 1000).error.find("64 KiB"), std::string::npos);
  EXPECT_NE(ReadPieces(std::string(1'000'000, ','), 1000).error.find("1000 cells"), std::string::npos);
  EXPECT_NE(ReadPieces(std::string(100'001, '"'), 1000).error, "");
  EXPECT_EQ(ReadPieces("\"a\"b,c\n", 2).broken, 1u);
}

TEST(Csv, NothingIsNoRow) {
  EXPECT_TRUE(ReadPieces("", 1).rows.empty());
  EXPECT_TRUE(ReadPieces("\xEF\xBB\xBF", 1).rows.empty());
  EXPECT_TRUE(ReadPieces("\r\n\r\n", 1).rows.empty());
}
