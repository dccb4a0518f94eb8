// Transforms that name resources: reference, pointer, uuid. Ids come from the caller, never from chance.
#include "fhir/mapping/transforms/catalogue.h"
#include "fhir/base/uuid.h"

namespace fhir::mapping {
namespace {

Result<const Element*> ResourceOf(const TransformInput& input) {
  const Element* resource = input.arguments[0].element ? input.arguments[0].element->Resource() : nullptr;
  if (!resource) return Error(ErrorKind::kUnprocessable, input.use.name + "() takes a resource, or an element of one");
  return resource;
}

Datum Text(std::string text, std::string_view type) {
  Datum datum;
  datum.kind = ValueKind::kString;
  datum.type = std::string(type);
  datum.text = std::move(text);
  return datum;
}

// "Type/id"; the id's leaf stands behind it.
Result<Datum> ByTypeAndId(const Element& resource) {
  const Element* id = resource.Find("id");
  if (!id || !id->has_value()) {
    return Error(ErrorKind::kUnprocessable, "this " + std::string(resource.resource_type()) + " has no id, so that nothing can refer to it");
  }
  Datum datum = Text(std::string(resource.resource_type()) + '/' + std::string(id->value()), "string");
  if (id->leaf != 0) datum.leaves.push_back(id->leaf);
  return datum;
}

}  // namespace

Result<Datum> MakeReference(const TransformInput& input) {
  TRY_ASSIGN(const Element* resource, ResourceOf(input));
  if (!input.context.reference) return ByTypeAndId(*resource);
  TRY_ASSIGN(std::string text, input.context.reference(*resource));
  return Text(std::move(text), "string");
}

Result<Datum> MakePointer(const TransformInput& input) {
  TRY_ASSIGN(const Element* resource, ResourceOf(input));
  TRY_ASSIGN(Datum datum, ByTypeAndId(*resource));
  datum.type = "uri";
  if (IsUuid(resource->ValueOf("id"))) datum.text = "urn:uuid:" + std::string(resource->ValueOf("id"));
  return datum;
}

Result<Datum> MakeUuid(const TransformInput& input) {
  if (!input.context.uuid) return Error(ErrorKind::kUnsupported, "uuid() has no generator here");
  return Text(input.context.uuid(), "string");
}

}  // namespace fhir::mapping
