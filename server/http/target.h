// The request target as received, split before it is decoded: "a%2Fb" stays one segment, "%26" stays in
// its value. Each piece is decoded once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"

namespace server::http {

struct Parameter {
  std::string name, value;  // decoded; '+' stays a plus (dates hold offsets) unless the text is a form
};

struct Target {
  std::vector<std::string> segments;    // decoded: "/fhir/Patient/1" is {"fhir", "Patient", "1"}; a closing slash adds nothing
  std::vector<Parameter> parameters;    // in order
  std::string_view path, query;         // as received, views into the parsed text; no '?'

  // The value of the first parameter of that name, or null.
  const std::string* Find(std::string_view name) const;
};

// Splits an origin-form target ("/path?query"). The text must outlive the Target. Fails with kInvalid for
// anything else, for an empty or dot segment, a fragment, a bad escape, a control character and for what
// is not UTF-8.
fhir::Result<Target> ParseTarget(std::string_view raw);

enum class PlusSign { kPlus, kSpace };

// Splits "a=1&b=2"; application/x-www-form-urlencoded when plus is a space. Errors as above.
fhir::Result<std::vector<Parameter>> ParseParameters(std::string_view raw, PlusSign plus);

// Decodes %XX once. Errors as above.
fhir::Result<std::string> Decode(std::string_view raw, PlusSign plus);

// Percent-encodes what may not stand in a query value: all but unreserved characters and "/:|,$".
std::string Encode(std::string_view text);

}  // namespace server::http
