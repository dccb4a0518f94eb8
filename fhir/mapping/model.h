// A map as parsed: the StructureMap of https://hl7.org/fhir/R4/structuremap.html in the words of the Mapping
// Language. The parser fills the texts; MapSet binds names to what they mean (fields marked "bound").
// After that nothing changes any more.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fhir/path/expression.h"
#include "fhir/schema/registry.h"

namespace fhir::mapping {

class ConceptMap;        // concept_map.h
struct TransformEntry;   // transforms/catalogue.h
struct Map;
struct Group;

struct Place {
  std::uint32_t line = 1, column = 1;
};

// A FHIRPath expression; empty text: there is none.
struct Formula {
  std::string text;
  Place place;
  // Bound:
  std::shared_ptr<const path::Expression> compiled;
  std::vector<std::string> variables;                 // those of the map that it uses
  bool present() const { return !text.empty(); }
};

enum class UsesMode : std::uint8_t { kSource, kQueried, kTarget, kProduced };
struct Uses {
  std::string url, alias;
  UsesMode mode = UsesMode::kSource;
  Place place;
};

struct Import {
  std::string url;    // may hold one '*'
  Place place;
};

struct Constant {
  std::string name;
  Formula value;
};

struct Parameter {
  std::string name, type;   // type may be empty
  bool is_source = true;
  Place place;
  // Bound:
  const schema::Type* known_type = nullptr;   // when the registry knows it
  std::string type_name;                      // last segment of the type's url; empty when no type is given
};

// What stands in a transform's or a group's parentheses.
struct Argument {
  enum class Kind : std::uint8_t { kVariable, kString, kNumber, kBoolean, kDate, kFormula };
  Kind kind = Kind::kVariable;
  std::string text;         // variable name or literal as written, without quotes
  Formula formula;          // of kFormula
  Place place;
};

enum class SourceListMode : std::uint8_t { kAll, kFirst, kNotFirst, kLast, kNotLast, kOnlyOne };
enum class TargetListMode : std::uint8_t { kNone, kFirst, kShare, kLast, kCollate, kSingle };

struct Source {
  std::string context;
  std::vector<std::string> path;          // empty: the context itself
  std::string type;
  std::optional<std::uint32_t> min, max;  // max absent with min present: *
  std::optional<Argument> default_value;
  SourceListMode list_mode = SourceListMode::kAll;
  std::string variable;
  Formula where, check, log;
  Place place;
  // Bound:
  const schema::Type* known_type = nullptr;
  std::string type_name;
};

struct TransformUse {
  std::string name;                        // "copy" for plain values
  std::vector<Argument> arguments;
  Place place;
  // Bound:
  const TransformEntry* entry = nullptr;   // null: one that the caller supplies
  const ConceptMap* concept_map = nullptr; // of translate
  const schema::Type* created = nullptr;   // of create, when the registry knows the type
  std::string created_name;
};

struct Target {
  std::string context;                     // empty: stands alone
  std::vector<std::string> path;
  std::optional<TransformUse> transform;
  std::string variable;
  TargetListMode list_mode = TargetListMode::kNone;
  std::string share;
  Place place;
};

struct GroupCall {
  std::string name;
  std::vector<Argument> arguments;
  Place place;
  const Group* group = nullptr;            // bound
};

struct Rule {
  std::string name;
  std::vector<Source> sources;
  std::vector<Target> targets;
  std::vector<GroupCall> calls;
  std::vector<Rule> rules;
  bool is_simple = false;                  // src.a -> tgt.b: copies, or calls the default group of the types
  std::string place;                       // "file:line:column"
};

enum class GroupTypeMode : std::uint8_t { kNone, kTypes, kTypeAndTypes };

struct Group {
  std::string name, extends;
  std::vector<Parameter> parameters;
  GroupTypeMode type_mode = GroupTypeMode::kNone;
  std::vector<Rule> rules;
  Place place;
  // Bound:
  const Map* map = nullptr;
  const Group* base = nullptr;
};

// conceptmap "#id" { prefix s = "…" prefix t = "…" unmapped for s = provided  s:a - t:b }
struct EmbeddedConceptMap {
  struct Prefix { std::string name, system; };
  struct Row { std::string source_prefix, source_code, target_prefix, target_code, equivalence; };
  std::string id;                          // with its '#' when written so
  std::vector<Prefix> prefixes;
  struct Unmapped { std::string prefix, mode, value; };
  std::vector<Unmapped> unmapped;
  std::vector<Row> rows;
  Place place;
};

struct Map {
  std::string file, url, name;
  std::vector<Uses> uses;
  std::vector<Import> imports;
  std::vector<Constant> constants;
  std::vector<EmbeddedConceptMap> concept_maps;
  std::deque<Group> groups;                // addresses stay
  // Bound: maps whose groups can be named here, this one first; and the default groups among them.
  std::vector<const Map*> visible;
  std::vector<const Group*> default_groups;
};

}  // namespace fhir::mapping
