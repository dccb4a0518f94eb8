// Parsing and running of scenario files.
#include "tests/support/scenario.h"

#include <optional>

#include "fhir/json/reader.h"
#include "tests/support/http_client.h"
#include "tests/support/shared_data.h"

namespace careloom_test {

using fhir::Element;
using server::http::Response;

struct Scenario::Exchange {
  std::string place;                            // "file:line" of the request
  std::string method, target;
  server::http::Headers headers;
  std::string body;
  int status = 0;
  std::vector<std::pair<std::string, std::string>> expected_headers;  // an empty pattern: must be absent
  std::string expected_body;
  std::vector<std::string> expected_texts;      // of "contains:" lines
  bool expect_empty = false;
};

namespace {

using Captured = std::map<std::string, std::string>;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::pair<std::string, std::string> HeaderLine(const std::string& line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string::npos) return {line, ""};
  const std::size_t value = line.find_first_not_of(' ', colon + 1);
  return {line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)};
}

// The first difference, or nothing. Members that are not expected are of no account; repeats are compared
// in order and in number, unless the last one expected is {"...": true}.
std::optional<std::string> Difference(const Element& expected, const Element* actual, Captured& captured) {
  const std::string path = fhir::PathOf(expected);
  if (!actual) return path + " is missing";
  if (expected.is_resource && expected.text != actual->text) return path + ": is a " + std::string(actual->text);
  if (expected.has_value() && !Fits(expected.text, actual->value(), captured)) {
    return path + " is '" + std::string(actual->value()) + "', not '" + std::string(expected.text) + "'";
  }
  for (const Element* child = expected.first_child; child;) {
    const Element* found = actual->Find(child->name);
    if (child->value() == "(absent)") {
      if (found) return fhir::PathOf(*child) + " should not be there";
      child = child->next;
      continue;
    }
    const Element* at = child;
    bool open = false;
    for (; at; at = at->NextRepeat()) {
      child = at->next;
      if (at->Find("...")) {
        open = true;
        break;
      }
      if (auto difference = Difference(*at, found, captured)) return difference;
      found = found->NextRepeat();
    }
    if (!open && found) return fhir::PathOf(*found) + " is one more than expected";
    if (open) {
      while (child && at->name == child->name) child = child->next;
    }
  }
  return std::nullopt;
}

}  // namespace

bool Fits(std::string_view pattern, std::string_view text, Captured& captured) {
  if (pattern.empty()) return text.empty();
  const bool capture = pattern.starts_with("{{*");
  if (!capture && pattern.starts_with("{{")) {  // captured earlier in the same answer
    const auto kept = captured.find(std::string(pattern.substr(2, pattern.find("}}") - 2)));
    if (kept != captured.end()) return text.starts_with(kept->second) && Fits(pattern.substr(pattern.find("}}") + 2), text.substr(kept->second.size()), captured);
  }
  if (pattern[0] != '*' && !capture) return !text.empty() && pattern[0] == text[0] && Fits(pattern.substr(1), text.substr(1), captured);
  const std::size_t end = capture ? pattern.find("}}") : 0;
  const std::string_view rest = pattern.substr(capture ? end + 2 : 1);
  for (std::size_t length = text.size() + 1; length-- > 0;) {
    if (!Fits(rest, text.substr(length), captured)) continue;
    if (capture) captured[std::string(pattern.substr(3, end - 3))] = text.substr(0, length);
    return true;
  }
  return false;
}

Scenario::Scenario(std::uint16_t port) : port_(port) {
  captured_["base"] = "http://127.0.0.1:" + std::to_string(port) + "/fhir";
}

std::string Scenario::Fill(std::string_view text) const {
  std::string out(text);
  for (const auto& [name, value] : captured_) {
    const std::string mark = "{{" + name + "}}";
    for (std::size_t at = 0; (at = out.find(mark, at)) != std::string::npos; at += value.size()) out.replace(at, mark.size(), value);
  }
  return out;
}

std::string Scenario::Run(const std::filesystem::path& file) {
  const std::vector<std::string> lines = Lines(ReadFile(file));
  enum class Part { kTitle, kHeaders, kBody, kExpectedHeaders, kExpectedBody };
  Exchange exchange;
  Part part = Part::kTitle;
  int count = 0;
  for (std::size_t i = 0; i <= lines.size(); ++i) {
    const std::string line = i < lines.size() ? lines[i] : "----";
    if (line == "----") {
      if (exchange.status == 0) return file.string() + ":" + std::to_string(i) + ": the exchange above has no '=> status'";
      if (std::string wrong = RunExchange(exchange); !wrong.empty()) return exchange.place + ": " + wrong;
      exchange = {};
      part = Part::kTitle;
      ++count;
    } else if (line.starts_with("=> ")) {
      exchange.status = std::atoi(line.c_str() + 3);
      part = Part::kExpectedHeaders;
    } else if (part == Part::kTitle) {
      if (line.empty() || line[0] == '#') continue;
      const std::size_t space = line.find(' ');
      exchange.place = file.filename().string() + ":" + std::to_string(i + 1);
      exchange.method = line.substr(0, space);
      exchange.target = line.substr(space + 1);
      part = Part::kHeaders;
    } else if (part == Part::kHeaders || part == Part::kExpectedHeaders) {
      auto& headers = part == Part::kHeaders ? exchange.headers : exchange.expected_headers;
      if (!line.empty()) headers.push_back(HeaderLine(line));
      if (line.empty()) part = part == Part::kHeaders ? Part::kBody : Part::kExpectedBody;
    } else if (part == Part::kBody) {
      exchange.body += line + "\n";
    } else if (line.starts_with("contains: ")) {
      exchange.expected_texts.push_back(line.substr(10));
    } else if (line == "(empty)") {
      exchange.expect_empty = true;
    } else {
      exchange.expected_body += line + "\n";
    }
  }
  return count > 0 ? std::string() : file.string() + " has no exchange";
}

std::string Scenario::RunExchange(const Exchange& exchange) {
  server::http::Headers headers;
  for (const auto& [name, value] : exchange.headers) headers.emplace_back(name, Fill(value));
  std::string body = Fill(exchange.body);
  while (!body.empty() && body.back() == '\n') body.pop_back();
  if (!body.empty() && server::http::FindHeader(headers, "Content-Type").empty()) headers.emplace_back("Content-Type", "application/fhir+json");
  return Compare(exchange, Fetch(port_, exchange.method, Fill(exchange.target), headers, body));
}

std::string Scenario::Compare(const Exchange& exchange, const Response& answer) {
  const std::string got = "\nanswer " + std::to_string(answer.status) + ":\n" + answer.body.substr(0, 4000);
  if (answer.status != exchange.status) return "status is not " + std::to_string(exchange.status) + got;
  for (const auto& [name, pattern] : exchange.expected_headers) {
    const std::string value(server::http::FindHeader(answer.headers, name));
    if (!Fits(Fill(pattern), value, captured_)) return "header " + name + " is '" + value + "', not '" + Fill(pattern) + "'" + got;
  }
  if (exchange.expect_empty && !answer.body.empty()) return "the body is not empty" + got;
  for (const std::string& text : exchange.expected_texts) {
    if (answer.body.find(Fill(text)) == std::string::npos) return "the body does not contain '" + Fill(text) + "'" + got;
  }
  if (exchange.expected_body.find_first_not_of(" \n") == std::string::npos) return {};
  const auto expected = fhir::json::Read(Fill(exchange.expected_body));
  if (!expected) return "the expected body is not readable: " + expected.error().ToString();
  const auto actual = fhir::json::Read(answer.body);
  if (!actual) return "the body is not readable: " + actual.error().ToString() + got;
  const auto difference = Difference(*expected->root, actual->root, captured_);
  return difference ? *difference + got : std::string();
}

}  // namespace careloom_test
