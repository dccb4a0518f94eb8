// Reading the models: what a column is for stands in ElementDefinition.code.
#include "adapters/gp/tpp/tables.h"

#include <algorithm>

namespace adapters::gp::tpp {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

constexpr std::string_view kResource = "https://careloom.example/fhir/CodeSystem/tpp-resource";
constexpr std::string_view kKey = "https://careloom.example/fhir/CodeSystem/tpp-key";
constexpr std::string_view kUse = "https://careloom.example/fhir/CodeSystem/tpp-column-use";

std::string_view CodeOf(const Element& definition, std::string_view system) {
  for (const Element& code : fhir::Repeats(definition, "code")) {
    if (code.ValueOf("system") == system) return code.ValueOf("code");
  }
  return {};
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void Use(Table& table, const Element& definition, std::size_t place) {
  for (const Element& code : fhir::Repeats(definition, "code")) {
    if (code.ValueOf("system") != kUse) continue;
    const std::string_view use = code.ValueOf("code");
    if (use == "row") table.row = place;
    if (use == "organisation") table.organisation = place;
    if (use == "patient") table.patient = place;
    if (use == "key") table.key = place;
    if (use == "removed") table.removed = place;
  }
}

// A column's name begins with a capital; what begins with a small letter the adapter adds.
Result<Table> ReadTable(const Element& model, const Element& root) {
  Table table;
  table.name = model.ValueOf("type");
  table.resource = CodeOf(root, kResource);
  table.kind = CodeOf(root, kKey);
  for (const Element& definition : fhir::Repeats(*model.Find("differential"), "element")) {
    std::string_view path = definition.ValueOf("path");
    if (!path.starts_with(table.name + ".")) continue;
    path.remove_prefix(table.name.size() + 1);
    if (path.empty() || path[0] < 'A' || path[0] > 'Z') continue;
    const Element* type = definition.Walk("type", "code");
    Use(table, definition, table.columns.size());
    table.columns.push_back({std::string(path), type && type->value() == "dateTime" ? Holds::kTime : Holds::kText, definition.ValueOf("min") == "1"});
  }
  const auto lacks = [&](std::size_t place, std::string_view use) -> Result<void> {
    if (place != kNone) return {};
    return Error(ErrorKind::kInvalid, "tpp/models/" + table.name + ".json has no column of use '" + std::string(use) + "' (ElementDefinition.code of " + std::string(kUse) + ").");
  };
  TRY(lacks(table.row, "row"));
  TRY(lacks(table.organisation, "organisation"));
  TRY(lacks(table.patient, "patient"));
  TRY(lacks(table.key, "key"));
  return table;
}

}  // namespace

std::size_t Table::Find(std::string_view column) const {
  const std::string lower = Lower(column);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column || Lower(columns[i].name) == lower) return i;
  }
  return kNone;
}

Result<std::shared_ptr<const Tables>> Tables::Load(std::span<const fhir::Document> models) {
  auto tables = std::make_shared<Tables>();
  for (const fhir::Document& model : models) {
    const Element* root = model.root->Walk("differential", "element");
    if (!root || CodeOf(*root, kResource).empty()) continue;
    TRY_ASSIGN(Table table, ReadTable(*model.root, *root));
    tables->tables_.push_back(std::move(table));
  }
  std::ranges::sort(tables->tables_, {}, &Table::name);
  return std::shared_ptr<const Tables>(std::move(tables));
}

std::size_t Tables::Find(std::string_view name) const {
  const std::string lower = Lower(name);
  const auto at = std::ranges::find(tables_, lower, [](const Table& table) { return Lower(table.name); });
  return at == tables_.end() ? kNone : static_cast<std::size_t>(at - tables_.begin());
}

std::size_t Tables::OfFile(std::string_view file_name) const {
  const std::string lower = Lower(file_name);
  std::size_t found = kNone;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    const std::string name = Lower(tables_[i].name);
    const std::size_t at = lower.find(name);
    if (at == std::string::npos) continue;
    const bool whole = (at == 0 || !IsLetter(lower[at - 1])) && (at + name.size() == lower.size() || !IsLetter(lower[at + name.size()]));
    if (whole) found = i;
  }
  return found;
}

std::size_t Tables::OfHeader(std::span<const std::string> header) const {
  std::size_t best = kNone, best_known = 0;
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    std::vector<bool> has(tables_[i].columns.size());
    std::size_t known = 0;
    for (const std::string& column : header) {
      const std::size_t place = tables_[i].Find(column);
      if (place == kNone) continue;
      has[place] = true;
      ++known;
    }
    bool whole = true;
    for (std::size_t column = 0; column < has.size(); ++column) whole = whole && (has[column] || !tables_[i].columns[column].mandatory);
    if (whole && known > best_known) {
      best = i;
      best_known = known;
    }
  }
  return best;
}

std::string Tables::Names() const {
  std::string names;
  for (const Table& table : tables_) (names += names.empty() ? "" : ", ") += table.name;
  return names;
}

}  // namespace adapters::gp::tpp
