// An answer as bytes.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "server/http/message.h"

namespace server::http::edge {

// The Date of answers, made anew once a second. For one thread.
class DateText {
 public:
  std::string_view Now();

 private:
  std::time_t second_ = -1;
  char text_[40] = {};
  std::size_t size_ = 0;
};

// False when a header holds what would end it or may not be sent: CR, LF, other control characters, beyond ASCII.
bool IsSendable(const Response& answer);

enum class Persistence {
  kClose,          // "Connection: close"
  kKeep,           // nothing is said: HTTP/1.1's default
  kKeepTold,       // "Connection: keep-alive", for HTTP/1.0
};

// Status line and header with its empty line. Content-Length is that of the answer's body, also where that is not sent
// (HEAD); 204 and 304 have none. Requires: IsSendable(answer).
std::string AnswerHead(const Response& answer, std::string_view request_id, Persistence persistence, std::string_view date);

}  // namespace server::http::edge
