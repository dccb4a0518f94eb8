// Reading the funders.
#include "server/care/budget/funders.h"

#include <algorithm>

namespace server::care::budget {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Fraction;

namespace {

// "60", "33.3": of a hundred, to two places at most.
std::string Percent(const Fraction& share) {
  const auto hundredths = share.Times(Fraction(10'000));
  const auto rounded = hundredths ? hundredths->RoundedHalfUp() : std::nullopt;
  if (!rounded) return share.ToString();
  std::string text = fhir::money::FormatPence(*rounded);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text + " %";
}

// Of `share` (0.25 or "1/4") or `percent` (25); nothing when neither is given.
Result<std::optional<Fraction>> ReadShare(const Arguments& arguments) {
  TRY_ASSIGN(const Element* share, arguments.Value("share", {"valueDecimal", "valueString", "valueInteger"}));
  TRY_ASSIGN(const Element* percent, arguments.Value("percent", {"valueDecimal", "valueInteger"}));
  if (!share && !percent) return std::optional<Fraction>();
  const Element& written = share ? *share : *percent;
  if (share && percent) return Error(ErrorKind::kInvalid, "A funder has a share or a percent, not both.").At(fhir::PathOf(written));
  std::optional<Fraction> value = share ? Fraction::ParseQuotient(written.value()) : Fraction::Parse(written.value());
  if (value && percent) value = value->DividedBy(Fraction(100));
  if (!value || value->is_negative() || value->is_zero()) {
    return Error(ErrorKind::kUnprocessable, "'" + std::string(written.value()) + "' is no share. Write a part of one (0.25 or \"1/4\") as share, or of a hundred (25) as percent; more than 0.").At(fhir::PathOf(written)).WithIssueType("value");
  }
  return value;
}

Result<void> CheckWhole(const Funders& funders) {
  Fraction sum;
  for (const Funder& funder : funders.all) {
    const auto next = sum.Plus(funder.share);
    if (!next) return Error(ErrorKind::kUnprocessable, "The funders' shares cannot be added up. Write them with fewer digits.").At(funder.place).WithIssueType("value");
    sum = *next;
  }
  if (sum == Fraction(1)) return {};
  std::string found;
  for (const Funder& funder : funders.all) found += (found.empty() ? "" : " + ") + Percent(funder.share);
  return Error(ErrorKind::kUnprocessable, "The funders' shares are " + found + " = " + Percent(sum) + ", " + (sum.Compare(Fraction(1)) > 0 ? "more" : "less") + " than the whole budget. Allowed is 100 % together; thirds are written as \"1/3\".")
      .At(funders.all.front().place).WithIssueType("business-rule");
}

}  // namespace

Result<std::string> NameOf(const Element& organisation) {
  const std::string_view reference = organisation.ValueOf("reference");
  if (!reference.empty()) return std::string(reference);
  const Element* identifier = organisation.name == "valueIdentifier" ? &organisation : organisation.Find("identifier");
  const std::string_view value = identifier ? identifier->ValueOf("value") : "";
  if (value.empty()) return Error(ErrorKind::kInvalid, "The organisation has neither a reference nor an identifier with a value (its ODS code or three-digit council code).").At(fhir::PathOf(organisation)).WithIssueType("required");
  return std::string(identifier->ValueOf("system")) + "|" + std::string(value);
}

const Funder* Funders::Find(const std::string& name) const {
  const auto found = std::ranges::find(all, name, &Funder::name);
  return found == all.end() ? nullptr : &*found;
}

Result<std::vector<std::int64_t>> Funders::Split(std::int64_t total) const {
  std::vector<fhir::money::Share> shares;
  for (const Funder& funder : all) {
    const bool weighs = by_amount && funder.amount;
    shares.push_back({weighs ? Fraction(funder.amount->pence) : funder.share, funder.name});
  }
  auto parts = fhir::money::Split(total, shares);
  if (!parts) return Error(ErrorKind::kUnprocessable, "The shares cannot be reckoned with. Write them with fewer digits, at least one above 0.").At(all.front().place).WithIssueType("value");
  return *std::move(parts);
}

Result<Funders> ReadFunders(const Arguments& arguments) {
  Funders funders;
  std::size_t amounts = 0, shares = 0;
  for (const Element* item : arguments.All("funder")) {
    TRY_ASSIGN(const Arguments parts, Arguments::Read(*item, {"organisation", "share", "percent", "amount", "type"}));
    Funder funder;
    funder.place = PlaceOf(*item);
    TRY_ASSIGN(funder.organisation, parts.Needed("organisation", {"valueReference", "valueIdentifier"}));
    TRY_ASSIGN(funder.name, NameOf(*funder.organisation));
    TRY_ASSIGN(funder.type, parts.Word("type"));
    TRY_ASSIGN(funder.amount, parts.Money("amount"));
    TRY_ASSIGN(const std::optional<Fraction> share, ReadShare(parts));
    if (share) funder.share = *share;
    amounts += funder.amount.has_value();
    shares += share.has_value();
    if (funders.Find(funder.name)) return Error(ErrorKind::kInvalid, "'" + funder.name + "' is a funder twice. Name each once, with all of its part.").At(funder.place).WithIssueType("duplicate");
    funders.all.push_back(std::move(funder));
  }
  if (funders.all.empty()) return funders;
  if (amounts > 0 && shares > 0) return Error(ErrorKind::kInvalid, "Some funders have a share, others an amount. Give all a share (or percent), or all an amount.").At(funders.all.front().place).WithIssueType("value");
  if (funders.all.size() == 1 && shares == 0) funders.all.front().share = Fraction(1);
  funders.by_amount = amounts > 0;
  if (funders.by_amount ? amounts != funders.all.size() : shares != 0 && shares != funders.all.size()) {
    return Error(ErrorKind::kInvalid, "Some funders have neither a share nor an amount. Say of each what it gives.").At(funders.all.front().place).WithIssueType("required");
  }
  if (!funders.by_amount && (shares > 0 || funders.all.size() == 1)) {
    TRY(CheckWhole(funders));
  }
  return funders;
}

}  // namespace server::care::budget
