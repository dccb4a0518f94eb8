// The Task of a return, written and read.
#include "server/care/budget/return_task.h"

#include "fhir/model/lookup.h"
#include "fhir/money/ledger.h"
#include "server/care/budget/writing.h"
#include "server/care/parts.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::money::Pence;

namespace {

constexpr std::string_view kTaskCode = "https://careloom.example/fhir/CodeSystem/budget-task";
constexpr std::string_view kReturn = "direct-payment-return";
constexpr std::string_view kResult = "https://careloom.example/fhir/CodeSystem/return-result";     // line, matched, unexplained, overdue
constexpr std::string_view kLine = "https://careloom.example/fhir/StructureDefinition/return-line";

Element* AddPart(Document& document, Element* extension, std::string_view name) { return AddExtension(document, extension, name); }

void AddMoney(Document& document, Element* extension, std::string_view name, Pence pence, const std::string& currency) {
  fhir::money::WriteAmount(document, document.Add(AddPart(document, extension, name), "valueMoney"), {pence, currency});
}

// The part of an input's or output's extension, by name.
const Element* Part(const Element& of, std::string_view name) {
  const Element* extension = fhir::FindExtension(of, kLine);
  return extension ? fhir::FindExtension(*extension, name) : nullptr;
}

std::string_view TypeOf(const Element& of) {
  const Element* type = of.Find("type");
  return type ? fhir::CodeIn(*type, kResult) : "";
}

// The value[x] of `from` under a parameter of that name.
void CopyValue(Document& document, Element* parent, std::string_view name, const Element* from) {
  if (!from) return;
  for (const Element& child : fhir::Children(*from)) {
    if (child.name.starts_with("value")) AddCopy(document, AddParameter(document, parent, name), child.name, child);
  }
}

Pence AmountIn(const Element& of) {
  const Element* part = Part(of, "amount");
  const Element* money = part ? part->Find("valueMoney") : nullptr;
  const auto pence = money ? fhir::money::ParsePence(money->ValueOf("value")) : fhir::Result<Pence>(Pence{0});
  return pence ? *pence : 0;
}

void AddAnswer(Document& document, Element* parent, const Element& output) {
  if (TypeOf(output) != "overdue") {
    CopyValue(document, parent, "key", Part(output, "key"));
    document.AddString(AddParameter(document, parent, "result"), "valueCode", TypeOf(output));
  }
  CopyValue(document, parent, TypeOf(output) == "overdue" ? "item" : "entry", &output);
  const Element* extension = fhir::FindExtension(output, kLine);
  if (!extension) return;
  for (const Element& part : fhir::Repeats(*extension, "extension")) {
    if (part.ValueOf("url") != "key" && part.ValueOf("url") != "line") CopyValue(document, parent, part.ValueOf("url"), &part);
  }
}

}  // namespace

bool IsReturn(const Element& task) {
  const Element* code = task.Find("code");
  return code && fhir::CodeIn(*code, kTaskCode) == kReturn;
}

void AddReturn(Document& document, Element* task, const Family& family, const std::string& system, const std::string& value, const Element& period, const std::vector<ReturnLine>& lines) {
  AddIdentifier(document, task, system, value);
  document.AddString(task, "status", "completed");
  document.AddString(task, "intent", "order");
  AddConcept(document, task, "code", kTaskCode, kReturn);
  AddReference(document, task, "focus", family.head.name());
  AddReference(document, task, "for", family.head.budget.subject);
  AddCopy(document, task, "executionPeriod", period);
  std::size_t number = 0;
  for (const ReturnLine& line : lines) {
    Element* input = document.Add(task, "input", true);
    document.AddString(input, "id", "line-" + std::to_string(++number));
    Element* extension = AddExtension(document, input, kLine);
    document.AddString(AddPart(document, extension, "date"), "valueDate", fhir::money::FormatDay(line.day));
    AddMoney(document, extension, "amount", line.amount.pence, line.amount.currency);
    AddCopy(document, AddPart(document, extension, "code"), line.code->name, *line.code);
    if (const Element* payee = line.arguments.Find("payee")) {
      if (const Element* text = payee->Find("valueString")) document.AddString(AddPart(document, extension, "payee"), "valueString", text->value());
    }
    for (const std::string& goal : line.goals) AddReference(document, AddPart(document, extension, "goal"), "valueReference", "Goal/" + goal);
    AddConcept(document, input, "type", kResult, "line");
    AddCopy(document, input, "valueIdentifier", *line.key);
  }
}

void AddResults(Document& document, Element* task, const std::vector<ReturnLine>& lines, const std::vector<LineResult>& results, const std::vector<Overdue>& overdue, const std::string& currency) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const LineResult& result = results[i];
    Element* output = document.Add(task, "output", true);
    Element* extension = AddExtension(document, output, kLine);
    document.AddString(AddPart(document, extension, "line"), "valueString", "line-" + std::to_string(i + 1));
    AddCopy(document, AddPart(document, extension, "key"), "valueIdentifier", *lines[i].key);
    AddMoney(document, extension, "amount", lines[i].amount.pence, currency);
    for (std::size_t k = 1; k < result.entries.size(); ++k) AddReference(document, AddPart(document, extension, "entry"), "valueReference", result.entries[k]);
    for (const std::string& line : result.match.lines) AddReference(document, AddPart(document, extension, "planned-line"), "valueReference", line);
    for (const std::string& goal : result.match.goals) AddReference(document, AddPart(document, extension, "goal"), "valueReference", "Goal/" + goal);
    if (!result.match.is_matched) {
      document.AddString(AddPart(document, extension, "reason"), "valueCode", result.match.reason);
      AddMoney(document, extension, "allowed", result.match.allowed, currency);
    }
    AddConcept(document, output, "type", kResult, result.match.is_matched ? "matched" : "unexplained");
    AddReference(document, output, "valueReference", result.entries.front());
  }
  for (const Overdue& one : overdue) {
    Element* output = document.Add(task, "output", true);
    Element* extension = AddExtension(document, output, kLine);
    Element* period = document.Add(AddPart(document, extension, "period"), "valuePeriod");
    document.AddString(period, "start", fhir::money::FormatDay(one.days.first));
    document.AddString(period, "end", fhir::money::FormatDay(*one.days.last));
    AddMoney(document, extension, "amount", one.amount, currency);
    AddConcept(document, output, "type", kResult, "overdue");
    AddReference(document, output, "valueReference", one.name);
  }
}

bool IsSameReturn(const Element& stored, const Element& asked) {
  if (!IsReturn(stored)) return false;
  const auto said = [](const Element& task) {
    std::string text;
    for (const std::string_view name : {"focus", "executionPeriod", "input"}) {
      for (const Element& element : fhir::Repeats(task, name)) text += SortedText(element) + "\n";
    }
    return text;
  };
  return said(stored) == said(asked);
}

Document ToAnswer(const Element& task, bool repeated) {
  Document document;
  Element* root = document.root = document.NewResource("Parameters");
  AddReference(document, AddParameter(document, root, "task"), "valueReference", "Task/" + std::string(task.ValueOf("id")));
  if (const Element* focus = task.Find("focus")) AddCopy(document, AddParameter(document, root, "account"), "valueReference", *focus);
  if (const Element* identifier = task.Find("identifier")) AddCopy(document, AddParameter(document, root, "identifier"), "valueIdentifier", *identifier);
  if (const Element* period = task.Find("executionPeriod")) AddCopy(document, AddParameter(document, root, "period"), "valuePeriod", *period);
  document.AddBoolean(AddParameter(document, root, "repeated"), "valueBoolean", repeated);
  Pence matched = 0, unexplained = 0;
  std::string currency(fhir::money::kDefaultCurrency);
  for (const Element& output : fhir::Repeats(task, "output")) {
    (TypeOf(output) == "matched" ? matched : unexplained) += TypeOf(output) == "overdue" ? 0 : AmountIn(output);
    if (const Element* amount = Part(output, "amount"); amount && amount->Find("valueMoney")) currency = amount->Find("valueMoney")->ValueOf("currency");
  }
  for (const auto& [name, pence] : {std::pair{"returned", matched + unexplained}, {"matched", matched}, {"unexplained", unexplained}}) {
    fhir::money::WriteAmount(document, document.Add(AddParameter(document, root, name), "valueMoney"), {pence, currency});
  }
  for (const Element& output : fhir::Repeats(task, "output")) AddAnswer(document, AddParameter(document, root, TypeOf(output) == "overdue" ? "overdue" : "line"), output);
  return document;
}

}  // namespace server::care::budget
