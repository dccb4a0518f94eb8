// What the caller can read and what it sent: Accept, _format, Content-Type, Prefer
// (https://hl7.org/fhir/R4/http.html#mime-type). JSON is the only form so far.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/http/message.h"
#include "server/http/target.h"

namespace server::http {

enum class Handling { kStrict, kLenient };
enum class Return { kDefault, kMinimal, kRepresentation, kOperationOutcome };

struct Wishes {
  std::string content_type;           // of the answer, with charset
  bool pretty = false;                // _pretty=true
  Return returned = Return::kDefault;
  Handling handling = Handling::kStrict;  // lenient: unknown search parameters are passed over, and named in the answer
};

// Reads the wishes; a refusal (406) when nothing acceptable can be given. _format wins over Accept.
std::optional<Response> Negotiate(const Request& request, const Target& target, Wishes& wishes);

// The type the body must have: FHIR JSON (json, text/json and application/json pass for it) or a form.
enum class BodyType { kResource, kForm };
// A refusal (415) when the request's Content-Type is another, or its charset is not UTF-8.
std::optional<Response> CheckContentType(const Request& request, BodyType expected);

}  // namespace server::http
