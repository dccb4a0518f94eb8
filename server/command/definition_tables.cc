// Element trees of definitions to lines of facts.
#include "server/command/definition_tables.h"

#include <algorithm>

namespace server::command {
namespace {

using fhir::Element;
using fhir::Repeats;

// Past this a code system is terminology of its own, not facts about R4.
constexpr std::size_t kCodesLimit = 1200;
// Said of every element and extension: the registry knows them from the types Element and Extension.
constexpr std::string_view kEverywhere[] = {"ele-1", "ext-1"};

std::string OneLine(std::string_view text) {
  std::string line(text);
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  return line;
}

std::string_view WithoutVersion(std::string_view canonical) { return canonical.substr(0, canonical.find('|')); }

std::string_view LastSegment(std::string_view url) { return url.substr(url.rfind('/') + 1); }

// Joins columns by tabs; empty ones at the end are left out.
std::string Line(std::initializer_list<std::string_view> columns) {
  std::string line;
  for (const std::string_view column : columns) line.append(column).append("\t");
  while (!line.empty() && line.back() == '\t') line.pop_back();
  return line + "\n";
}

std::string TypeColumn(const Element& definition) {
  if (const std::string_view reference = definition.ValueOf("contentReference"); !reference.empty()) return std::string(reference);
  // The snapshot has string here, and a note that it should be id (https://hl7.org/fhir/R4/resource.html#id).
  if (definition.ValueOf("path") == "Resource.id") return "id";
  std::string column;
  for (const Element& type : Repeats(definition, "type")) {
    std::string_view code = type.ValueOf("code");
    for (const Element& extension : Repeats(type, "extension")) {
      if (extension.ValueOf("url").ends_with("structuredefinition-fhir-type")) code = extension.ValueOf("valueUrl");
    }
    if (!column.empty()) column += ',';
    column += code;
    if (const std::string_view profile = type.ValueOf("profile"); !profile.empty()) column += "<" + std::string(LastSegment(profile)) + ">";
    std::string targets;
    for (const Element& target : Repeats(type, "targetProfile")) {
      if (!targets.empty()) targets += '|';
      targets += LastSegment(target.value());
    }
    if (!targets.empty()) column += "(" + targets + ")";
  }
  return column;
}

std::string BindingColumn(const Element& definition) {
  const Element* binding = definition.Find("binding");
  if (!binding || binding->ValueOf("valueSet").empty()) return {};
  const std::string_view strength = binding->ValueOf("strength");
  const std::string letter = strength == "extensible" ? "x" : std::string(strength.substr(0, 1));
  return letter + ":" + std::string(WithoutVersion(binding->ValueOf("valueSet")));
}

std::string_view RootOf(std::string_view path) { return path.substr(0, path.find('.')); }

std::string ConstraintColumn(const Element& definition, bool all, const std::set<std::string, std::less<>>& ambiguous) {
  std::string column;
  for (const Element& constraint : Repeats(definition, "constraint")) {
    const std::string_view key = constraint.ValueOf("key");
    if (!all && std::find(std::begin(kEverywhere), std::end(kEverywhere), key) != std::end(kEverywhere)) continue;
    if (!column.empty()) column += ',';
    column += key;
    if (ambiguous.contains(key)) column += "@" + std::string(RootOf(definition.ValueOf("path")));
  }
  return column;
}

std::string ElementLine(const Element& definition, const std::set<std::string, std::less<>>& ambiguous) {
  std::string flags;
  if (definition.ValueOf("isSummary") == "true") flags += 's';
  if (definition.ValueOf("isModifier") == "true") flags += 'm';
  const std::string cardinality = std::string(definition.ValueOf("min")) + ".." + std::string(definition.ValueOf("max"));
  return Line({definition.ValueOf("path"), cardinality, flags, TypeColumn(definition), BindingColumn(definition), ConstraintColumn(definition, false, ambiguous)});
}

// A code system's concepts with their children, and which are below which.
void Flatten(const Element& parent, std::string_view within, bool inside, std::vector<const Element*>& found) {
  for (const Element& concept_element : Repeats(parent, "concept")) {
    const bool here = inside || within.empty() || concept_element.ValueOf("code") == within;
    if (here) found.push_back(&concept_element);
    Flatten(concept_element, within, here, found);
  }
}

void Collect(const Element& parent, std::string_view name, std::vector<const Element*>& found) {
  const Element* list = parent.Find(name);
  for (; list; list = list->NextRepeat()) found.push_back(list);
}

}  // namespace

void DefinitionTables::Add(fhir::Document resource) {
  const Element& root = *resource.root;
  const std::string url(root.ValueOf("url"));
  const std::string_view kind = root.resource_type();
  ByUrl* index = nullptr;
  if (kind == "StructureDefinition" && root.ValueOf("derivation") != "constraint" && root.ValueOf("kind") != "logical") index = &types_;
  if (kind == "ValueSet") index = &value_sets_;
  if (kind == "CodeSystem") index = &code_systems_;
  if (kind == "SearchParameter") index = &search_parameters_;
  if (!index || !root.Find("url")) return;
  (*index)[url] = &root;
  kept_.push_back(std::move(resource));
}

std::vector<DefinitionTables::File> DefinitionTables::Write() const {
  std::set<std::string, std::less<>> systems;
  std::string value_sets = WriteValueSets(BoundValueSets(), systems);
  std::vector<File> files{{"types.txt", WriteTypes()},
                          {"constraints.txt", WriteConstraints()},
                          {"search_parameters.txt", WriteSearchParameters()},
                          {"codes.txt", WriteCodes(systems)},
                          {"value_sets.txt", std::move(value_sets)}};
  for (File& file : files) file.content.insert(0, "# Written by `careloom definitions`; its columns are described in server/command/definition_tables.h.\n");
  return files;
}

template <typename Visit>
void DefinitionTables::EachConstraint(Visit visit) const {
  for (const auto& [url, root] : types_) {
    const Element* snapshot = root->Find("snapshot");
    if (!snapshot) continue;
    for (const Element& definition : Repeats(*snapshot, "element")) {
      for (const Element& constraint : Repeats(definition, "constraint")) visit(definition, constraint);
    }
  }
}

// Keys are unique within a definition only: R4 has three different inv-1.
std::set<std::string, std::less<>> DefinitionTables::AmbiguousKeys() const {
  std::map<std::string, std::string_view, std::less<>> expressions;
  std::set<std::string, std::less<>> ambiguous;
  EachConstraint([&](const Element&, const Element& constraint) {
    const std::string_view expression = constraint.ValueOf("expression");
    const auto [at, fresh] = expressions.emplace(constraint.ValueOf("key"), expression);
    if (!fresh && at->second != expression) ambiguous.insert(at->first);
  });
  return ambiguous;
}

std::string DefinitionTables::WriteTypes() const {
  const std::set<std::string, std::less<>> ambiguous = AmbiguousKeys();
  std::string out;
  for (const auto& [url, root] : types_) {
    const std::string_view name = root->ValueOf("type");
    const Element* snapshot = root->Find("snapshot");
    if (!snapshot) continue;
    const std::string_view base = LastSegment(root->ValueOf("baseDefinition"));
    bool first = true;
    for (const Element& definition : Repeats(*snapshot, "element")) {
      if (first) {
        out += Line({"T", name, root->ValueOf("kind"), base, root->ValueOf("abstract") == "true" ? "a" : "-", ConstraintColumn(definition, true, ambiguous)});
        first = false;
        continue;
      }
      // Inherited elements stand with the type that brings them; a primitive's value is the JSON value itself.
      const std::string_view from = definition.Walk("base", "path") ? definition.Walk("base", "path")->value() : definition.ValueOf("path");
      if (from != definition.ValueOf("path") || root->ValueOf("kind") == "primitive-type") continue;
      out += ElementLine(definition, ambiguous);
    }
  }
  return out;
}

std::string DefinitionTables::WriteConstraints() const {
  const std::set<std::string, std::less<>> ambiguous = AmbiguousKeys();
  std::map<std::string, std::string> lines;
  EachConstraint([&](const Element& definition, const Element& constraint) {
    std::string key(constraint.ValueOf("key"));
    if (ambiguous.contains(key)) key += "@" + std::string(RootOf(definition.ValueOf("path")));
    lines.emplace(key, Line({key, constraint.ValueOf("severity").substr(0, 1), OneLine(constraint.ValueOf("expression")), OneLine(constraint.ValueOf("human"))}));
  });
  std::string out;
  for (const auto& [key, line] : lines) out += line;
  return out;
}

std::string DefinitionTables::WriteSearchParameters() const {
  std::size_t concrete = 0;
  for (const auto& [url, root] : types_) {
    if (root->ValueOf("kind") == "resource" && root->ValueOf("abstract") != "true") ++concrete;
  }
  std::string out;
  for (const auto& [url, root] : search_parameters_) {
    // The package also holds examples of the resource, which define nothing.
    if (!root->Find("base") || root->ValueOf("id").starts_with("example")) continue;
    std::vector<const Element*> bases, targets;
    Collect(*root, "base", bases);
    Collect(*root, "target", targets);
    std::string base_column, target_column;
    for (const Element* base : bases) base_column += (base_column.empty() ? "" : ",") + std::string(base->value());
    for (const Element* target : targets) target_column += (target_column.empty() ? "" : ",") + std::string(target->value());
    if (targets.size() == concrete) target_column = "*";
    std::string components;
    for (const Element& component : Repeats(*root, "component")) {
      components += "\t" + std::string(component.ValueOf("definition")) + "\t" + OneLine(component.ValueOf("expression"));
    }
    out += std::string(root->ValueOf("code")) + "\t" + url + "\t" + std::string(root->ValueOf("type")) + "\t" + base_column + "\t" +
           OneLine(root->ValueOf("expression")) + "\t" + target_column + components + "\n";
  }
  return out;
}

std::set<std::string, std::less<>> DefinitionTables::BoundValueSets() const {
  std::set<std::string, std::less<>> found;
  std::vector<std::string> open;
  const auto add = [&](std::string_view canonical) {
    const std::string url(WithoutVersion(canonical));
    if (value_sets_.contains(url) && found.insert(url).second) open.push_back(url);
  };
  for (const auto& [url, root] : types_) {
    const Element* snapshot = root->Find("snapshot");
    if (!snapshot) continue;
    for (const Element& definition : Repeats(*snapshot, "element")) {
      if (const Element* value_set = definition.Walk("binding", "valueSet")) add(value_set->value());
    }
  }
  while (!open.empty()) {
    const std::string url = open.back();
    open.pop_back();
    const Element* compose = value_sets_.at(url)->Find("compose");
    if (!compose) continue;
    for (const Element& part : fhir::Children(*compose)) {
      for (const Element& nested : Repeats(part, "valueSet")) add(nested.value());
    }
  }
  return found;
}

std::string DefinitionTables::WriteValueSets(const std::set<std::string, std::less<>>& value_sets, std::set<std::string, std::less<>>& systems) const {
  std::string out;
  for (const std::string& url : value_sets) {
    out += Line({"V", url});
    const Element* compose = value_sets_.at(url)->Find("compose");
    if (!compose) {
      out += Line({"?"});
      continue;
    }
    for (const Element& part : Repeats(*compose, "include")) WriteInclude(part, '+', out, systems);
    for (const Element& part : Repeats(*compose, "exclude")) WriteInclude(part, '-', out, systems);
  }
  return out;
}

void DefinitionTables::WriteInclude(const Element& part, char sign, std::string& out, std::set<std::string, std::less<>>& systems) const {
  const std::string system(part.ValueOf("system"));
  std::vector<const Element*> filters, concepts;
  Collect(part, "filter", filters);
  Collect(part, "concept", concepts);
  if (part.Find("valueSet")) {
    // Several value sets in one part, or with a system, mean what is in all of them.
    if (!system.empty() || part.Find("valueSet")->NextRepeat() || sign == '-') out += Line({"?", system});
    else out += Line({"@", WithoutVersion(part.ValueOf("valueSet"))});
    return;
  }
  const auto definition = code_systems_.find(system);
  const Element* code_system = definition == code_systems_.end() ? nullptr : definition->second;
  std::vector<const Element*> all;
  if (code_system) Flatten(*code_system, {}, true, all);
  const bool closed = code_system && !all.empty() && all.size() <= kCodesLimit && code_system->ValueOf("content") != "fragment";
  if (closed) systems.insert(system);
  if (!filters.empty()) {
    const std::string_view op = filters[0]->ValueOf("op");
    const bool is_a = filters.size() == 1 && filters[0]->ValueOf("property") == "concept" && (op == "is-a" || op == "descendent-of");
    if (!closed || !is_a) {
      out += Line({"?", system});
      return;
    }
    Flatten(*code_system, filters[0]->ValueOf("value"), false, concepts);
    if (op == "descendent-of" && !concepts.empty()) concepts.erase(concepts.begin());
  } else if (concepts.empty() && !closed) {
    out += Line({"?", system});
    return;
  }
  if (concepts.size() > kCodesLimit) {
    out += Line({"?", system});
    return;
  }
  out += std::string(1, sign) + "\t" + system;
  for (const Element* one : concepts) out += "\t" + std::string(one->ValueOf("code"));
  out += "\n";
}

std::string DefinitionTables::WriteCodes(const std::set<std::string, std::less<>>& systems) const {
  std::string out;
  for (const std::string& system : systems) {
    out += Line({"", system});
    std::vector<const Element*> concepts;
    Flatten(*code_systems_.at(system), {}, true, concepts);
    for (const Element* one : concepts) {
      const std::string_view code = one->ValueOf("code");
      const std::string display = OneLine(one->ValueOf("display"));
      out += Line({code, display == code ? "" : display});
    }
  }
  return out;
}

}  // namespace server::command
