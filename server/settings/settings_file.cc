// Lines to names and values.
#include "server/settings/settings_file.h"

#include <algorithm>

#include "fhir/base/utf8.h"

namespace server::settings {
namespace {

bool IsNameCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == '*'; }

// One line's reading: what it says, or a finding.
class Line {
 public:
  Line(std::string_view text, std::size_t number, std::string_view file, fhir::IssueSink& findings)
      : text_(text), number_(number), file_(file), findings_(findings) {}

  void Read(std::vector<Entry>& entries) const {
    if (text_.size() > kMostLineBytes) return Object(kMostLineBytes, "the line is longer than " + std::to_string(kMostLineBytes) + " bytes");
    if (!IsPlain()) return;
    const std::size_t begin = std::min(text_.find_first_not_of(" \t"), text_.size());
    if (begin == text_.size() || text_[begin] == '#') return;
    std::size_t end = begin;
    while (end < text_.size() && IsNameCharacter(text_[end])) ++end;
    const std::string_view name = text_.substr(begin, end - begin);
    const std::size_t equals = std::min(text_.find_first_not_of(" \t", end), text_.size());
    if (name.empty()) return Object(begin, "a setting's name should stand here: letters, digits, '.', '-' and '_', as in 'listen.port = 8080'");
    if (equals == text_.size() || text_[equals] != '=') return Object(equals, "after the name '" + std::string(name) + "' there should be '=' and its value, as in 'listen.port = 8080'");
    const std::size_t value = std::min(text_.find_first_not_of(" \t", equals + 1), text_.size());
    if (value == text_.size()) return Object(value, "'" + std::string(name) + "' has no value; leave the line out for the default");
    if (const std::size_t comment = FindComment(value); comment != std::string_view::npos) {
      return Object(comment, "a comment stands on a line of its own, before the setting");
    }
    entries.push_back({std::string(name), std::string(text_.substr(value, text_.find_last_not_of(" \t") + 1 - value)), number_, begin + 1, value + 1});
  }

  void Object(std::size_t at, std::string text) const {
    findings_.Report({fhir::Severity::kError, "structure", std::move(text), Place(file_, number_, at + 1)});
  }

 private:
  bool IsPlain() const {
    const auto control = std::ranges::find_if(text_, [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
    if (control != text_.end()) {
      const auto at = static_cast<std::size_t>(control - text_.begin());
      Object(at, *control == '\r' ? "a carriage return; save the file with the line ends of Unix" : "a control character; the file should be plain text");
      return false;
    }
    if (fhir::FindTextFault(text_) == fhir::TextFault::kNone) return true;
    Object(0, "the line is not UTF-8; save the file as UTF-8");
    return false;
  }

  // A '#' after a blank, as a comment at the end of a line would begin.
  std::size_t FindComment(std::size_t from) const { return std::min(text_.find(" #", from), text_.find("\t#", from)); }

  std::string_view text_;
  std::size_t number_;
  std::string_view file_;
  fhir::IssueSink& findings_;
};

}  // namespace

std::string Place(std::string_view file, std::size_t line, std::size_t column) {
  return std::string(file) + ":" + std::to_string(line) + ":" + std::to_string(column);
}

std::vector<Entry> ParseSettingsFile(std::string_view bytes, std::string_view file, fhir::IssueSink& findings) {
  std::vector<Entry> entries;
  std::size_t number = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = bytes.find('\n', at);
    const Line line(bytes.substr(at, end == std::string_view::npos ? end : end - at), ++number, file, findings);
    if (end == std::string_view::npos) {
      line.Object(bytes.size() - at, "the last line has no end; is the file whole? Put a line end after it");
      break;
    }
    line.Read(entries);
    at = end + 1;
  }
  return entries;
}

}  // namespace server::settings
