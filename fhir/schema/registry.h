// What is known of FHIR types: the R4 definitions (compiled facts, embedded) and whatever logical models
// or profiles are added. Built once, then immutable and shared by all threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace fhir::schema {

enum class TypeKind : std::uint8_t { kPrimitive, kComplex, kResource, kBackbone, kLogical };
enum class BindingStrength : std::uint8_t { kNone, kExample, kPreferred, kExtensible, kRequired };

// The primitive types of https://hl7.org/fhir/R4/datatypes.html#primitive.
enum class Primitive : std::uint8_t {
  kNone, kBase64Binary, kBoolean, kCanonical, kCode, kDate, kDateTime, kDecimal, kId, kInstant, kInteger, kMarkdown, kOid,
  kPositiveInt, kString, kTime, kUnsignedInt, kUri, kUrl, kUuid, kXhtml,
};
Primitive PrimitiveOf(std::string_view type_name);   // kNone when it is none

struct Type;

struct TypeChoice {
  const Type* type = nullptr;                  // "Quantity", "Reference", "code" …
  std::vector<std::string_view> targets;       // resource types a Reference or canonical may point to; empty: any
  std::string_view profile;                    // R4's own profile of the type: "SimpleQuantity", "MoneyQuantity" or empty
};

constexpr std::uint16_t kUnbounded = 0xFFFF;

// One element of a type, as its definition has it.
struct ElementDefinition {
  std::string_view path;                       // "Observation.value[x]"
  std::string_view name;                       // "value" for value[x], else the last segment
  std::uint16_t min = 0, max = 1;              // max kUnbounded for *
  bool is_choice = false, is_summary = false, is_modifier = false;
  std::vector<TypeChoice> types;               // one, or the choices of [x]; for a backbone element its own type
  BindingStrength binding = BindingStrength::kNone;
  std::string_view value_set;                  // canonical of the binding, without |version
  std::vector<std::string_view> constraints;   // keys, see Registry::FindConstraint
  bool repeats() const { return max != 1; }    // is an array in JSON (0..0 apart)
};

// A type with all its elements, the inherited ones first.
struct Type {
  std::string_view name;                       // "Patient", "HumanName", "code", "Patient.contact"
  std::string_view url;                        // canonical of the StructureDefinition; empty for a backbone
  TypeKind kind = TypeKind::kComplex;
  Primitive primitive = Primitive::kNone;      // which one, for kind kPrimitive
  bool is_abstract = false;
  const Type* base = nullptr;                  // null for Element and Resource
  std::vector<ElementDefinition> elements;
  std::vector<std::string_view> constraints;   // of the type's root

  struct Match {
    const ElementDefinition* definition = nullptr;  // null: no such element
    const Type* type = nullptr;                     // of the content; for a choice the one chosen by the name
  };
  // By JSON member name: "gender", "valueQuantity". For a choice's bare name ("value") the definition
  // comes back with a null type.
  Match Find(std::string_view json_name) const;
  // This type or one of its bases has that name.
  bool IsA(std::string_view type_name) const;

  std::unordered_map<std::string_view, std::uint32_t> index;  // json name -> element index << 8 | choice; filled by the registry
};

struct Constraint {
  std::string_view key;                        // "dom-6"
  bool is_error = true;                        // false: warning
  std::string_view expression;                 // FHIRPath
  std::string_view human;                      // the definition's one sentence
};

struct SearchParameter {
  std::string_view code;                       // "birthdate"
  std::string_view url;
  std::string_view type;                       // token string date number quantity reference uri composite special
  std::vector<std::string_view> bases;         // resource types, "Resource" or "DomainResource" among them
  std::string_view expression;                 // FHIRPath; empty for special ones
  std::vector<std::string_view> targets;       // reference targets
  struct Component { std::string_view definition, expression; };
  std::vector<Component> components;           // of a composite
};

struct Code { std::string_view code, display; };

// Answers of a value set, when its content is known: what is in (system, code).
enum class Membership : std::uint8_t { kIn, kNotIn, kUnknown };

class Registry {
 public:
  // The R4 facts that are embedded in the binary.
  static Result<std::shared_ptr<const Registry>> LoadR4();
  // The same with logical models or profiles on top: StructureDefinition resources as parsed trees
  // (kind logical, elements in the differential). Element types are R4 types or other models, by name or
  // URL. A model is found by its URL, and by its name when no other type has it. Fails with kInvalid
  // naming the definition and element.
  static Result<std::shared_ptr<const Registry>> LoadR4With(std::span<const Document> definitions);

  // By name ("Patient", "Quantity", "Patient.contact") or canonical URL; null when not known.
  const Type* FindType(std::string_view name_or_url) const;
  // All of them, backbones and models among them.
  const std::deque<Type>& types() const;
  bool IsResourceType(std::string_view name) const;          // concrete ones only
  std::vector<std::string_view> ResourceTypes() const;       // the 146 concrete ones, sorted
  // By a key as elements and types list it: "dom-6", or "inv-1@Task" where definitions share a key.
  const Constraint* FindConstraint(std::string_view key) const;
  std::span<const SearchParameter> search_parameters() const;
  // Is the code in the value set? kUnknown when the set is not enumerable from the facts. An empty
  // system asks for the code in any system of the set (code elements).
  Membership InValueSet(std::string_view value_set, std::string_view system, std::string_view code) const;
  // Codes of a value set for error texts, at most `limit`.
  std::vector<Code> CodesOf(std::string_view value_set, std::size_t limit) const;
  // Display of a code in an R4 code system that the facts hold; empty when not known.
  std::string_view Display(std::string_view system, std::string_view code) const;

  struct Impl;
  explicit Registry(std::unique_ptr<Impl> impl);
  ~Registry();

 private:
  std::unique_ptr<Impl> impl_;
};

// Sets `type` and `definition` all the way down, from the root's resource type (or `root_type`, for a
// source tree of a logical model). Contained and Bundle resources get their own type. Unknown elements
// keep null. One pass. Below a root of a logical model, a resource's model is the one whose URL is the
// root's with the resource type in place of the root's own: …/GpConnect-Bundle, …/GpConnect-Patient.
void Bind(Element& root, const Registry& registry, const Type* root_type = nullptr);

}  // namespace fhir::schema
