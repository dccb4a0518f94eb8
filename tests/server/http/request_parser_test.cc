// The reader of requests as a table: bytes, and what comes of them, however they are cut.
#include "server/http/request_parser.h"

#include <gtest/gtest.h>

namespace server::http {
namespace {

using Stage = RequestParser::Stage;

constexpr std::size_t kBodyLimit = 20;

// What comes of the bytes when they arrive in pieces that end at the given places.
std::string Outcome(std::string_view bytes, const std::vector<std::size_t>& ends, bool ended) {
  RequestParser parser(HeadLimits{100, 300, 60, 6});
  std::size_t at = 0;
  const auto take = [&](std::size_t end) {
    while (at < end && (parser.stage() == Stage::kHead || parser.stage() == Stage::kBody)) {
      at += parser.Take(bytes.substr(at, end - at));
      if (parser.stage() == Stage::kHeadDone) parser.TakeBody(kBodyLimit);
    }
  };
  for (const std::size_t end : ends) take(end);
  take(bytes.size());
  if (ended) parser.End();
  switch (parser.stage()) {
    case Stage::kHead: return parser.HasBegun() ? "in head" : "idle";
    case Stage::kHeadDone: return "at body";
    case Stage::kBody: return "in body";
    case Stage::kRefused: return std::to_string(parser.refusal().status);
    case Stage::kDone: break;
  }
  std::string text = parser.request().method + " " + parser.request().target;
  if (!parser.keeps_alive()) text += " close";
  if (parser.wants_continue()) text += " continue";
  if (parser.has_body()) text += " '" + parser.request().body + "'";
  if (at < bytes.size()) text += " rest " + std::to_string(bytes.size() - at);
  return text;
}

struct Row {
  std::string bytes;
  std::string outcome;
  bool ended = false;     // the caller closes his side after the bytes
};

const std::string kPost = "POST / HTTP/1.1\r\nHost: x\r\n";
const std::string kChunked = kPost + "Transfer-Encoding: chunked\r\n\r\n";

std::vector<Row> Heads() {
  return {
      {"GET /a?b=c%20d|e HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a?b=c%20d|e"},
      {"GET / HTTP/1.1\r\nHost:x:80\r\nX:\t a b \t\r\n\r\nGET", "GET / rest 3"},
      {"\r\nGET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", "GET /"},
      {"\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"\r\n", "idle"},
      {"GET / HTTP/1.1\r\nHost: x\r\n", "in head"},
      {"GET / HTTP/1.1\r\nHost: x\r\n", "400", true},
      {"", "idle", true},
      {"GET / HTTP/1.1\r\nHost: x\r\nConnection: a, Close\r\n\r\n", "GET / close"},
      {"GET / HTTP/1.0\r\n\r\n", "GET / close"},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET /"},
      // Lines (H05).
      {"GET / HTTP/1.1\nHost: x\n\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n Host: x\r\n\r\n", "400"},
      {std::string("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 35), "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: b\x7F\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: \xC3\xA4\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA\xC3: b\r\n\r\n", "400"},
      // The first line.
      {"GET /\r\n", "400"},
      {"GET  / HTTP/1.1\r\n", "400"},
      {"GET / HTTP/1.1 \r\n", "400"},
      {"GET\t/ HTTP/1.1\r\n", "400"},
      {"G@T / HTTP/1.1\r\n", "400"},
      {"GET /\xC3\xA4 HTTP/1.1\r\n", "400"},
      {"GET / http/1.1\r\n", "400"},
      {"GET / HTTP/1.10\r\n", "400"},
      {"GET / HTTP/9.9\r\n", "505"},
      {"GET / HTTP/0.9\r\n", "505"},
      {"GET / HTTP/2.0\r\n", "505"},
      {"TRACE / HTTP/1.1\r\n", "405"},
      {"CONNECT x:80 HTTP/1.1\r\n", "501"},
      {"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS *"},
      {"GET * HTTP/1.1\r\n", "400"},
      {"GET fhir HTTP/1.1\r\n", "400"},
      {"GET ftp://x/ HTTP/1.1\r\n", "400"},
      // Hosts.
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost:\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a@x\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x:\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x:65536\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: x, y\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", "400"},
      {"GET http://X:8/a?b HTTP/1.1\r\nHost: x:8\r\n\r\n", "GET /a?b"},
      {"GET HTTPS://x?b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /?b"},
      {"GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET http://a@x/ HTTP/1.1\r\nHost: x\r\n\r\n", "400"},
      {"GET http://x/ HTTP/1.0\r\n\r\n", "GET / close"},
      {"GET http:// HTTP/1.0\r\n\r\n", "400"},
      // What is said more than once, and expectations.
      {"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: a\r\nauthorization: a\r\n\r\n", "400"},
      {kPost + "Content-Length: 1\r\nExpect: 100-Continue\r\n\r\na", "POST / continue 'a'"},
      {kPost + "Content-Length: 1\r\nExpect: junk\r\n\r\na", "417"},
      // Limits: 100 for the first line, 60 a field, 6 fields, 300 in all.
      {"GET /" + std::string(86, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "GET /" + std::string(86, 'a')},
      {"GET /" + std::string(87, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", "414"},
      {"GET /" + std::string(500, 'a'), "414"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(57, 'a') + "\r\n\r\n", "GET /"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string(58, 'a') + "\r\n\r\n", "431"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n", "GET /"},
      {"GET / HTTP/1.1\r\nHost: x\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n", "431"},
      {"GET /" + std::string(80, 'a') + " HTTP/1.1\r\nHost: x\r\nA:" + std::string(55, 'a') + "\r\nA:" + std::string(55, 'a') + "\r\nA:" + std::string(55, 'a') + "\r\nA:" + std::string(55, 'a') + "\r\n\r\n", "431"},
  };
}

std::vector<Row> Lengths() {
  std::vector<Row> rows = {
      {kPost + "Content-Length: 3\r\n\r\nabcGET", "POST / 'abc' rest 3"},
      {kPost + "Content-Length: 0\r\n\r\n", "POST /"},
      {kPost + "Content-Length: 003\r\n\r\nabc", "POST / 'abc'"},
      {kPost + "Content-Length: 20\r\n\r\n01234567890123456789", "POST / '01234567890123456789'"},
      {kPost + "Content-Length: 21\r\n\r\n", "413"},
      {kPost + "Content-Length: 100000000000000000\r\n\r\n", "413"},
      {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na", "GET / 'a'"},
      {kPost + "\r\n", "411"},
      {kPost + "Content-Length: 3\r\n\r\nab", "in body"},
      {kPost + "Content-Length: 3\r\n\r\nab", "400", true},
      // More than one length (H01, H02).
      {kPost + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {kPost + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "400"},
      {kPost + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "400"},
      {kPost + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400"},
      {kPost + "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n", "400"},
      {kPost + "Transfer-Encoding: CHUNKED\r\n\r\n0\r\n\r\n", "POST / ''"},
      {kPost + "Transfer-Encoding:\tchunked \r\n\r\n0\r\n\r\n", "POST / ''"},
  };
  for (const char* encoding : {"xchunked", "chunked, identity", "identity", "gzip, chunked", "\"chunked\"", ""}) rows.push_back({kPost + "Transfer-Encoding: " + encoding + "\r\n\r\n", "501"});
  for (const char* length : {"+5", "-1", "-5", "abc", "0x5", "5, 5", "5 5", "", "1e1", "99999999999999999999", "9223372036854775808", "18446744073709551617"}) {
    rows.push_back({kPost + "Content-Length: " + length + "\r\n\r\n", "400"});
  }
  return rows;
}

std::vector<Row> Chunks() {
  std::vector<Row> rows = {
      {kChunked + "3\r\nabc\r\n0\r\n\r\nGET", "POST / 'abc' rest 3"},
      {kChunked + "1\r\na\r\n0000000000000002;name=\"value\"\r\nbc\r\n0\r\n\r\n", "POST / 'abc'"},
      {kChunked + "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "POST / '01234567890123456789'"},
      {kChunked + "A\r\n0123456789\r\nb\r\n", "413"},
      {kChunked + "FFFFFFFFFFFFFFFF\r\n", "413"},
      {kChunked + "0\r\nA: b\r\nC: d\r\n\r\n", "POST / ''"},
      {kChunked + "3\r\nabc\r\n", "in body"},
      {kChunked + "3\r\nabc\r\n", "400", true},
      {kChunked + "3\r\nabc\r\n0\r\n", "400", true},
      {kChunked + "3\r\nab", "400", true},
      {kChunked + "3\r\nabcd\r\n0\r\n\r\n", "400"},
      {kChunked + "3\r\nabc\n0\r\n\r\n", "400"},
      {kChunked + "3\r\nabc\r0\r\n\r\n", "400"},
      {kChunked + "3\nabc\r\n0\r\n\r\n", "400"},
      {kChunked + "0\r\nA : b\r\n\r\n", "400"},
      {kChunked + "0\r\n A: b\r\n\r\n", "400"},
      {kChunked + "0\r\nA: b\n\r\n", "400"},
      {kChunked + "0\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\nA:\r\n\r\n", "400"},
      {kChunked + "0\r\nA: " + std::string(100, 'a') + "\r\n\r\n", "400"},
      {kChunked + "1;" + std::string(255, 'e') + "\r\na\r\n0\r\n\r\n", "POST / 'a'"},
      {kChunked + "1;" + std::string(256, 'e') + "\r\na\r\n0\r\n\r\n", "400"},
      {kChunked + "1;" + std::string(1000, 'e'), "400"},
  };
  for (const char* size : {"-5", "zz", "0x5", "", " 5", "5 ", "5 ;a", "5,", "+5", "FFFFFFFFFFFFFFFFF", "00000000000000005", "5;\x01"}) {
    rows.push_back({kChunked + size + "\r\nabcde\r\n0\r\n\r\n", "400"});
  }
  return rows;
}

void Check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(Outcome(row.bytes, {}, row.ended), row.outcome) << row.bytes;
    std::vector<std::size_t> every;
    for (std::size_t i = 1; i < row.bytes.size(); ++i) {
      every.push_back(i);
      EXPECT_EQ(Outcome(row.bytes, {i}, row.ended), row.outcome) << "cut at " << i << " of\n" << row.bytes;
    }
    EXPECT_EQ(Outcome(row.bytes, every, row.ended), row.outcome) << "byte by byte\n" << row.bytes;
  }
}

TEST(RequestParser, Heads) { Check(Heads()); }
TEST(RequestParser, BodiesByLength) { Check(Lengths()); }
TEST(RequestParser, BodiesInChunks) { Check(Chunks()); }

TEST(RequestParser, ARefusalSaysWhatIsAllowedAndTakesNothingMore) {
  RequestParser parser(HeadLimits{});
  parser.Take("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n");
  ASSERT_EQ(parser.stage(), Stage::kRefused);
  EXPECT_NE(parser.refusal().body.find("Content-Length must be a plain number"), std::string::npos);
  EXPECT_EQ(parser.Take("GET / HTTP/1.1\r\n"), 0u);
  EXPECT_FALSE(parser.keeps_alive());
}

TEST(RequestParser, AnAnnouncedBodyTakesNoMemoryBeforeItComes) {
  RequestParser parser(HeadLimits{});
  parser.Take("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200000000\r\n\r\n");
  parser.TakeBody(1u << 30);
  EXPECT_LE(parser.request().body.capacity(), 64u << 10);
}

}  // namespace
}  // namespace server::http
