// A compiled ConceptMap (https://hl7.org/fhir/R4/conceptmap.html): code in, code out, or why not.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/mapping/model.h"
#include "fhir/model/element.h"

namespace fhir::mapping {

class ConceptMap {
 public:
  enum class Outcome : std::uint8_t {
    kMapped,     // a row says so
    kProvided,   // no row; the map passes such codes on as they are
    kFixed,      // no row; the map has one code for all such
    kUnmatched,  // a row says that there is no such concept on the other side
    kUnknown,    // nothing is said of this code (or of this system)
  };
  struct Answer {
    Outcome outcome = Outcome::kUnknown;
    std::string_view system, code, display;   // of the target; views into the map or of the argument
    bool used_system = false;                 // the source's system took part in the decision
    bool found() const { return outcome == Outcome::kMapped || outcome == Outcome::kProvided || outcome == Outcome::kFixed; }
  };

  // Fails with kInvalid (no url, a row without a code) or kUnsupported (dependsOn, product).
  static Result<std::unique_ptr<ConceptMap>> FromResource(const Element& resource);
  // `name` is the url or "#id" that it is known by. Fails with kInvalid for a prefix that is not declared.
  static Result<std::unique_ptr<ConceptMap>> FromBlock(const EmbeddedConceptMap& block, std::string_view file, std::string name);

  const std::string& url() const { return url_; }
  // Urls of other concept maps that unmapped codes are handed to.
  std::vector<std::string_view> Others() const;
  void Bind(std::string_view other_url, const ConceptMap* other);

  // An empty system asks all groups. Groups are asked in order, the first that has a row answers.
  Answer Translate(std::string_view system, std::string_view code) const { return Translate(system, code, 0); }

 private:
  struct Target {
    std::string code, display;
    bool matches = true;
  };
  struct Group {
    std::string source, target;   // systems; may be empty
    std::unordered_map<std::string, Target> rows;
    std::string unmapped_mode, unmapped_code, unmapped_display, other_url;
    const ConceptMap* other = nullptr;
  };

  Answer Translate(std::string_view system, std::string_view code, int depth) const;
  Answer Unmapped(const Group& group, std::string_view system, std::string_view code, int depth) const;
  Result<void> AddGroup(const Element& from);
  Result<void> AddRow(const Element& from, Group& group) const;
  Group& GroupOf(const std::string& source, const std::string& target);

  std::string url_;
  std::deque<Group> groups_;
};

}  // namespace fhir::mapping
