// Reading Parameters.
#include "server/care/budget/arguments.h"

#include <algorithm>

namespace server::care::budget {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

std::string_view ItemsOf(const Element& of) { return of.is_resource ? "parameter" : "part"; }

std::string Joined(std::initializer_list<std::string_view> names, std::string_view before = {}) {
  std::string text;
  for (std::string_view name : names) {
    if (name.ends_with('*')) name.remove_suffix(1);
    text += (text.empty() ? "" : ", ") + std::string(before) + std::string(name);
  }
  return text;
}

}  // namespace

std::string PlaceOf(const Element& parameter) { return fhir::PathOf(parameter); }

Result<Arguments> Arguments::Read(const Element& of, std::initializer_list<std::string_view> allowed) {
  Arguments arguments;
  arguments.of_ = &of;
  for (const Element& item : fhir::Repeats(of, ItemsOf(of))) {
    const std::string_view name = item.ValueOf("name");
    const auto is_named = [&](std::string_view one) { return one == name || (one.ends_with('*') && one.substr(0, one.size() - 1) == name); };
    const auto known = std::ranges::find_if(allowed, is_named);
    if (known == allowed.end()) {
      return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is not known here. Allowed are " + Joined(allowed) + ".").At(PlaceOf(item)).WithIssueType("not-supported");
    }
    if (!known->ends_with('*') && arguments.Find(name) != &item) return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is given twice. Give it once.").At(PlaceOf(item)).WithIssueType("duplicate");
  }
  return arguments;
}

const Element* Arguments::Find(std::string_view name) const {
  for (const Element& item : fhir::Repeats(*of_, ItemsOf(*of_))) {
    if (item.ValueOf("name") == name) return &item;
  }
  return nullptr;
}

std::vector<const Element*> Arguments::All(std::string_view name) const {
  std::vector<const Element*> items;
  for (const Element& item : fhir::Repeats(*of_, ItemsOf(*of_))) {
    if (item.ValueOf("name") == name) items.push_back(&item);
  }
  return items;
}

Result<const Element*> Arguments::Value(std::string_view name, std::initializer_list<std::string_view> types) const {
  const Element* item = Find(name);
  if (!item) return static_cast<const Element*>(nullptr);
  for (const std::string_view type : types) {
    if (const Element* value = item->Find(type)) return value;
  }
  return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' has no value of the type that is needed. Give it as " + Joined(types) + ".").At(PlaceOf(*item)).WithIssueType("value");
}

Result<const Element*> Arguments::Needed(std::string_view name, std::initializer_list<std::string_view> types) const {
  TRY_ASSIGN(const Element* value, Value(name, types));
  if (!value) return Missing(name, Joined(types));
  return value;
}

Result<std::string> Arguments::Word(std::string_view name) const {
  TRY_ASSIGN(const Element* value, Value(name, {"valueCode", "valueString"}));
  return std::string(value ? value->value() : "");
}

Result<std::optional<fhir::money::Amount>> Arguments::Money(std::string_view name) const {
  TRY_ASSIGN(const Element* value, Value(name, {"valueMoney"}));
  if (!value) return std::optional<fhir::money::Amount>();
  TRY_ASSIGN(fhir::money::Amount amount, fhir::money::ReadAmount(*value));
  return std::optional(std::move(amount));
}

Result<std::optional<fhir::money::Day>> Arguments::Day(std::string_view name) const {
  TRY_ASSIGN(const Element* value, Value(name, {"valueDate", "valueDateTime"}));
  if (!value) return std::optional<fhir::money::Day>();
  const auto day = fhir::money::ParseDay(value->value());
  if (!day) return Error(ErrorKind::kInvalid, "'" + std::string(value->value()) + "' is no whole day. Write it as 2026-04-01.").At(fhir::PathOf(*value)).WithIssueType("value");
  return day;
}

Result<bool> Arguments::Flag(std::string_view name, bool otherwise) const {
  TRY_ASSIGN(const Element* value, Value(name, {"valueBoolean"}));
  return value ? value->value() == "true" : otherwise;
}

Error Arguments::Missing(std::string_view name, std::string_view how) const {
  return Error(ErrorKind::kInvalid, "'" + std::string(name) + "' is missing. Give it as " + std::string(how) + ".").At(of_->is_resource ? "Parameters.parameter" : PlaceOf(*of_) + ".part").WithIssueType("required");
}

}  // namespace server::care::budget
