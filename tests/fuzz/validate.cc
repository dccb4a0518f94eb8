// Any bytes that are a tree are validated and bound without harm; what is found says where.
#include <cstdint>
#include <cstdlib>
#include <memory>

#include "fhir/json/reader.h"
#include "fhir/json/writer.h"
#include "fhir/validate/validator.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::shared_ptr<const fhir::schema::Registry> registry = *fhir::schema::Registry::LoadR4();
  static const fhir::validate::Validator validator(*registry);
  const auto document = fhir::json::Read({reinterpret_cast<const char*>(data), size});
  if (!document) return 0;
  const std::string before = fhir::json::Write(*document->root);
  fhir::IssueSink sink(50);
  if (!validator.Validate(*document->root, {}, sink)) return 0;
  for (const fhir::Issue& issue : sink.issues()) {
    if (issue.text.empty() || (issue.expression.empty() && document->root->is_resource)) std::abort();
  }
  if (fhir::json::Write(*document->root) != before) std::abort();
  fhir::schema::Bind(*document->root, *registry);
  return 0;
}
