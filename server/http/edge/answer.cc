// The head of an answer.
#include "server/http/edge/answer.h"

#include <algorithm>
#include <charconv>

#include "server/http/request_parser.h"

namespace server::http::edge {
namespace {

std::string_view Reason(int status) {
  switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 505: return "HTTP Version Not Supported";
    default: return "";               // the phrase is optional (RFC 9112 §4)
  }
}

void AppendNumber(std::size_t number, std::string& out) {
  char digits[24];
  const auto [end, failed] = std::to_chars(digits, digits + sizeof digits, number);
  static_cast<void>(failed);
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace

std::string_view DateText::Now() {
  const std::time_t now = std::time(nullptr);
  if (now != second_) {
    second_ = now;
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char format[40];       // names of days and months are English whatever the locale
    std::snprintf(format, sizeof format, "%s, %%d %s %%Y %%H:%%M:%%S GMT", kDays[utc.tm_wday], kMonths[utc.tm_mon]);
    size_ = std::strftime(text_, sizeof text_, format, &utc);
  }
  return {text_, size_};
}

bool IsSendable(const Response& answer) {
  return answer.status >= 200 && answer.status <= 599 &&
         std::ranges::all_of(answer.headers, [](const auto& header) { return IsToken(header.first) && IsHeaderValue(header.second); });
}

std::string AnswerHead(const Response& answer, std::string_view request_id, Persistence persistence, std::string_view date) {
  std::string head;
  head.reserve(512);
  head += "HTTP/1.1 ";
  AppendNumber(static_cast<std::size_t>(answer.status), head);
  head += ' ';
  head += Reason(answer.status);
  for (const auto& [name, value] : answer.headers) {
    head += "\r\n";
    head += name;
    head += ": ";
    head += value;
  }
  head += "\r\nX-Request-ID: ";
  head += request_id;
  head += "\r\nX-Content-Type-Options: nosniff\r\nDate: ";
  head += date;
  if (answer.status != 204 && answer.status != 304) {
    head += "\r\nContent-Length: ";
    AppendNumber(answer.body.size(), head);
  }
  if (persistence == Persistence::kClose) head += "\r\nConnection: close";
  if (persistence == Persistence::kKeepTold) head += "\r\nConnection: keep-alive";
  head += "\r\n\r\n";
  return head;
}

}  // namespace server::http::edge
