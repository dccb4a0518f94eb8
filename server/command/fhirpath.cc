// careloom fhirpath: evaluates an expression over a resource and prints the results as one JSON array.
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/path/expression.h"
#include "fhir/schema/registry.h"
#include "server/command/files.h"

namespace server::command {
namespace {

using fhir::path::SystemType;
using fhir::path::SystemValue;
using fhir::path::Value;

void AppendValue(const SystemValue& value, std::string& out) {
  switch (value.type) {
    case SystemType::kBoolean:
    case SystemType::kInteger:
    case SystemType::kDecimal: out += value.text; return;
    case SystemType::kQuantity:
      out += "{\"value\":" + value.text;
      if (!value.unit.empty()) {
        out += ",\"unit\":";
        fhir::json::WriteString(value.unit, out);
      }
      out += "}";
      return;
    default: fhir::json::WriteString(value.text, out);
  }
}

void AppendElement(const fhir::Element& element, std::string& out) {
  switch (element.kind) {
    case fhir::ValueKind::kNone: fhir::json::Write(element, out); return;
    case fhir::ValueKind::kNumber:
    case fhir::ValueKind::kBoolean: out += element.text; return;
    case fhir::ValueKind::kString: fhir::json::WriteString(element.text, out); return;
    case fhir::ValueKind::kNull: out += "null"; return;
  }
}

std::string ToJsonArray(const fhir::path::Collection& results) {
  std::string out = "[";
  for (const Value& value : results) {
    if (out.size() > 1) out += ",";
    if (const auto* element = std::get_if<const fhir::Element*>(&value)) {
      AppendElement(**element, out);
    } else {
      AppendValue(std::get<SystemValue>(value), out);
    }
  }
  return out + "]";
}

// The expression's text and the file to read. With --expr-file the first positional is the resource.
fhir::Result<std::pair<std::string, std::string>> Asked(const Arguments& arguments, const Terminal& terminal) {
  const bool from_file = arguments.Has("--expr-file");
  if (arguments.Has("FILE") == from_file) {
    return fhir::Error(fhir::ErrorKind::kNotFound, from_file ? "with --expr-file only the resource is expected besides" : "an expression and a FILE are expected");
  }
  if (!from_file) return std::pair(arguments.Get("EXPR"), arguments.Get("FILE"));
  TRY_ASSIGN(std::string text, ReadInput(arguments.Get("--expr-file"), terminal));
  return std::pair(std::move(text), arguments.Get("EXPR"));
}

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const auto asked = Asked(arguments, terminal);
  if (!asked) return Fail(terminal, "fhirpath", asked.error());
  const auto& [text, file] = *asked;
  const auto registry = fhir::schema::Registry::LoadR4();
  if (!registry) return Fail(terminal, "fhirpath", registry.error());
  const auto expression = fhir::path::Expression::Compile(text, **registry);
  if (!expression) return Fail(terminal, "fhirpath", expression.error());
  const auto bytes = ReadInput(file, terminal);
  if (!bytes) return Fail(terminal, "fhirpath", bytes.error());
  auto document = fhir::json::Read(*bytes);
  if (!document) return Fail(terminal, file, document.error());
  fhir::schema::Bind(*document->root, **registry);
  fhir::path::Context context;
  const std::string now = NowText();
  context.now = now;
  context.trace = [&terminal](std::string_view name, const fhir::path::Collection& values) { Say(terminal.err, std::string(name) + ": " + ToJsonArray(values)); };
  const auto results = expression->Evaluate(*document->root, context);
  if (!results) return Fail(terminal, file, results.error());
  Say(terminal.out, ToJsonArray(*results));
  return Exit::kDone;
}

}  // namespace

Command FhirPath() {
  return {.name = "fhirpath",
          .summary = "Evaluate a FHIRPath expression over a resource; prints one JSON array of results",
          .example = "careloom fhirpath \"Patient.name.given\" patient.json",
          .parameters = {{.name = "EXPR", .value = "EXPR", .help = "the expression", .required = true},
                         {.name = "FILE", .value = "FILE", .help = "the resource; - reads standard input"},
                         {.name = "--expr-file", .value = "FILE", .help = "read the expression from this file; only the resource is then given besides"}},
          .run = Run};
}

}  // namespace server::command
