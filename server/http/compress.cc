// Accept-Encoding, and one pass of zlib.
#include "server/http/compress.h"

#include <zlib.h>

#include <algorithm>
#include <string>

#include "server/http/cors.h"

namespace server::http {
namespace {

std::string_view Trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

bool Equals(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// The weight in thousandths; a weight that is none counts as not wanted.
int WeightOf(std::string_view parameters) {
  const std::string_view text = Trim(parameters);
  if (text.empty()) return 1000;
  if (text.size() < 3 || (text[0] != 'q' && text[0] != 'Q') || text[1] != '=') return 0;
  const std::string_view number = text.substr(2);
  if (number[0] != '0' && number[0] != '1') return 0;
  int weight = (number[0] - '0') * 1000;
  if (number.size() == 1) return weight;
  if (number[1] != '.' || number.size() > 5) return 0;
  int place = 100;
  for (const char digit : number.substr(2)) {
    if (digit < '0' || digit > '9') return 0;
    weight += (digit - '0') * place;
    place /= 10;
  }
  return weight > 1000 ? 0 : weight;
}

bool IsText(std::string_view content_type) {
  return content_type.starts_with("application/fhir+json") || content_type.starts_with("application/json") || content_type.starts_with("text/");
}

// Empty when it could not be made smaller.
std::string Gzip(const std::string& body, int level) {
  z_stream stream = {};
  constexpr int kGzipWindow = 15 + 16, kMemory = 8;
  if (deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string packed(body.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  // zlib counts in 32 bits; the limit of bodies is far below.
  stream.avail_in = static_cast<uInt>(body.size());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return packed;
}

}  // namespace

bool PrefersGzip(std::string_view accept_encoding) {
  int gzip = -1, identity = -1, any = -1;
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(item.size() + 1, accept_encoding.size()));
    const std::string_view name = Trim(item.substr(0, item.find(';')));
    const int weight = item.find(';') == std::string_view::npos ? 1000 : WeightOf(item.substr(item.find(';') + 1));
    if (Equals(name, "gzip") || Equals(name, "x-gzip")) gzip = std::max(gzip, weight);
    if (Equals(name, "identity")) identity = weight;
    if (name == "*") any = weight;
  }
  if (gzip < 0) gzip = any;
  return gzip > 0 && gzip >= identity;
}

void Pack(const Request& request, int level, Response& answer) {
  constexpr std::size_t kMostPackedBytes = std::size_t{1} << 30;
  if (level == 0) return;
  if (answer.status == 304) return AddVary(answer, "Accept-Encoding");
  if (answer.body.size() < kLeastPackedBytes || answer.body.size() > kMostPackedBytes) return;
  if (!IsText(FindHeader(answer.headers, "Content-Type")) || !FindHeader(answer.headers, "Content-Encoding").empty()) return;
  AddVary(answer, "Accept-Encoding");
  if (!PrefersGzip(FindHeader(request.headers, "Accept-Encoding"))) return;
  std::string packed = Gzip(answer.body, level);
  if (packed.empty()) return;
  answer.body = std::move(packed);
  answer.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace server::http
