// Select, prepare, map, put in order. What the maps did not carry is named, element by element.
#include "adapters/gp/connect/emit.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "adapters/base/canonical.h"
#include "adapters/gp/connect/emit_prepare.h"
#include "adapters/gp/connect/emit_selection.h"
#include "fhir/json/writer.h"
#include "fhir/mapping/coverage.h"
#include "fhir/mapping/engine.h"

namespace adapters::gp::connect {

using fhir::Document;
using fhir::Element;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kBundleProfile = "https://fhir.nhs.uk/STU3/StructureDefinition/GPConnect-StructuredRecord-Bundle-1";

class Emission {
 public:
  Emission(Selection selection, const BackMaps& maps, Emitted& emitted)
      : selection_(std::move(selection)), maps_(maps), emitted_(emitted) {}

  Result<void> Run() {
    for (const Item& item : selection_.items) {
      TRY_ASSIGN(Element * made, Translate(item));
      made_.push_back({&item, made, {}});
    }
    Contain();
    Assemble();
    return {};
  }

 private:
  struct Made {
    const Item* item;
    Element* resource;
    std::string canonical;  // tells resources without an id apart
  };

  Result<Element*> Translate(const Item& item) {
    Document work;
    Element* source = Prepare(item, selection_, maps_.registry(), work, emitted_.outcome);
    fhir::IssueSink issues;
    fhir::mapping::Coverage coverage;
    fhir::mapping::TransformContext context;
    context.issues = &issues;
    context.coverage = &coverage;
    const Element* sources[] = {source};
    TRY_ASSIGN(Element * made, fhir::mapping::Transform(maps_.set(), maps_.GroupOf(*item.kind), sources, output_, context));
    for (const fhir::Issue& issue : issues.issues()) emitted_.outcome.Report(Severity::kWarning, issue.code, issue.text, issue.expression);
    made->is_resource = true;
    made->text = item.kind->type;
    NameLost(*source, coverage.CarriedIn(*made, item.leaf_count), item);
    return made;
  }

  static bool AnyCarried(const Element& element, const std::vector<bool>& carried) {
    if (element.leaf < carried.size() && carried[element.leaf]) return true;
    for (const Element& child : fhir::Children(element)) {
      if (AnyCarried(child, carried)) return true;
    }
    return false;
  }

  static bool AnyLeaf(const Element& element) {
    if (element.leaf != 0) return true;
    for (const Element& child : fhir::Children(element)) {
      if (AnyLeaf(child)) return true;
    }
    return false;
  }

  // Our own marks, and what only says of what kind its carried neighbour is.
  static bool GoesWithoutSaying(const Element& element) {
    const std::string_view parent = element.parent ? element.parent->name : std::string_view();
    if (element.name == "url") return parent == "extension" || parent == "modifierExtension";
    if (element.name == "system" || element.name == "display") return parent == "coding";
    return element.name == "extension" && element.ValueOf("url").starts_with(kBase);
  }

  void NameLost(const Element& element, const std::vector<bool>& carried, const Item& item) {
    for (const Element& child : fhir::Children(element)) {
      if (AnyCarried(child, carried)) {
        NameLost(child, carried, item);
      } else if (AnyLeaf(child) && !GoesWithoutSaying(child)) {
        emitted_.outcome.Report(Severity::kWarning, "not-supported",
                                "GP Connect has no place for this element of " + std::string(item.resource->resource_type()) + "/" +
                                    std::string(item.resource->ValueOf("id")) + "; it was left out.",
                                fhir::PathOf(child));
      }
    }
  }

  void Contain() {
    std::map<const Item*, Element*> containers;
    for (const Made& made : made_) containers[made.item] = made.resource;
    std::ranges::stable_sort(made_, {}, [](const Made& made) { return std::string_view(made.item->id); });
    for (Made& made : made_) {
      if (!made.item->container) continue;
      made.resource->name = "contained";
      made.resource->in_array = true;
      output_.Attach(containers.at(made.item->container), made.resource);
    }
    std::erase_if(made_, [](const Made& made) { return made.item->container != nullptr; });
    for (Made& made : made_) made.canonical = Canonical(*made.resource);
  }

  void Assemble() {
    std::ranges::stable_sort(made_, {}, [](const Made& made) {
      const std::string_view type = made.item->kind->type;
      return std::tuple(type != "Patient", type, std::string_view(made.item->id), std::string_view(made.canonical));
    });
    Element* bundle = output_.NewResource("Bundle");
    output_.AddString(output_.Add(bundle, "meta"), "profile", kBundleProfile, true);
    output_.AddString(bundle, "type", "collection");
    for (const Made& made : made_) {
      made.resource->name = "resource";
      output_.Attach(output_.Add(bundle, "entry", true), made.resource);
    }
    emitted_.bytes = fhir::json::Write(*bundle);
  }

  const Selection selection_;
  const BackMaps& maps_;
  Emitted& emitted_;
  Document output_;
  std::vector<Made> made_;
};

}  // namespace

Result<Emitted> EmitRecord(std::span<const Document> resources, const BackMaps& maps) {
  Emitted emitted;
  TRY_ASSIGN(Selection selection, Select(resources, emitted.outcome));
  TRY(Emission(std::move(selection), maps, emitted).Run());
  return emitted;
}

}  // namespace adapters::gp::connect
