// Messages as text.
#include "server/inbox/message_text.h"

#include <array>
#include <utility>

#include "adapters/base/report.h"
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/http/versions.h"

namespace server::inbox {

using fhir::Document;
using fhir::Element;
using storage::Message;
using storage::MessageState;

namespace {

constexpr std::array<std::pair<MessageState, std::string_view>, 4> kStates = {{
    {MessageState::kReceiving, "receiving"},
    {MessageState::kReceived, "received"},
    {MessageState::kStored, "stored"},
    {MessageState::kHeld, "held"},
}};

class Writer {
 public:
  Writer() { document_.root = document_.NewResource("Parameters"); }

  // Nothing for an empty value: FHIR has no empty strings.
  void Text(std::string_view name, std::string_view member, std::string_view value) {
    if (!value.empty()) document_.AddString(Parameter(name), member, value);
  }
  void Number(std::string_view name, std::string_view member, std::string_view value) { document_.AddNumber(Parameter(name), member, value); }
  void Period(const Message& message) {
    if (message.from.empty() && message.to.empty()) return;
    Element* period = document_.Add(Parameter("period"), "valuePeriod");
    if (!message.from.empty()) document_.AddString(period, "start", message.from);
    if (!message.to.empty()) document_.AddString(period, "end", message.to);
  }
  void Copy(const Element& parameter) {
    Element* copy = document_.Copy(parameter);
    document_.Attach(document_.root, copy);
  }
  std::string Write() const { return fhir::json::Write(*document_.root); }

 private:
  Element* Parameter(std::string_view name) {
    Element* parameter = document_.Add(document_.root, "parameter", true);
    document_.AddString(parameter, "name", name);
    return parameter;
  }

  Document document_;
};

}  // namespace

std::string WriteOptions(const adapters::FileOptions& options) {
  std::string text;
  if (options.encoding != adapters::FileOptions().encoding) text = "encoding=" + options.encoding;
  if (options.strict) text += std::string(text.empty() ? "" : "&") + "strict=true";
  return text;
}

adapters::FileOptions ReadOptions(std::string_view text) {
  adapters::FileOptions options;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    if (piece.starts_with("encoding=")) options.encoding = piece.substr(9);
    if (piece == "strict=true") options.strict = true;
  }
  return options;
}

fhir::Result<void> CheckOptions(const adapters::FileOptions& options) {
  if (options.encoding == "utf-8" || options.encoding == "windows-1252") return {};
  return fhir::Error(fhir::ErrorKind::kInvalid, "'" + options.encoding + "' is not an encoding that Careloom reads. Say utf-8 or windows-1252.").WithIssueType("value");
}

std::string_view StateName(MessageState state) {
  for (const auto& [known, name] : kStates) {
    if (known == state) return name;
  }
  return {};
}

fhir::Result<MessageState> ReadState(std::string_view name) {
  for (const auto& [state, known] : kStates) {
    if (known == name) return state;
  }
  return fhir::Error(fhir::ErrorKind::kInvalid, "'" + std::string(name) + "' is not a state of a message. The states are receiving, received, stored and held.").WithIssueType("value");
}

std::string WriteKeptReport(const adapters::Report& report, const Tally& tally) {
  const Document kept = adapters::WriteReport(report);
  Writer writer;
  for (const Element& parameter : fhir::Repeats(*kept.root, "parameter")) {
    if (parameter.ValueOf("name") == "outcome") {
      writer.Number("resourcesCreated", "valueInteger", std::to_string(tally.created));
      writer.Number("resourcesChanged", "valueInteger", std::to_string(tally.changed));
      writer.Number("resourcesUnchanged", "valueInteger", std::to_string(tally.unchanged));
    }
    writer.Copy(parameter);
  }
  return writer.Write();
}

std::string WriteMessage(const Message& message, Shown shown) {
  Writer writer;
  writer.Text("id", "valueId", message.id);
  writer.Text("adapter", "valueString", message.adapter);
  writer.Text("name", "valueString", message.name);
  writer.Text("options", "valueString", message.options);
  writer.Text("state", "valueCode", StateName(message.state));
  if (message.received_us != 0) writer.Text("received", "valueInstant", http::Instant(message.received_us));
  if (message.settled_us != 0) writer.Text("settled", "valueInstant", http::Instant(message.settled_us));
  writer.Number("sizeBytes", "valueDecimal", std::to_string(message.size_bytes));
  writer.Text("sha256", "valueString", message.sha256);
  writer.Text("scope", "valueString", message.scope);
  writer.Period(message);
  if (!message.report.empty()) {
    const auto report = fhir::json::Read(message.report);
    if (report) {
      for (const Element& parameter : fhir::Repeats(*report->root, "parameter")) {
        if (shown == Shown::kAll || parameter.ValueOf("name") != "outcome") writer.Copy(parameter);
      }
    }
  }
  return writer.Write();
}

std::string WithoutValues(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bar = std::min(text.find('|', at), text.size());
    out += text.substr(at, bar - at);
    if (bar == text.size()) break;
    out += "|…";
    at = std::min(text.find_first_of("' \"&,;)", bar), text.size());
  }
  return out;
}

}  // namespace server::inbox
