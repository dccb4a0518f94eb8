// Making planned lines.
#include "server/care/budget/planned_line.h"

#include <algorithm>

#include "fhir/money/fraction.h"
#include "fhir/money/names.h"
#include "server/search/url.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Frequency;
namespace code_system = fhir::money::code_system;
namespace extension = fhir::money::extension;

namespace {

constexpr std::string_view kWords = "Weekly, Fortnightly, 4-weekly, Monthly, Quarterly, Annually, One-off, Hourly (quantity: hours a week), Daily (days a week), Per session (sessions a week)";
constexpr std::string_view kActivity = "https://careloom.example/fhir/StructureDefinition/plan-activity";

std::string FormatMillionths(std::int64_t millionths) {
  std::string fraction = std::to_string(kMillionth + millionths % kMillionth).substr(1);
  while (fraction.ends_with('0')) fraction.pop_back();
  return std::to_string(millionths / kMillionth) + (fraction.empty() ? "" : "." + fraction);
}

Result<void> AddTiming(Document& document, Element* line, const LineRequest& request) {
  const Arguments& arguments = *request.arguments;
  TRY_ASSIGN(const Element* period, arguments.Value("period", {"valuePeriod"}));
  TRY_ASSIGN(const std::string word, arguments.Word("frequency"));
  Element* timing = document.Add(line, "occurrenceTiming");
  Element* repeat = document.Add(timing, "repeat");
  if (period) {
    TRY(fhir::money::ReadDays(*period));
    AddCopy(document, repeat, "boundsPeriod", *period);
  } else {
    Element* bounds = document.Add(repeat, "boundsPeriod");
    document.AddString(bounds, "start", fhir::money::FormatDay(request.within.first));
    if (request.within.last) document.AddString(bounds, "end", fhir::money::FormatDay(*request.within.last));
  }
  if (word.empty()) return {};
  const auto frequency = fhir::money::ParseFrequency(word);
  std::string lower = word;
  std::ranges::transform(lower, lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  const bool counts_units = lower == "hourly" || lower == "daily" || lower == "per session";
  if (!frequency && !counts_units) {
    return Error(ErrorKind::kUnprocessable, "'" + word + "' is no frequency. Allowed are " + std::string(kWords) + ".").At(PlaceOf(*arguments.Find("frequency"))).WithIssueType("code-invalid");
  }
  if (!frequency && !arguments.Has("quantity")) return arguments.Missing("quantity", "valueDecimal: how many a week");
  if (frequency && frequency->unit != Frequency::Unit::kOnce) {
    document.AddNumber(repeat, "frequency", std::to_string(frequency->times));
    document.AddNumber(repeat, "period", std::to_string(frequency->count));
    document.AddString(repeat, "periodUnit", frequency->unit == Frequency::Unit::kWeek ? "wk" : frequency->unit == Frequency::Unit::kMonth ? "mo" : frequency->unit == Frequency::Unit::kYear ? "a" : "d");
  }
  document.AddString(document.Add(timing, "code"), "text", word);
  return {};
}

}  // namespace

Result<std::int64_t> ReadMillionths(const Arguments& arguments) {
  TRY_ASSIGN(const Element* quantity, arguments.Value("quantity", {"valueDecimal", "valueInteger", "valueQuantity"}));
  if (!quantity) return kMillionth;
  const Element* number = quantity->name == "valueQuantity" ? quantity->Find("value") : quantity;
  const auto value = number ? fhir::money::Fraction::Parse(number->value()) : std::nullopt;
  const auto millionths = value ? value->Times(fhir::money::Fraction(kMillionth)) : std::nullopt;
  const auto whole = millionths ? millionths->Floor() : std::nullopt;
  if (!whole || *whole < 0 || *whole > kMillionth * kMillionth) {
    return Error(ErrorKind::kUnprocessable, "The quantity is '" + std::string(number ? number->value() : "") + "'. Allowed is 0 to 1000000, with six places at most.").At(fhir::PathOf(*quantity)).WithIssueType("value");
  }
  return *whole;
}

Result<void> AddLinks(Writing& writing, Element* charge_item, const Arguments& arguments) {
  Document& document = writing.document();
  TRY_ASSIGN(const std::string mechanism, arguments.Word("mechanism"));
  if (!mechanism.empty()) AddCodeExtension(document, charge_item, extension::kDeliveryMechanism, code_system::kDeliveryMechanism, mechanism);
  TRY_ASSIGN(const std::string activity, arguments.Word("activity"));
  if (!activity.empty()) document.AddString(AddExtension(document, charge_item, kActivity), "valueString", activity);
  TRY_ASSIGN(const Element* service, arguments.Value("service", {"valueReference"}));
  if (service) AddCopy(document, charge_item, "context", *service);
  for (const std::string_view name : {"goal", "plan"}) {
    for (const Element* item : arguments.All(name)) {
      const Element* reference = item->Find("valueReference");
      if (!reference) return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' has to be a valueReference.").At(PlaceOf(*item)).WithIssueType("value");
      AddCopy(document, charge_item, "supportingInformation", *reference, true);
    }
  }
  return {};
}

Result<void> AddWhatItIsFor(Writing& writing, Element* charge_item, const Arguments& arguments) {
  Document& document = writing.document();
  TRY_ASSIGN(const Element* code, arguments.Value("code", {"valueCodeableConcept", "valueCoding", "valueString"}));
  if (!code) return arguments.Missing("code", "valueCodeableConcept: the service component, or a valueString with a text of it");
  if (code->name == "valueCodeableConcept") {
    AddCopy(document, charge_item, "code", *code);
  } else if (code->name == "valueCoding") {
    AddCopy(document, document.Add(charge_item, "code"), "coding", *code, true);
  } else {
    document.AddString(document.Add(charge_item, "code"), "text", code->value());
  }
  return AddLinks(writing, charge_item, arguments);
}

Result<const Element*> AddPlannedLine(Writing& writing, const LineRequest& request) {
  const Arguments& arguments = *request.arguments;
  TRY_ASSIGN(const auto price, arguments.Money("unitPrice"));
  if (!price) return arguments.Missing("unitPrice", "valueMoney: the price of one unit");
  std::int64_t millionths = request.millionths;
  if (millionths == 0) {
    TRY_ASSIGN(millionths, ReadMillionths(arguments));
  }
  Document& document = writing.document();
  Element* line = writing.Create("ChargeItem", request.place, request.key_value.empty() ? "" : search::IdentifierCriterion(request.key_system, request.key_value));
  AddCodeExtension(document, line, extension::kChargeKind, code_system::kChargeKind, "planned");
  AddMoneyExtension(document, line, extension::kUnitPrice, *price);
  if (!request.key_value.empty()) AddIdentifier(document, line, request.key_system, request.key_value);
  document.AddString(line, "status", "planned");
  TRY(AddWhatItIsFor(writing, line, arguments));
  AddReference(document, line, "subject", request.subject);
  AddReference(document, line, "account", request.account, true);
  TRY(AddTiming(document, line, request));
  if (request.millionths != 0 || arguments.Has("quantity")) document.AddNumber(document.Add(line, "quantity"), "value", FormatMillionths(millionths));
  return static_cast<const Element*>(line);
}

}  // namespace server::care::budget
