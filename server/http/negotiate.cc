// Content negotiation.
#include "server/http/negotiate.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "server/http/error_response.h"

namespace server::http {
namespace {

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

// Cuts the piece before the next `separator` off `rest`, trimmed. Quoted strings are not split.
std::string_view Cut(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
  }
  const std::string_view piece = Trim(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

std::string_view Unquote(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

struct MediaType {
  std::string name, charset;
  double quality = 1;
  bool version_fits = true;  // fhirVersion, when given, is 4.0
};

MediaType ParseMediaType(std::string_view text) {
  MediaType type;
  type.name = Lower(Cut(text, ';'));
  while (!text.empty()) {
    std::string_view parameter = Cut(text, ';');
    const std::string name = Lower(Cut(parameter, '='));
    const std::string value = Lower(Unquote(Trim(parameter)));
    if (name == "charset") type.charset = value;
    if (name == "fhirversion") type.version_fits = value == "4.0" || value == "4.0.1";
    if (name == "q") std::from_chars(value.data(), value.data() + value.size(), type.quality);
  }
  return type;
}

struct Known {
  std::string_view name, answer;  // answer empty: known, but not served yet
};
constexpr std::array kFormats = {
    Known{"application/fhir+json", kFhirJson},
    Known{"*/*", kFhirJson},
    Known{"application/*", kFhirJson},
    Known{"json", kFhirJson},
    Known{"application/json", "application/json; charset=utf-8"},
    Known{"text/json", "text/json; charset=utf-8"},
    Known{"text/*", "text/json; charset=utf-8"},
};

std::string_view AnswerFor(const MediaType& type) {
  if (!type.version_fits || (!type.charset.empty() && type.charset != "utf-8" && type.charset != "utf8")) return {};
  const auto known = std::ranges::find(kFormats, type.name, &Known::name);
  return known == kFormats.end() ? std::string_view() : known->answer;
}

Response NotAcceptable(std::string_view asked) {
  return Refuse(406, "not-supported",
                "Answers come as JSON only; asked for was '" + std::string(asked) +
                    "'. Ask for application/fhir+json (FHIR version 4.0), or leave Accept and _format out.");
}

void ReadPreferences(const Request& request, Wishes& wishes) {
  for (const auto& [name, value] : request.headers) {
    if (Lower(name) != "prefer") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view item = Cut(rest, ',');
      while (!item.empty()) {
        const std::string preference = Lower(Cut(item, ';'));
        if (preference == "return=minimal") wishes.returned = Return::kMinimal;
        if (preference == "return=representation") wishes.returned = Return::kRepresentation;
        if (preference == "handling=lenient") wishes.handling = Handling::kLenient;
        if (preference == "handling=strict") wishes.handling = Handling::kStrict;
        if (preference == "return=operationoutcome") wishes.returned = Return::kOperationOutcome;
      }
    }
  }
}

}  // namespace

std::optional<Response> Negotiate(const Request& request, const Target& target, Wishes& wishes) {
  const std::string* pretty = target.Find("_pretty");
  wishes.pretty = pretty && *pretty == "true";
  wishes.content_type = kFhirJson;
  ReadPreferences(request, wishes);
  if (const std::string* format = target.Find("_format")) {
    // "+json" arrives as " json" from callers that encode spaces as plus; the value is a media type either way.
    std::string asked = *format;
    std::ranges::replace(asked, ' ', '+');
    const std::string_view answer = AnswerFor(ParseMediaType(asked));
    if (answer.empty()) return NotAcceptable(*format);
    wishes.content_type = answer;
    return std::nullopt;
  }
  const std::string_view accept = FindHeader(request.headers, "Accept");
  if (Trim(accept).empty()) return std::nullopt;
  double best = 0;
  std::string_view rest = accept, chosen;
  while (!rest.empty()) {
    const MediaType type = ParseMediaType(Cut(rest, ','));
    const std::string_view answer = AnswerFor(type);
    if (answer.empty() || type.quality <= best) continue;
    best = type.quality;
    chosen = answer;
  }
  if (chosen.empty()) return NotAcceptable(accept);
  wishes.content_type = chosen;
  return std::nullopt;
}

std::optional<Response> CheckContentType(const Request& request, BodyType expected) {
  const std::string_view header = FindHeader(request.headers, "Content-Type");
  const MediaType type = ParseMediaType(header);
  if (!type.charset.empty() && type.charset != "utf-8" && type.charset != "utf8") {
    return Refuse(415, "not-supported", "The body's charset is '" + type.charset + "'. Send it as UTF-8.");
  }
  if (!type.version_fits) return Refuse(415, "not-supported", "The body's fhirVersion is not 4.0. Send FHIR R4.");
  const bool fits = expected == BodyType::kForm
                        ? type.name == "application/x-www-form-urlencoded"
                        : type.name == "application/fhir+json" || type.name == "application/json" || type.name == "text/json";
  if (fits) return std::nullopt;
  const std::string wanted = expected == BodyType::kForm ? "application/x-www-form-urlencoded" : "application/fhir+json";
  return Refuse(415, "not-supported",
                (header.empty() ? "The request has no Content-Type." : "The Content-Type is '" + std::string(header) + "'.") +
                    std::string(" Send the body as ") + wanted + ".");
}

}  // namespace server::http
