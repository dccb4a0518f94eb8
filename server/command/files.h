// Files, words and the clock of the commands: reading whole inputs, writing results and findings.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "server/command/command.h"

namespace server::command {

// No command reads a file larger than this into memory.
constexpr std::size_t kMaxFileBytes = std::size_t{1} << 30;

// The bytes of a file; "-" is standard input. kNotFound, kTooLarge or kUnavailable, naming the file.
fhir::Result<std::string> ReadInput(const std::string& path, const Terminal& terminal);
// The bytes of a file of any size, piece by piece: a call gives the next ones, valid until the one after; empty at the end.
fhir::Result<std::function<fhir::Result<std::string_view>()>> OpenInput(const std::string& path, const Terminal& terminal);
// Writes (or replaces) a file; "-" is standard output.
fhir::Result<void> WriteOutput(const std::string& path, std::string_view bytes, const Terminal& terminal);

// The time as a FHIR instant in UTC, to the millisecond.
std::string NowText();

// A line of text on `stream`.
void Say(std::FILE* stream, std::string_view text);
// The error as a line of words, with the file or argument it is about, and the exit status it means.
Exit Fail(const Terminal& terminal, std::string_view about, const fhir::Error& error);
// One line for each finding: "error Patient.gender: …".
void SayIssues(const Terminal& terminal, std::string_view about, const fhir::IssueSink& issues);

}  // namespace server::command
