// Scenarios over HTTP as data: requests and what must come back (tests/cases/rest/README.md has the form).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/message.h"

namespace careloom_test {

class Scenario {
 public:
  explicit Scenario(std::uint16_t port);
  // Runs the file's exchanges in order up to the first that fails. What was wrong, "file:line: …"; empty
  // when all went well.
  std::string Run(const std::filesystem::path& file);

 private:
  struct Exchange;
  std::string RunExchange(const Exchange& exchange);
  std::string Compare(const Exchange& exchange, const server::http::Response& answer);
  std::string Fill(std::string_view text) const;

  std::uint16_t port_;
  std::map<std::string, std::string> captured_;  // {{name}} → text
};

// Does the text fit the pattern? '*' stands for anything, "{{*name}}" too and keeps it under that name.
bool Fits(std::string_view pattern, std::string_view text, std::map<std::string, std::string>& captured);

}  // namespace careloom_test
