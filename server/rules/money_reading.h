// What the rules over money have in common: extensions that the server keeps, comparing what was with what is to be, whose it is.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/rules/rule.h"

namespace server::rules {

// Extensions of ledger entries that the server keeps; whatever a caller says of them is not looked at.
inline constexpr std::string_view kReversedBy = "https://careloom.example/fhir/StructureDefinition/reversed-by";           // valueReference: the reversal that took the entry back
inline constexpr std::string_view kCommitmentMet = "https://careloom.example/fhir/StructureDefinition/commitment-met";     // valueMoney: what charges that name the commitment have met
inline constexpr std::string_view kOverAgreed = "https://careloom.example/fhir/StructureDefinition/over-agreed";           // valueMoney: by so much the budget was over its agreed amount with the entry

// Takes all extensions of that URL out of `after` and puts those of `before` (null: none) there in their stead.
void KeepExtension(fhir::Document& after, const fhir::Element* before, std::string_view url);
// Puts the extensions of `after` in the order of `before`'s; new ones come last. So what says the same is no new version.
void OrderExtensions(fhir::Document& after, const fhir::Element* before);
// The value element (of that name) of a new extension at the root.
fhir::Element* AddExtension(fhir::Document& document, std::string_view url, std::string_view value_name);
// Takes them out; true when there were any.
bool RemoveExtensions(fhir::Element& of, std::string_view url);

// Name of the first child that is not in both alike, those of `apart` left out; empty: they say the same. The order of members of
// different names is no difference, nor is an empty meta.
std::string_view FirstDifference(const fhir::Element& a, const fhir::Element& b, std::initializer_list<std::string_view> apart);

// Both references name one Patient, or Patients that are joined as one person.
fhir::Result<bool> IsSamePerson(Context& context, std::string_view a, std::string_view b);

// A source's write is checked against what nobody else changes meanwhile, where the server keeps something in the resource: `fresh` is what
// the write that comes back points to. A caller's is already.
fhir::Result<Write> Fresh(Context& context, const Write& write, std::optional<fhir::Document>& fresh);

// Live resources that the criteria find in this transaction's state, at most `limit`. kInternal when the criteria cannot be read.
fhir::Result<std::vector<fhir::Document>> Find(Context& context, std::string_view type, const std::string& criteria, int limit);
// `take` gets each that the criteria find, a page in memory at a time, until it has an error.
fhir::Result<void> Each(Context& context, std::string_view type, const std::string& criteria, const std::function<fhir::Result<void>(const fhir::Document&)>& take);
// Is there one?
fhir::Result<bool> IsThereAny(Context& context, std::string_view type, const std::string& criteria);

// "Rule ledger-entry: …" at `path`.
fhir::Error Refuse(std::string_view rule, std::string path, std::string text, fhir::ErrorKind kind = fhir::ErrorKind::kUnprocessable);
// The same error with the rule's name, its path's first step ("ChargeItem") replaced by `place`.
fhir::Error Named(std::string_view rule, const fhir::Error& error, std::string_view place);

}  // namespace server::rules
