// Answers to the planning form as anybody may send them: read as a tree, written back, compared.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/base/embedded.h"
#include "fhir/json/reader.h"
#include "server/care/plan/difference.h"
#include "server/care/plan/form.h"
#include "server/care/plan/narrative.h"

namespace {

fhir::Document ReadPlanForm() {
  for (const adapters::EmbeddedFile& file : adapters::EmbeddedDefinitions()) {
    if (file.name != "forms/plan.json") continue;
    std::string bytes;
    for (std::size_t i = 0; i < file.size_bytes; ++i) bytes += static_cast<char>(file.bytes[i]);
    auto document = fhir::json::Read(bytes);
    if (document) return *std::move(document);
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fhir::Document form = ReadPlanForm();
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(data[i]);
  const auto response = fhir::json::Read(bytes);
  if (!response) return 0;
  fhir::Document tree;
  tree.root = tree.New("form");
  tree.AddString(tree.root, "id", "root");
  fhir::IssueSink issues;
  int count = 0;
  const auto read = server::care::plan::ReadForm(*form.root, *response->root, [&](const server::care::plan::FormGroup&) -> fhir::Result<std::string> { return "g" + std::to_string(++count); }, tree, issues);
  if (!read) return 0;
  fhir::Document back;
  back.root = back.NewResource("QuestionnaireResponse");
  server::care::plan::WriteForm(*form.root, *tree.root, back);
  server::care::plan::Narrative narrative;
  server::care::plan::AddAnswers(*form.root, *back.root, {}, narrative);
  if (narrative.Take().find("<script") != std::string::npos) std::abort();
  if (!server::care::plan::Differences(response->root, response->root).empty()) std::abort();
  return 0;
}
