// What PostgreSQL says went wrong, as an error of ours: one table from SQLSTATE to kind and words. A server's message
// goes into the detail (the log) only where it cannot hold a value of somebody's data.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/error.h"

namespace server::storage::postgres {

// What a failure asks of who holds the connection.
enum class Trouble {
  kNone,
  kRetry,   // another transaction was in the way: the same again may well succeed
  kLost,    // the connection is of no more use
  kOther,
};

struct Failure {
  fhir::Error error;
  Trouble trouble;
};

// `sqlstate` empty: none came.
Failure FailureOf(std::string_view sqlstate, std::string_view message);
// The connection went away, or was never there; `reason` in libpq's words.
fhir::Error LostError(std::string_view reason);
// The same error once more: an Error moves only.
fhir::Error Copy(const fhir::Error& error);

}  // namespace server::storage::postgres
