// Parts, wherever the pieces are cut, and what is refused.
#include <gtest/gtest.h>

#include "adapters/base/multipart.h"

using adapters::MultipartReader;
using adapters::Part;

namespace {

std::string ReadPieces(std::string_view body, std::size_t piece) {
  std::string seen;
  MultipartReader reader;
  const MultipartReader::Sink sink = {[&](const Part& part) -> fhir::Result<void> { return seen += "[" + part.name + (part.is_file ? "=" + part.file_name : "") + ":", fhir::Result<void>(); },
                                      [&](std::string_view data) -> fhir::Result<void> { return seen += data, fhir::Result<void>(); },
                                      [&]() -> fhir::Result<void> { return seen += "]", fhir::Result<void>(); }};
  for (std::size_t at = 0; at < body.size(); at += piece) {
    const auto read = reader.Read(body.substr(at, piece), sink);
    if (!read) return read.error().ToString();
  }
  const auto end = reader.Finish();
  return end ? seen : end.error().ToString();
}

void ExpectRead(std::string_view body, std::string_view expected) {
  for (std::size_t piece = 1; piece <= body.size(); ++piece) EXPECT_EQ(ReadPieces(body, piece), expected) << "in pieces of " << piece;
}

constexpr std::string_view kTwo =
    "--b0\r\nContent-Disposition: form-data; name=\"load\"\r\n\r\ndelta\r\n"
    "--b0\r\nContent-Type: text/csv\r\ncontent-disposition: form-data; name=\"g\"; filename=\"SR\\\"Goal.csv\"\r\n\r\na,b\r\n--b\r\n1,2\r\n\r\n--b0--\r\n";

}  // namespace

TEST(Multipart, FilesAndFieldsComeOutWhereverThePiecesAreCut) { ExpectRead(kTwo, "[load:delta][g=SR\"Goal.csv:a,b\r\n--b\r\n1,2\r\n]"); }

TEST(Multipart, LineFeedsAloneDoAndAnEmptyPartIsAPart) {
  ExpectRead("--x\nContent-Disposition: form-data; name=a\n\n\n--x\nContent-Disposition: form-data; name=b; filename=f\n\none\ntwo\n--x--", "[a:][b=f:one\ntwo]");
}

TEST(Multipart, NothingBetweenHeadAndBoundaryIsAnEmptyPart) {
  ExpectRead("--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--x--\r\nwhat follows does not count", "[a:]");
}

TEST(Multipart, WhatIsWrittenIsRead) {
  const std::string body = adapters::PartHead("q", "load", {}, true) + "full" + adapters::PartHead("q", "SRGoal", "SRGoal.csv", false) + "a\r\n" + adapters::ClosingBoundary("q");
  ExpectRead(body, "[load:full][SRGoal=SRGoal.csv:a\r\n]");
}

TEST(Multipart, ABodyCutOffAnywhereIsRefused) {
  for (std::size_t end = 1; end + 4 < kTwo.size(); ++end) EXPECT_EQ(ReadPieces(kTwo.substr(0, end), 7).find("[load"), std::string::npos) << end;
  EXPECT_NE(ReadPieces(kTwo.substr(0, 150), 7).find("cut off"), std::string::npos);
}

TEST(Multipart, WhatIsNoneIsRefusedWithThePartsNumber) {
  EXPECT_NE(ReadPieces("-- \r\n", 9).find("part 1"), std::string::npos) << "a boundary without a head";
  EXPECT_NE(ReadPieces("RowIdentifier,IDPatient\r\n1,2\r\n", 9).find("boundary"), std::string::npos);
  EXPECT_NE(ReadPieces("--" + std::string(100, 'b') + "\r\n", 9).find("70"), std::string::npos);
  EXPECT_NE(ReadPieces("--b\r\nX: y\r\n\r\ntext\r\n--b--", 9).find("Content-Disposition"), std::string::npos);
  EXPECT_NE(ReadPieces("--b\r\nX: " + std::string(10'000, 'y'), 999).find("8 KiB"), std::string::npos);
  EXPECT_NE(ReadPieces("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b?\r\n", 9).find("behind a boundary"), std::string::npos);
  std::string many = "--b\r\n";
  for (int i = 0; i < 201; ++i) many += "Content-Disposition: form-data; name=a\r\n\r\n\r\n--b\r\n";
  EXPECT_NE(ReadPieces(many, 999).find("200 parts"), std::string::npos);
}
