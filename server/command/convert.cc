// careloom convert: one resource from one format to another. JSON is the one there is so far.
#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "server/command/files.h"

namespace server::command {
namespace {

Exit Run(const Arguments& arguments, const Terminal& terminal) {
  const std::string& file = arguments.Get("FILE");
  const std::string& to = arguments.Get("--to");
  if (to == "xml") {
    Say(terminal.err, "convert: XML is not supported yet; --to json writes canonical JSON");
    return Exit::kWrongUse;
  }
  if (to != "json") {
    Say(terminal.err, "convert: --to '" + to + "' is not a format; use json");
    return Exit::kWrongUse;
  }
  auto bytes = ReadInput(file, terminal);
  if (!bytes) return Fail(terminal, "convert", bytes.error());
  auto document = fhir::json::Read(*bytes);
  if (!document) return Fail(terminal, file, document.error());
  const fhir::Element& root = *document->root;
  Say(terminal.out, arguments.Has("--pretty") ? fhir::json::WritePretty(root) : fhir::json::Write(root));
  return Exit::kDone;
}

}  // namespace

Command Convert() {
  return {.name = "convert",
          .summary = "Rewrite a resource as canonical JSON (XML is not supported yet)",
          .example = "careloom convert patient.json --pretty",
          .parameters = {{.name = "FILE", .value = "FILE", .help = "the resource; - reads standard input", .required = true},
                         {.name = "--to", .value = "FORMAT", .help = "json", .fallback = "json"},
                         {.name = "--pretty", .value = "", .help = "with line breaks, for people"}},
          .run = Run};
}

}  // namespace server::command
