// Forms as trees.
#include "server/care/plan/form.h"

#include "fhir/base/decimal.h"
#include "fhir/model/lookup.h"
#include "server/care/plan/stored.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Repeats;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::size_t kMostGroups = 10'000;

std::string_view NameOf(const Element& item) {
  const std::string_view link = item.ValueOf("linkId");
  return link.substr(link.rfind('.') == std::string_view::npos ? 0 : link.rfind('.') + 1);
}

// The value names that an item's type takes (https://hl7.org/fhir/R4/questionnaireresponse.html#link); the first is written.
std::string_view ValuesOf(std::string_view type) {
  if (type == "string" || type == "text") return " valueString ";
  if (type == "url") return " valueUri ";
  if (type == "choice") return " valueCoding ";
  if (type == "open-choice") return " valueCoding valueString ";
  if (type == "boolean") return " valueBoolean ";
  if (type == "decimal") return " valueDecimal ";
  if (type == "integer") return " valueInteger ";
  if (type == "date") return " valueDate ";
  if (type == "dateTime") return " valueDateTime ";
  if (type == "time") return " valueTime ";
  if (type == "quantity") return " valueQuantity ";
  if (type == "attachment") return " valueAttachment ";
  return " valueReference ";
}

const Element* FindItem(const Element& owner, std::string_view link) {
  for (const Element& item : Repeats(owner, "item")) {
    if (item.ValueOf("linkId") == link) return &item;
  }
  return nullptr;
}

bool HasAnswer(const Element& item) {
  if (item.Find("answer")) return true;
  for (const Element& child : Repeats(item, "item")) {
    if (HasAnswer(child)) return true;
  }
  return false;
}

class Reading {
 public:
  Reading(const Identify& identify, Document& tree, fhir::IssueSink& issues) : identify_(identify), tree_(tree), issues_(issues) {}

  Result<void> Items(const Element& form, const Element& response, Element* owner, const std::string& key) {
    for (const Element& item : Repeats(response, "item")) {
      const Element* asked = FindItem(form, item.ValueOf("linkId"));
      if (!asked) {
        Report("not-found", "The form has no item '" + std::string(item.ValueOf("linkId")) + "' here. Its linkIds say what it asks.", item, "linkId");
        continue;
      }
      const std::string_view type = asked->ValueOf("type");
      if (type == "display") continue;
      const bool repeats = asked->ValueOf("repeats") == "true";
      if (type == "group") {
        TRY(Group(*asked, item, owner, key, repeats));
      } else {
        Answers(*asked, item, owner, repeats);
      }
    }
    for (const Element& asked : Repeats(form, "item")) {
      if (asked.ValueOf("required") != "true" || owner->Find(NameOf(asked))) continue;
      Report("required", "'" + std::string(asked.ValueOf("text")) + "' (" + std::string(asked.ValueOf("linkId")) + ") is required and not answered.", response, {});
    }
    return {};
  }

 private:
  Result<void> Group(const Element& asked, const Element& item, Element* owner, const std::string& key, bool repeats) {
    if (!HasAnswer(item)) return {};
    const std::string_view name = NameOf(asked);
    std::size_t index = 0;
    for (const Element* present = owner->Find(name); present; present = present->NextRepeat()) ++index;
    if (index > 0 && !repeats) {
      Report("structure", "The group '" + std::string(asked.ValueOf("linkId")) + "' stands once in the form; here it is a second time.", item, {});
      return {};
    }
    if (++groups_ > kMostGroups) return fhir::Error(fhir::ErrorKind::kTooLarge, "The response has more than " + std::to_string(kMostGroups) + " groups. No plan of one person has.").At(fhir::PathOf(item));
    FormGroup group;
    const Element* context = FindExtension(asked, kContext);
    group.becomes = context ? context->ValueOf("valueCode") : std::string_view();
    group.own_id = item.ValueOf("id");
    const std::string own_key = key + (key.empty() ? "" : "/") + std::string(name) + "[" + std::to_string(index) + "]";
    group.key = own_key;
    group.parent = owner;
    TRY_ASSIGN(const std::string id, identify_(group));
    Element* made = tree_.Add(owner, name, repeats);
    tree_.AddString(made, "id", id);
    tree_.AddString(made, "ref", group.becomes.empty() ? "#" + id : std::string(group.becomes) + "/" + id);
    return Items(asked, item, made, own_key);
  }

  void Answers(const Element& asked, const Element& item, Element* owner, bool repeats) {
    const std::string_view values = ValuesOf(asked.ValueOf("type"));
    for (const Element& answer : Repeats(item, "answer")) {
      if (answer.Find("item")) Report("not-supported", "Items within an answer are not read. Answer the form's own items.", answer, "item");
      const Element* value = nullptr;
      for (const Element& child : fhir::Children(answer)) {
        if (child.name.starts_with("value")) value = &child;
      }
      if (!value) continue;
      if (values.find(" " + std::string(value->name) + " ") == std::string_view::npos) {
        Report("value", "'" + std::string(asked.ValueOf("text")) + "' is answered with " + std::string(value->name) + "; the form takes" + std::string(values) + "here.", *value, {});
        continue;
      }
      if (owner->Find(NameOf(asked)) && !repeats) {
        Report("structure", "'" + std::string(asked.ValueOf("text")) + "' takes one answer; this is a second.", *value, {});
        continue;
      }
      if (!InRange(asked, *value)) continue;
      AddCopy(tree_, owner, NameOf(asked), *value, repeats);
    }
  }

  bool InRange(const Element& asked, const Element& value) {
    const auto number = fhir::Decimal::Parse(value.value());
    for (const std::string_view bound : {"minValue", "maxValue"}) {
      const Element* limit = FindExtension(asked, "http://hl7.org/fhir/StructureDefinition/" + std::string(bound));
      if (!limit) continue;
      const auto allowed = fhir::Decimal::Parse(limit->ValueOf("valueDecimal"));
      if (!allowed || (number && (bound == "minValue" ? !(*number < *allowed) : !(*allowed < *number)))) continue;
      Report("value", "'" + std::string(asked.ValueOf("text")) + "' is " + std::string(value.value()) + "; the form allows " + (bound == "minValue" ? "no less than " : "no more than ") + std::string(limit->ValueOf("valueDecimal")) + ".", value, {});
      return false;
    }
    return true;
  }

  void Report(std::string_view code, std::string text, const Element& where, std::string_view child) {
    issues_.Report(Severity::kError, code, std::move(text), fhir::PathOf(where) + (child.empty() ? "" : "." + std::string(child)));
  }

  const Identify& identify_;
  Document& tree_;
  fhir::IssueSink& issues_;
  std::size_t groups_ = 0;
};

void WriteItems(const Element& form, const Element& from, Document& response, Element* owner) {
  for (const Element& asked : Repeats(form, "item")) {
    const std::string_view name = NameOf(asked), type = asked.ValueOf("type");
    if (!from.Find(name)) continue;
    const std::string_view values = ValuesOf(type);
    const std::string value_name(values.substr(1, values.find(' ', 1) - 1));
    if (type != "group") {
      Element* item = response.Add(owner, "item", true);
      response.AddString(item, "linkId", asked.ValueOf("linkId"));
      for (const Element& value : Repeats(from, name)) {
        Element* answer = response.Add(item, "answer", true);
        AddCopy(response, answer, type == "open-choice" && value.has_value() ? "valueString" : value_name, value);
      }
      continue;
    }
    for (const Element& group : Repeats(from, name)) {
      Element* item = response.New("item");
      item->in_array = true;
      if (const Element* id = group.Find("id")) response.AddString(item, "id", id->text);
      response.AddString(item, "linkId", asked.ValueOf("linkId"));
      WriteItems(asked, group, response, item);
      if (item->Find("item")) response.Attach(owner, item);
    }
  }
}

}  // namespace

Result<void> ReadForm(const Element& questionnaire, const Element& response, const Identify& identify, Document& tree, fhir::IssueSink& issues) {
  return Reading(identify, tree, issues).Items(questionnaire, response, tree.root, {});
}

void WriteForm(const Element& questionnaire, const Element& tree, Document& response) { WriteItems(questionnaire, tree, response, response.root); }

}  // namespace server::care::plan
