// Builds target trees by definition: which JSON name an element gets (choices), whether it is a list, how
// its value is written, and what a copied subtree may keep. Every value it writes is noted in the coverage.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "fhir/mapping/engine.h"
#include "fhir/mapping/model.h"
#include "fhir/schema/registry.h"

namespace fhir::mapping {

// Data type that an element's JSON name ends with ("valueQuantity" → Quantity), or its bound type's; empty when
// neither says.
std::string_view TypeNameOf(const Element& element, const schema::Registry& registry);

class TargetBuilder {
 public:
  // Where an element of a parent goes.
  struct Slot {
    std::string json_name;
    const schema::ElementDefinition* definition = nullptr;   // null: the parent's type is not known
    const schema::Type* type = nullptr;                      // of what goes in; null when not known
    std::string resource_type;                               // when a resource goes in
    bool repeats = false;
  };

  // Problems are reported through this: issue code, text, the source element concerned.
  class Reporter {
   public:
    virtual void Report(Severity severity, std::string_view code, std::string text, const Element* source) = 0;
   protected:
    ~Reporter() = default;
  };

  TargetBuilder(const schema::Registry& registry, Document& document, Coverage* coverage, Reporter& reporter)
      : registry_(registry), document_(document), coverage_(coverage), reporter_(reporter) {}

  // `wanted` is the name of the type to put in, for choices and resources; may be empty. False, with `why` filled,
  // when the parent's type has no such element or not of that type.
  bool Find(const Element& parent, std::string_view name, std::string_view wanted, Slot& slot, std::string& why) const;
  // A new element in the slot. For a slot that takes one: what stands there already is returned when `reuse`, else
  // taken out with a warning when its value would be lost.
  Element* Place(Element* parent, const Slot& slot, TargetListMode mode, bool reuse, const Element* source);
  // Puts a parentless element there.
  void Adopt(Element* parent, const Slot& slot, Element* made, TargetListMode mode, const Element* source);

  // Writes a value; false, reported, when the target's type does not take it. The leaves are noted.
  bool SetValue(Element* target, const Datum& value, const Element* source);
  // Copies value, id, extensions and children as far as the target's type has them; what it has not is reported.
  // False when nothing could be copied.
  bool CopyInto(Element* target, const Element& from);

  // An element of a type, without a parent.
  Element* MakeRoot(const schema::Type* type, std::string_view type_name);
  // Takes out elements that hold nothing. True when `element` itself holds nothing.
  static bool Prune(Element* element);
  std::size_t copied() const { return copied_; }

 private:
  bool FindChoice(const Slot& bare, const schema::ElementDefinition& definition, std::string_view wanted, Slot& slot, std::string& why) const;
  bool CopyChild(Element* target, const Element& child);
  void Order(Element* parent, Element* element, TargetListMode mode);
  void ForgetAll(const Element& element);

  const schema::Registry& registry_;
  Document& document_;
  Coverage* coverage_;
  Reporter& reporter_;
  std::unordered_set<const Element*> last_;   // placed with list mode last
  std::size_t copied_ = 0;
};

}  // namespace fhir::mapping
