// What a call answers when it could not do what it was asked: a kind, a text that is safe to show the
// caller, a detail for the log only, and the element it concerns. Findings about data are not errors;
// they go to an IssueSink (issue.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace fhir {

enum class ErrorKind {
  kInvalid,          // not readable as what it claims to be (400)
  kUnprocessable,    // readable, but breaks a rule (422)
  kNotFound,         // nothing there (404)
  kGone,             // was there, deleted (410)
  kConflict,         // another writer, or a duplicate (409)
  kPrecondition,     // If-Match or a conditional match failed (412)
  kUnauthenticated,  // (401)
  kForbidden,        // (403)
  kUnsupported,      // Careloom does not do this (501, or 400 for a parameter)
  kTooLarge,         // over a limit (413)
  kThrottled,        // (429)
  kUnavailable,      // try again later (503)
  kInternal,         // our fault; the detail is logged, never sent (500)
};

// Move-only, one heap block. An Error always says something: there is no empty state but moved-from.
class [[nodiscard]] Error {
 public:
  Error(ErrorKind kind, std::string text) : state_(std::make_unique<State>()) {
    state_->kind = kind;
    state_->text = std::move(text);
  }

  // Fluent additions: the FHIRPath (or file:row:column) it is about, the FHIR issue type when the
  // kind's own is too coarse, and what only the log may hold.
  Error&& At(std::string path) && { state_->path = std::move(path); return std::move(*this); }
  Error&& WithIssueType(std::string code) && { state_->issue_type = std::move(code); return std::move(*this); }
  Error&& WithDetail(std::string detail) && { state_->detail = std::move(detail); return std::move(*this); }

  ErrorKind kind() const { return state_->kind; }
  const std::string& text() const { return state_->text; }
  const std::string& path() const { return state_->path; }
  const std::string& detail() const { return state_->detail; }
  // FHIR issue-type code (http://hl7.org/fhir/R4/valueset-issue-type.html), from the kind unless given.
  std::string_view issue_type() const;
  // "text (at path)", for words on stderr and test output.
  std::string ToString() const;

 private:
  struct State {
    ErrorKind kind;
    std::string text, path, detail, issue_type;
  };
  std::unique_ptr<State> state_;
};

}  // namespace fhir
