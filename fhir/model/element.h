// The one in-memory form of everything: a tree of elements in an arena. FHIR JSON, XML, CSV rows and
// HL7 v2 messages all become this. Numbers keep their written form, members their order, and a
// primitive's id and extensions (JSON's _field) are children of the primitive itself.
//
// A repeating element is several siblings of one name, next to each other. A choice keeps its JSON name
// ("valueQuantity"); the definitions say that it is value[x]. A resource's "resourceType" is not a child.
// Trees are built by one thread; a finished tree may be read by many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/arena.h"

namespace fhir {

namespace schema {
struct Type;
struct ElementDefinition;
}  // namespace schema

enum class ValueKind : std::uint8_t {
  kNone,     // an object: no value of its own, ever
  kString,
  kNumber,   // text is the number as written ("1.00", "1e2")
  kBoolean,  // text is "true" or "false"
  kNull,     // a primitive without a value: it has only an id or extensions (JSON writes null, or just _field)
};

struct Element {
  std::string_view name;           // member name as in JSON; empty at a document's root
  std::string_view text;           // the value as written, without JSON escapes; or the resource type, see is_resource
  Element* parent = nullptr;
  Element* first_child = nullptr;
  Element* last_child = nullptr;
  Element* next = nullptr;         // next sibling, in document order
  // Set by schema::Bind or the validator, null before and where nothing is known of the element.
  const schema::Type* type = nullptr;                      // of what is inside; for choices the chosen type
  const schema::ElementDefinition* definition = nullptr;   // null at a root
  std::uint32_t leaf = 0;          // in a source: its number (1 up) among the document's scalars; 0 when it is none
  ValueKind kind = ValueKind::kNone;
  bool in_array = false;           // written inside [ ]
  bool is_resource = false;        // `text` is its resourceType

  bool has_value() const { return kind != ValueKind::kNone && kind != ValueKind::kNull; }
  // The value's text; empty when there is none.
  std::string_view value() const { return has_value() ? text : std::string_view(); }
  std::string_view resource_type() const { return is_resource ? text : std::string_view(); }

  // First child of that exact name, or null.
  const Element* Find(std::string_view child_name) const;
  Element* Find(std::string_view child_name);
  // Value text of the first child of that name; empty when absent.
  std::string_view ValueOf(std::string_view child_name) const;
  // Follows names from child to first child ("code", "coding", "system"); null when one is absent.
  template <typename... Names>
  const Element* Walk(std::string_view first, Names... rest) const {
    const Element* child = Find(first);
    if constexpr (sizeof...(rest) == 0) {
      return child;
    } else {
      return child ? child->Walk(std::string_view(rest)...) : nullptr;
    }
  }
  // The next sibling of the same name (the next repeat), or null.
  const Element* NextRepeat() const;
  // Root of the tree this element is in, or the nearest resource at or above it.
  const Element* Root() const;
  const Element* Resource() const;
};

// Iterates children: for (const Element& child : Children(element)).
class Children {
 public:
  explicit Children(const Element& of) : first_(of.first_child) {}
  struct Iterator {
    const Element* at;
    const Element& operator*() const { return *at; }
    Iterator& operator++() { at = at->next; return *this; }
    bool operator!=(const Iterator& other) const { return at != other.at; }
  };
  Iterator begin() const { return {first_}; }
  Iterator end() const { return {nullptr}; }

 private:
  const Element* first_;
};

// Iterates the repeats of one name.
class Repeats {
 public:
  Repeats(const Element& of, std::string_view name) : first_(of.Find(name)) {}
  struct Iterator {
    const Element* at;
    const Element& operator*() const { return *at; }
    Iterator& operator++() { at = at->NextRepeat(); return *this; }
    bool operator!=(const Iterator& other) const { return at != other.at; }
  };
  Iterator begin() const { return {first_}; }
  Iterator end() const { return {nullptr}; }

 private:
  const Element* first_;
};

// Where the element stands, as FHIRPath with indexes where it repeats: "Patient.name[0].given[1]". From
// the nearest resource that has no parent; a root without resource type starts with its first name.
std::string PathOf(const Element& element);
// The same without indexes, for rules: "Patient.name.given".
std::string RulePathOf(const Element& element);

// A tree and the arena it lives in. Elements stay valid while the document (or the one it was moved
// into) lives; moving a document does not move its elements.
class Document {
 public:
  Document() = default;
  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;

  Element* root = nullptr;          // null in an empty document
  std::uint32_t leaf_count = 0;     // scalars of the source as received, resourceType values left out
  std::uint32_t lost_nulls = 0;     // of these, nulls that only held a place in a _field array

  Arena& arena() { return arena_; }

  // A new element that belongs to no parent yet. The name is copied.
  Element* New(std::string_view name);
  // A new root that is a resource of that type.
  Element* NewResource(std::string_view resource_type);
  // A new child of `parent`; repeats stay next to each other. `in_array` says how JSON writes it.
  Element* Add(Element* parent, std::string_view name, bool in_array = false);
  // The same with a value.
  Element* AddString(Element* parent, std::string_view name, std::string_view value, bool in_array = false);
  Element* AddNumber(Element* parent, std::string_view name, std::string_view written, bool in_array = false);
  Element* AddBoolean(Element* parent, std::string_view name, bool value, bool in_array = false);
  void SetValue(Element* element, ValueKind kind, std::string_view text);
  // Puts a parentless element under `parent`, after its last repeat if there is one.
  void Attach(Element* parent, Element* child);
  // Takes an element out of its parent; it stays in the arena.
  static void Detach(Element* child);
  // A deep copy of `from` (of any document) in this one, without a parent. `leaf` numbers are kept,
  // type and definition pointers too.
  Element* Copy(const Element& from);

 private:
  Arena arena_;
};

// Same name, values as written, resource types and children in the same order.
bool Equal(const Element& a, const Element& b);

}  // namespace fhir
