// Reading the input of operations.
#include "server/operations/input.h"

#include <algorithm>

#include "server/interactions/check.h"

namespace server::operations {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

Error Unknown(std::string_view name, std::initializer_list<std::string_view> known) {
  std::string list;
  for (const std::string_view one : known) list += (list.empty() ? "" : ", ") + std::string(one);
  return Error(ErrorKind::kInvalid, "Unknown parameter '" + std::string(name) + "'. Known here are: " + list + ".").WithIssueType("not-supported");
}

}  // namespace

Result<Input> Input::Read(const http::Call& call, std::initializer_list<std::string_view> known, std::string_view resource, std::string_view as) {
  Input input;
  const auto is_known = [&](std::string_view name) { return std::ranges::find(known, name) != known.end(); };
  for (const http::Parameter& parameter : call.target.parameters) {
    if (parameter.name == "_format" || parameter.name == "_pretty") continue;
    if (!is_known(parameter.name)) return Unknown(parameter.name, known);
    input.values_.emplace_back(parameter.name, parameter.value);
  }
  if (call.request.body.empty()) return input;
  TRY_ASSIGN(input.body_, interactions::ReadBody(call));
  const Element& root = *input.body_.root;
  if (!resource.empty() && root.resource_type() == resource) {
    input.resources_.emplace_back(as, &root);
    return input;
  }
  if (root.resource_type() != "Parameters") {
    return Error(ErrorKind::kInvalid, "The body is a " + std::string(root.resource_type()) + ". Send a Parameters resource" + (resource.empty() ? "." : ", or the " + std::string(resource) + " itself."));
  }
  for (const Element& parameter : fhir::Repeats(root, "parameter")) {
    const std::string name(parameter.ValueOf("name"));
    if (!is_known(name)) return Unknown(name, known).At(fhir::PathOf(parameter));
    if (const Element* given = parameter.Find("resource")) {
      input.resources_.emplace_back(name, given);
      continue;
    }
    const Element* value = nullptr;
    for (const Element& child : fhir::Children(parameter)) {
      if (child.name.starts_with("value")) value = &child;
    }
    if (value && value->name == "valueReference") value = value->Find("reference");
    if (!value || !value->has_value()) return Error(ErrorKind::kInvalid, "The parameter '" + name + "' has no value that is understood here.").At(fhir::PathOf(parameter));
    input.values_.emplace_back(name, value->text);
  }
  return input;
}

std::vector<std::string> Input::Texts(std::string_view name) const {
  std::vector<std::string> texts;
  for (const auto& [key, text] : values_) {
    if (key == name) texts.push_back(text);
  }
  return texts;
}

std::string Input::Text(std::string_view name) const {
  const auto texts = Texts(name);
  return texts.empty() ? std::string() : texts[0];
}

Result<std::string> Input::One(std::string_view name) const {
  const auto texts = Texts(name);
  if (texts.size() > 1) return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is there " + std::to_string(texts.size()) + " times. Give it once.").At("Parameters.parameter:" + std::string(name));
  return texts.empty() ? std::string() : texts[0];
}

Result<bool> Input::Flag(std::string_view name, bool otherwise) const {
  TRY_ASSIGN(const std::string text, One(name));
  if (text.empty()) return otherwise;
  if (text == "true") return true;
  if (text == "false") return false;
  return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is '" + text + "'. Write true or false.").At("Parameters.parameter:" + std::string(name));
}

Result<void> Input::NotBeside(const http::Call& call, std::string_view name) const {
  if (call.id.empty() || (Texts(name).empty() && !Resource(name))) return {};
  return Error(ErrorKind::kInvalid, "The URL says which resource is meant, and '" + std::string(name) + "' says it a second time: it is said twice. Leave one out.").At("Parameters.parameter:" + std::string(name));
}

const Element* Input::Resource(std::string_view name) const {
  for (const auto& [key, resource] : resources_) {
    if (key == name) return resource;
  }
  return nullptr;
}

}  // namespace server::operations
