// Issue types and words for Error.
#include "fhir/base/error.h"

namespace fhir {

std::string_view Error::issue_type() const {
  if (!state_->issue_type.empty()) return state_->issue_type;
  switch (state_->kind) {
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kUnprocessable: return "processing";
    case ErrorKind::kNotFound: return "not-found";
    case ErrorKind::kGone: return "deleted";
    case ErrorKind::kConflict: return "conflict";
    case ErrorKind::kPrecondition: return "conflict";
    case ErrorKind::kUnauthenticated: return "login";
    case ErrorKind::kForbidden: return "forbidden";
    case ErrorKind::kUnsupported: return "not-supported";
    case ErrorKind::kTooLarge: return "too-long";
    case ErrorKind::kThrottled: return "throttled";
    case ErrorKind::kUnavailable: return "transient";
    case ErrorKind::kInternal: return "exception";
  }
  return "exception";
}

std::string Error::ToString() const {
  return state_->path.empty() ? state_->text : state_->text + " (at " + state_->path + ")";
}

}  // namespace fhir
