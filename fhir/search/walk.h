// The plain paths of many search parameters as one tree of steps, so that a resource is walked once. What
// is not a plain path ("Patient.deceased.exists() and …") is evaluated as FHIRPath instead.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/model/element.h"
#include "fhir/path/ast.h"
#include "fhir/search/types/catalogue.h"

namespace fhir::search {

// Where a path ends: what to do with the elements found.
struct Emission {
  const schema::SearchParameter* parameter;
  Convert convert;
};

class WalkNode {
 public:
  // Adds the path below this node. False (and nothing added) when it is not a plain path. The path's texts
  // are borrowed from the node, which must outlive the tree.
  bool AddPath(const path::Node& path, const Emission& emission);
  // Appends the index values of everything below `element` that a path leads to.
  void Collect(const Element& element, std::vector<IndexValue>& out) const;

 private:
  enum class Kind : unsigned char { kMember, kType, kTargetType, kEquals };
  struct Step {
    Kind kind;
    std::string_view name;    // member; type; type of a reference's target; member that must have …
    std::string_view text;    // … this text
    std::unique_ptr<WalkNode> next;
  };

  static bool Steps(const path::Node& path, std::vector<Step>& steps);
  static bool FunctionStep(const path::Node& call, std::vector<Step>& steps);
  WalkNode& Follow(Step step);
  static bool Passes(const Step& step, const Element& element);

  std::vector<Step> members_, filters_;
  std::vector<Emission> emissions_;
};

}  // namespace fhir::search
