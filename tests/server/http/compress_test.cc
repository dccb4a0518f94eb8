// Packed answers: who gets them, that they are the same when unpacked, and that HEAD says what GET does.
#include "server/http/compress.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/support/http_client.h"
#include "tests/support/test_server.h"

namespace server::http {
namespace {

using careloom_test::Fetch;
using careloom_test::TestServer;

std::string Gunzip(const std::string& packed) {
  z_stream stream = {};
  std::string out(1 << 20, '\0');
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return "broken";
  std::string in = packed;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return result == Z_STREAM_END ? out : "broken";
}

TEST(AcceptEncoding, IsWeighed) {
  for (const char* yes : {"gzip", "GZIP", "x-gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "*", "gzip;q=0.001", "deflate,gzip ; q=1", "gzip;q=0.5, identity;q=0.5", "gzip; q=1.000", "identity;q=0, *", "*;q=0.1, gzip"}) {
    EXPECT_TRUE(PrefersGzip(yes)) << yes;
  }
  for (const char* no : {"", "identity", "gzip;q=0", "gzip;q=0.000", "gzip;q=0, *", "*;q=0", "br", "gzip;q=0.4, identity;q=0.5", "gzip;q=x", "gzip;q=2", "gzip;q=1.5", "gzip;q=-1", "gzip;level=9", "gzipped", ",,,", ";q=1"}) {
    EXPECT_FALSE(PrefersGzip(no)) << no;
  }
}

Response Packed(std::string body, const char* type = "application/fhir+json; charset=utf-8", const char* accept = "gzip", int level = 6) {
  Response answer{200, {{"Content-Type", type}}, std::move(body)};
  Request request;
  request.headers = {{"Accept-Encoding", accept}};
  Pack(request, level, answer);
  return answer;
}

TEST(Pack, TakesTextOfAKilobyteAndMore) {
  const std::string text(5000, 'a');
  const Response packed = Packed(text);
  EXPECT_EQ(FindHeader(packed.headers, "Content-Encoding"), "gzip");
  EXPECT_EQ(FindHeader(packed.headers, "Vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), 100u);
  EXPECT_EQ(Gunzip(packed.body), text);
  for (const Response& plain : {Packed(std::string(1023, 'a')), Packed(text, "image/png"), Packed(text, "application/octet-stream"), Packed(text, "text/csv", "identity"), Packed(text, "text/csv", "gzip", 0), Packed("")}) {
    EXPECT_EQ(FindHeader(plain.headers, "Content-Encoding"), "");
  }
  EXPECT_EQ(FindHeader(Packed(text, "text/csv", "identity").headers, "Vary"), "Accept-Encoding") << "it could have been";
  EXPECT_EQ(FindHeader(Packed(text, "image/png").headers, "Vary"), "");
}

TEST(Pack, LeavesAloneWhatDoesNotShrink) {
  std::string noise;
  for (std::uint32_t i = 0, x = 1; i < 4000; ++i) noise += static_cast<char>((x = x * 1664525u + 1013904223u) >> 24);
  const Response answer = Packed(noise, "text/plain");
  EXPECT_EQ(answer.body, noise);
  EXPECT_EQ(FindHeader(answer.headers, "Content-Encoding"), "");
}

TEST(PackedOverHttp, IsTheSameRecordAndHeadSaysWhatGetDoes) {
  TestServer server;
  ASSERT_EQ(server.error, "");
  std::string patient = R"({"resourceType":"Patient","id":"long","name":[{"family":"Example"}],"address":[)";
  for (int i = 0; i < 40; ++i) patient += std::string(i ? "," : "") + R"({"line":[")" + std::to_string(i) + R"( Long Street"],"city":"Exampleton"})";
  patient += "]}";
  ASSERT_EQ(Fetch(server.port(), "PUT", "/fhir/Patient/long", {{"Content-Type", "application/fhir+json"}}, patient).status, 201);
  const Response plain = Fetch(server.port(), "GET", "/fhir/Patient/long"), packed = Fetch(server.port(), "GET", "/fhir/Patient/long", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(FindHeader(plain.headers, "Content-Encoding"), "");
  EXPECT_EQ(FindHeader(packed.headers, "Content-Encoding"), "gzip");
  EXPECT_EQ(Gunzip(packed.body), plain.body);
  EXPECT_EQ(FindHeader(packed.headers, "ETag"), "W/\"1\"");
  EXPECT_EQ(FindHeader(plain.headers, "ETag"), "W/\"1\"");
  const Response head = Fetch(server.port(), "HEAD", "/fhir/Patient/long", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(head.body, "");
  for (const char* name : {"Content-Length", "Content-Encoding", "Vary", "ETag", "Content-Type"}) EXPECT_EQ(FindHeader(head.headers, name), FindHeader(packed.headers, name)) << name;
  const Response same = Fetch(server.port(), "GET", "/fhir/Patient/long", {{"Accept-Encoding", "gzip"}, {"If-None-Match", "W/\"1\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(FindHeader(same.headers, "Vary"), "Accept-Encoding");
}

TEST(PackedOverHttp, BodiesThatComePackedAreRefused) {
  TestServer server;
  ASSERT_EQ(server.error, "");
  for (const char* encoding : {"gzip", "x-gzip", "deflate", "br", "gzip, gzip", "identity, gzip"}) {
    const Response answer = Fetch(server.port(), "POST", "/fhir/Patient", {{"Content-Type", "application/fhir+json"}, {"Content-Encoding", encoding}}, "{}");
    EXPECT_EQ(answer.status, 415) << encoding;
    EXPECT_EQ(FindHeader(answer.headers, "Accept-Encoding"), "identity");
    EXPECT_NE(answer.body.find("Content-Encoding"), std::string::npos);
  }
}

}  // namespace
}  // namespace server::http
