// What an operation was asked: a Parameters body (POST), the query (GET), or both, read alike
// (https://hl7.org/fhir/R4/operations.html#request).
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/http/route.h"

namespace server::operations {

class Input {
 public:
  // Fails for a parameter that is not among `known` (the text lists them). A body that is a resource of the type `resource` (and no
  // Parameters) is the parameter `as`.
  static fhir::Result<Input> Read(const http::Call& call, std::initializer_list<std::string_view> known, std::string_view resource = {}, std::string_view as = {});

  // The first value of that name as text (of a Reference its reference); empty when absent.
  std::string Text(std::string_view name) const;
  std::vector<std::string> Texts(std::string_view name) const;
  // Empty when absent; kInvalid when it is there more than once.
  fhir::Result<std::string> One(std::string_view name) const;
  // "true" or "false"; `otherwise` when absent.
  fhir::Result<bool> Flag(std::string_view name, bool otherwise) const;
  // The resource given under that name; null when absent.
  const fhir::Element* Resource(std::string_view name) const;
  // kInvalid when the URL names the resource (call.id), and a parameter of that name does so again.
  fhir::Result<void> NotBeside(const http::Call& call, std::string_view name) const;
  bool Has(std::string_view name) const { return !Texts(name).empty() || Resource(name); }

 private:
  fhir::Document body_;
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<std::pair<std::string, const fhir::Element*>> resources_;
};

}  // namespace server::operations
