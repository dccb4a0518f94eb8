// Files and words of the commands.
#include "server/command/files.h"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <memory>

namespace server::command {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

fhir::Error NotOpened(const std::string& path, const char* to_do) {
  return fhir::Error(errno == ENOENT ? fhir::ErrorKind::kNotFound : fhir::ErrorKind::kUnavailable,
                     "cannot " + std::string(to_do) + " '" + path + "': " + std::strerror(errno));
}

fhir::Result<std::string> ReadAll(std::FILE* file, const std::string& path) {
  std::string bytes;
  std::string block(std::size_t{1} << 16, '\0');
  std::size_t got = 0;
  while ((got = std::fread(block.data(), 1, block.size(), file)) > 0) {
    bytes.append(block.data(), got);
    if (bytes.size() > kMaxFileBytes) {
      return fhir::Error(fhir::ErrorKind::kTooLarge, "'" + path + "' is larger than " + std::to_string(kMaxFileBytes) + " bytes");
    }
  }
  if (std::ferror(file)) return NotOpened(path, "read");
  return bytes;
}

}  // namespace

fhir::Result<std::string> ReadInput(const std::string& path, const Terminal& terminal) {
  if (path == "-") return ReadAll(terminal.in, "standard input");
  const File file(std::fopen(path.c_str(), "rb"));
  if (!file) return NotOpened(path, "open");
  return ReadAll(file.get(), path);
}

fhir::Result<std::function<fhir::Result<std::string_view>()>> OpenInput(const std::string& path, const Terminal& terminal) {
  // Shared, because what a std::function holds must be copyable.
  std::shared_ptr<std::FILE> file;
  if (path == "-") {
    file = {terminal.in, [](std::FILE*) {}};
  } else {
    std::FILE* opened = std::fopen(path.c_str(), "rb");
    if (!opened) return NotOpened(path, "open");
    file = {opened, CloseFile()};
  }
  return std::function([file, path, block = std::string(kPieceBytes, '\0')]() mutable -> fhir::Result<std::string_view> {
    const std::size_t got = std::fread(block.data(), 1, block.size(), file.get());
    if (got == 0 && std::ferror(file.get())) return NotOpened(path, "read");
    return std::string_view(block).substr(0, got);
  });
}

fhir::Result<void> WriteOutput(const std::string& path, std::string_view bytes, const Terminal& terminal) {
  File file(path == "-" ? nullptr : std::fopen(path.c_str(), "wb"));
  std::FILE* to = path == "-" ? terminal.out : file.get();
  if (!to) return NotOpened(path, "write");
  if (std::fwrite(bytes.data(), 1, bytes.size(), to) != bytes.size() || std::fflush(to) != 0) return NotOpened(path, "write");
  return {};
}

std::string NowText() {
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32], whole[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(whole, sizeof whole, "%s.%03dZ", text, static_cast<int>(now.time_since_epoch().count() % 1000));
  return whole;
}

void Say(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stream);
}

Exit Fail(const Terminal& terminal, std::string_view about, const fhir::Error& error) {
  Say(terminal.err, std::string(about) + ": " + error.ToString());
  switch (error.kind()) {
    case fhir::ErrorKind::kInvalid:
    case fhir::ErrorKind::kUnprocessable:
    case fhir::ErrorKind::kConflict:
    case fhir::ErrorKind::kPrecondition:
    case fhir::ErrorKind::kInternal: return Exit::kFindings;
    default: return Exit::kWrongUse;
  }
}

void SayIssues(const Terminal& terminal, std::string_view about, const fhir::IssueSink& issues) {
  for (const fhir::Issue& issue : issues.issues()) {
    std::string line = std::string(about) + ": " + std::string(fhir::SeverityCode(issue.severity)) + " ";
    if (!issue.expression.empty()) line += issue.expression + ": ";
    Say(terminal.err, line + issue.text + " [" + issue.code + "]");
  }
  if (issues.More() > 0) Say(terminal.err, std::string(about) + ": and " + std::to_string(issues.More()) + " more");
}

}  // namespace server::command
