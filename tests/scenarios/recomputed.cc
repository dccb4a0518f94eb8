// Statements as the program that reckons them anew prints them: JSON with sorted keys.
#include "tests/scenarios/recomputed.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fhir/json/reader.h"
#include "tests/support/child_process.h"

namespace careloom_test {
namespace {

using namespace fhir::money;
using fhir::Element;
using fhir::Repeats;

constexpr char kPython[] = "/usr/bin/python3";

using Members = std::map<std::string, std::string>;

std::string Quoted(std::string_view text) { return '"' + std::string(text) + '"'; }

std::string Joined(const Members& members) {
  std::string text;
  for (const auto& [name, value] : members) text += (text.empty() ? "" : ", ") + Quoted(name) + ": " + value;
  return "{" + text + "}";
}

std::string Show(const Group& group, const std::vector<Entry>& entries) {
  Members figures;
  for (std::size_t i = 0; i < kFigures; ++i) {
    const Value& value = group.values[i];
    if (!value.known) continue;
    Members parts;
    for (const Part& part : value.parts) parts[entries[part.entry].id] = Quoted(FormatPence(part.amount));
    figures[std::string(CodeOf(static_cast<Figure>(i)))] = Joined({{"amount", Quoted(FormatPence(value.amount))}, {"entries", Joined(parts)}});
  }
  if (group[Figure::kAgreed].known) {
    figures["over"] = group.over ? "true" : "false";
    figures["under"] = group.under ? "true" : "false";
  }
  return Joined(figures);
}

const Element* PartNamed(const Element& of, std::string_view name) {
  for (const Element& part : Repeats(of, "part")) {
    if (part.ValueOf("name") == name) return &part;
  }
  return nullptr;
}

std::string MoneyOf(const Element* part) {
  const Element* value = part ? part->Walk("valueMoney", "value") : nullptr;
  return value ? Quoted(value->value()) : "null";
}

// A group of $statement.
std::string Show(const Element& group) {
  Members figures;
  for (const Element& part : Repeats(group, "part")) {
    const std::string name(part.ValueOf("name"));
    if (name == "key") continue;
    if (const Element* judged = part.Find("valueBoolean")) {
      // What an Account without an agreed amount is not.
      if (PartNamed(group, "agreed")) figures[name] = judged->value();
      continue;
    }
    Members entries;
    for (const Element& entry : Repeats(part, "part")) {
      const Element* item = entry.ValueOf("name") == "entry" ? PartNamed(entry, "item") : nullptr;
      const Element* reference = item ? item->Walk("valueReference", "reference") : nullptr;
      if (reference) entries[IdOf(reference->value(), "ChargeItem").value_or("?")] = MoneyOf(PartNamed(entry, "amount"));
    }
    figures[name] = Joined({{"amount", MoneyOf(PartNamed(part, "amount"))}, {"entries", Joined(entries)}});
  }
  return Joined(figures);
}

std::string KeyOf(const Element& group) {
  const Element* key = PartNamed(group, "key");
  if (!key) return "?";
  const Element* reference = key->Walk("valueReference", "reference");
  return reference ? IdOf(reference->value(), "Goal").value_or("?") : std::string(key->ValueOf("valueString"));
}

}  // namespace

bool HasPython() { return std::filesystem::exists(kPython); }

std::map<std::string, std::string> Recomputed(const std::filesystem::path& folder, const Window& window, int seed) {
  std::vector<std::string> words = {std::string(CARELOOM_SOURCE_DIR) + "/tests/support/recompute_statement.py", folder.string(), "--to", FormatDay(window.to),
                                    "--seed", std::to_string(seed)};
  if (window.from) words.insert(words.end(), {"--from", FormatDay(*window.from)});
  ChildProcess python(words, kPython);
  EXPECT_EQ(python.Wait(), 0) << python.err();
  std::map<std::string, std::string> lines;
  const std::string out = python.out();
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at), id = out.find("\"id\": \"", at) + 7;
    lines[out.substr(id, out.find('"', id) - id)] = out.substr(at, end - at);
    at = end + 1;
  }
  return lines;
}

std::string LineOf(const std::string& account, const Statement& statement, const std::vector<Entry>& entries) {
  Members members = {{"id", Quoted(account)}, {"total", Show(statement.total, entries)}};
  const auto add = [&](const char* name, const std::vector<Group>& groups) {
    Members shown;
    for (const Group& group : groups) shown[group.key] = Show(group, entries);
    members[name] = Joined(shown);
  };
  add("by_funder", statement.by_funder);
  add("by_mechanism", statement.by_mechanism);
  add("by_goal", statement.by_goal);
  return Joined(members);
}

std::string LineOf(const std::string& account, const std::string& parameters) {
  const auto document = fhir::json::Read(parameters);
  if (!document || document->root->resource_type() != "Parameters") return {};
  Members members = {{"id", Quoted(account)}}, funders, mechanisms, goals;
  for (const Element& parameter : Repeats(*document->root, "parameter")) {
    const std::string_view name = parameter.ValueOf("name");
    if (name == "total") members["total"] = Show(parameter);
    if (name == "funder") funders[KeyOf(parameter)] = Show(parameter);
    if (name == "mechanism") mechanisms[KeyOf(parameter)] = Show(parameter);
    if (name == "goal") goals[KeyOf(parameter)] = Show(parameter);
  }
  members["by_funder"] = Joined(funders);
  members["by_mechanism"] = Joined(mechanisms);
  members["by_goal"] = Joined(goals);
  return Joined(members);
}

std::string FirstDifference(const std::string& ours, const std::string& theirs) {
  if (ours == theirs) return {};
  std::size_t at = 0;
  while (at < ours.size() && at < theirs.size() && ours[at] == theirs[at]) ++at;
  at -= std::min<std::size_t>(at, 200);
  return "ours: " + ours.substr(std::min(at, ours.size()), 400) + "\ntheirs: " + theirs.substr(std::min(at, theirs.size()), 400);
}

Window WindowOf(std::string_view from, std::string_view to) {
  Window window;
  if (!from.empty()) window.from = ParseDay(from);
  window.to = *ParseDay(to);
  return window;
}

}  // namespace careloom_test
