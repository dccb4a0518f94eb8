// See errors.h.
#include "server/storage/postgres/errors.h"

namespace server::storage::postgres {

namespace {

using fhir::Error;
using fhir::ErrorKind;

struct Rule {
  std::string_view prefix;   // of SQLSTATE; the first that fits counts
  ErrorKind kind;
  Trouble trouble;
  std::string_view issue_type, text;
};

// https://www.postgresql.org/docs/15/errcodes-appendix.html
constexpr Rule kRules[] = {
    {"23505", ErrorKind::kConflict, Trouble::kRetry, "", "Another request stored the same at the same moment. Try again."},
    {"40001", ErrorKind::kConflict, Trouble::kRetry, "", "Another request changed the same at the same moment. Try again."},
    {"40P01", ErrorKind::kConflict, Trouble::kRetry, "", "Another request changed the same at the same moment. Try again."},
    {"55P03", ErrorKind::kUnavailable, Trouble::kOther, "", "Another request holds what this one needs for too long. Try again."},
    {"57014", ErrorKind::kUnprocessable, Trouble::kOther, "too-costly", "The database took longer over this than it may. Ask for less: more criteria, a smaller _count, no _total."},
    {"57P01", ErrorKind::kUnavailable, Trouble::kLost, "", "The database closed the connection. Try again."},
    {"57P02", ErrorKind::kUnavailable, Trouble::kLost, "", "The database was stopped. Try again."},
    {"57P03", ErrorKind::kUnavailable, Trouble::kLost, "", "The database is starting or stopping. Try again in a moment."},
    {"57P05", ErrorKind::kUnavailable, Trouble::kLost, "", "The database closed an idle connection. Try again."},
    {"25P03", ErrorKind::kUnavailable, Trouble::kLost, "", "The request was idle for too long inside a transaction. Try again."},
    {"25006", ErrorKind::kUnavailable, Trouble::kLost, "", "The database takes no writes now: it is a standby, or was told to be read-only. Try again in a moment."},
    {"53100", ErrorKind::kUnavailable, Trouble::kOther, "no-store", "The database's disk is full. Nothing was stored; make room and try again."},
    {"53200", ErrorKind::kUnavailable, Trouble::kOther, "", "The database ran out of memory. Nothing was stored; try again."},
    {"53300", ErrorKind::kUnavailable, Trouble::kLost, "", "The database takes no more connections. Try again in a moment."},
    {"53", ErrorKind::kUnavailable, Trouble::kOther, "", "The database ran out of something it needs. Nothing was stored; try again."},
    {"08", ErrorKind::kUnavailable, Trouble::kLost, "", "The connection to the database was lost. Try again."},
    // NUL, or no UTF-8: nothing that is stored has such a text.
    {"22021", ErrorKind::kInvalid, Trouble::kOther, "value", "A text holds a character that cannot be stored (NUL, or bytes that are no UTF-8)."},
};

}  // namespace

Failure FailureOf(std::string_view sqlstate, std::string_view message) {
  std::string detail = "postgres " + std::string(sqlstate);
  // Class 22 tells of values: what it says may hold one.
  if (!sqlstate.starts_with("22")) detail += ": " + std::string(message.substr(0, 500));
  for (const Rule& rule : kRules) {
    if (!sqlstate.starts_with(rule.prefix)) continue;
    Error error = Error(rule.kind, std::string(rule.text)).WithDetail(std::move(detail));
    if (!rule.issue_type.empty()) error = std::move(error).WithIssueType(std::string(rule.issue_type));
    return {std::move(error), rule.trouble};
  }
  return {Error(ErrorKind::kInternal, "The store failed.").WithDetail(std::move(detail)), Trouble::kOther};
}

Error LostError(std::string_view reason) {
  return Error(ErrorKind::kUnavailable, "The database cannot be reached. Try again in a moment.").WithDetail("postgres: " + std::string(reason.substr(0, 500)));
}

Error Copy(const Error& error) {
  return Error(error.kind(), error.text()).At(error.path()).WithIssueType(std::string(error.issue_type())).WithDetail(error.detail());
}

}  // namespace server::storage::postgres
