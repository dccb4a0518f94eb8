// The resources that an operation on a budget writes, as one transaction; what is refused is told at the caller's own place.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/amount.h"
#include "server/app.h"
#include "server/care/parts.h"
#include "server/interactions/execute.h"

namespace server::care::budget {

class Writing {
 public:
  Writing();
  // The root of a new resource to be created; `place` is what of the request it comes from ("Parameters.parameter[3]"). With a
  // condition ("identifier=…") only when nothing meets it.
  fhir::Element* Create(std::string_view type, std::string place, const std::string& if_none_exist = {});
  // A copy of the resource, to be changed and stored if it is still of that version.
  fhir::Element* Change(const fhir::Element& resource, std::int64_t version, std::string place);
  // Takes back what was made from the `first` on.
  void Drop(std::size_t first);
  // Where of the request a member of the last resource comes from; what is refused about it is told there.
  void Field(std::string member, std::string place) { fields_.back().emplace_back(std::move(member), std::move(place)); }
  // How other resources of this transaction refer to the last one made by Create: "urn:uuid:…".
  const std::string& last_url() const { return urls_.back(); }

  fhir::Document& document() { return bundle_; }
  std::size_t size() const { return places_.size(); }
  // All or nothing; one for each resource in order, with its body. Findings and refusals at the places given. kPrecondition when what
  // is changed was changed by somebody else meanwhile.
  fhir::Result<std::vector<interactions::Done>> Store(App& app, interactions::Also also = {}) &&;

 private:
  fhir::Element* Entry(std::string_view method, const std::string& url, std::string place);

  fhir::Document bundle_;
  std::string PlaceOf(std::string_view path) const;

  std::vector<std::string> places_, urls_;   // of each entry
  std::vector<std::vector<std::pair<std::string, std::string>>> fields_;
};

// Parts of resources, in `document` under `parent`.
void AddReference(fhir::Document& document, fhir::Element* parent, std::string_view name, std::string_view reference, bool in_array = false);
void AddIdentifier(fhir::Document& document, fhir::Element* parent, std::string_view system, std::string_view value);
// A new extension of `parent`; its value is to be added.
fhir::Element* AddExtension(fhir::Document& document, fhir::Element* parent, std::string_view url);
void AddMoneyExtension(fhir::Document& document, fhir::Element* parent, std::string_view url, const fhir::money::Amount& amount);
void AddCodeExtension(fhir::Document& document, fhir::Element* parent, std::string_view url, std::string_view system, std::string_view code);
// Takes out the extensions of that URL.
void DropExtension(fhir::Element* parent, std::string_view url);

// The element as text, members in order of their names: what is stored has another order than what came.
std::string SortedText(const fhir::Element& element);

}  // namespace server::care::budget
