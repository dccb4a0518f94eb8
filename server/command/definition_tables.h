// FHIR definitions to the compact tables of facts that the engine runs on (conformance/r4). A line is a
// fact, its columns are separated by tabs; empty columns at the end are left out; the first line is a comment.
//
// types.txt              T name kind base a|- constraints          (a: abstract), then its own elements:
//                        path min..max flags types binding constraints
//                          flags: s summary, m modifier; types: code,Reference(Patient|Group),Quantity<SimpleQuantity>,#Content.reference;
//                          binding: r|x|p|e (required, extensible, preferred, example) and ":" and the value set
// constraints.txt        key e|w expression human
//                          key "inv-1@Task" where several definitions use one key differently
// search_parameters.txt  code url type bases expression targets (definition expression)*
//                          targets "*": every resource type
// codes.txt              an empty column and the system's url, then its codes: code display
//                          the display is left out when it is the code
// value_sets.txt         V url, then parts: "+" or "-" system codes… (no code: the whole system),
//                        "?" system (codes not known from the facts), "@" value set
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/element.h"

namespace server::command {

class DefinitionTables {
 public:
  // Takes one resource of the package; those that are no definitions are passed over. Keeps it.
  void Add(fhir::Document resource);

  struct File {
    std::string name;      // "types.txt"
    std::string content;
  };
  // The tables; the same definitions give the same bytes, in whatever order they came.
  std::vector<File> Write() const;

 private:
  using ByUrl = std::map<std::string, const fhir::Element*, std::less<>>;
  template <typename Visit>
  void EachConstraint(Visit visit) const;
  std::set<std::string, std::less<>> AmbiguousKeys() const;
  std::string WriteTypes() const;
  std::string WriteConstraints() const;
  std::string WriteSearchParameters() const;
  std::string WriteValueSets(const std::set<std::string, std::less<>>& value_sets, std::set<std::string, std::less<>>& systems) const;
  std::string WriteCodes(const std::set<std::string, std::less<>>& systems) const;
  std::set<std::string, std::less<>> BoundValueSets() const;
  void WriteInclude(const fhir::Element& part, char sign, std::string& out, std::set<std::string, std::less<>>& systems) const;

  std::vector<fhir::Document> kept_;
  ByUrl types_, value_sets_, code_systems_, search_parameters_;
};

}  // namespace server::command
