// The table of all functions. The parser looks names up here, so an unsupported one fails when compiled.
#include "fhir/path/functions/catalogue.h"

#include <algorithm>
#include <array>

#include "fhir/path/functions/families.h"

namespace fhir::path {
namespace {

namespace f = functions;
constexpr Takes kE = Takes::kExpressions, kT = Takes::kType;

constexpr Function kFunctions[] = {
    // existence
    {"empty", 0, 0, kE, f::Empty, "Is there nothing?"},
    {"exists", 0, 1, kE, f::Exists, "Is there anything (that meets the criterion)?"},
    {"all", 1, 1, kE, f::All, "Does every item meet the criterion?"},
    {"allTrue", 0, 0, kE, f::AllTrue, "Are all items true?"},
    {"anyTrue", 0, 0, kE, f::AnyTrue, "Is any item true?"},
    {"allFalse", 0, 0, kE, f::AllFalse, "Are all items false?"},
    {"anyFalse", 0, 0, kE, f::AnyFalse, "Is any item false?"},
    {"subsetOf", 1, 1, kE, f::SubsetOf, "Are all items in the other collection?"},
    {"supersetOf", 1, 1, kE, f::SupersetOf, "Are all items of the other collection here?"},
    {"count", 0, 0, kE, f::Count, "How many items?"},
    {"distinct", 0, 0, kE, f::Distinct, "Each item once."},
    {"isDistinct", 0, 0, kE, f::IsDistinct, "Is no item there twice?"},
    {"not", 0, 0, kE, f::Not, "The opposite; nothing stays nothing."},
    // filtering and projection
    {"where", 1, 1, kE, f::Where, "The items that meet the criterion."},
    {"select", 1, 1, kE, f::Select, "The expression of each item, in one collection."},
    {"repeat", 1, 1, kE, f::Repeat, "The expression of each item, again and again until nothing new comes."},
    {"ofType", 1, 1, kT, f::OfType, "The items of the type."},
    {"as", 1, 1, kT, f::OfType, "The items of the type."},
    {"is", 1, 1, kT, f::Is, "Is the item of the type?"},
    {"aggregate", 1, 2, kE, f::Aggregate, "One value from all, by way of $total."},
    {"sort", 0, 9, kE, f::Sort, "In order of the keys; a key with '-' downwards."},
    // subsetting
    {"single", 0, 0, kE, f::Single, "The only item; an error when there are more."},
    {"first", 0, 0, kE, f::First, "The first item."},
    {"last", 0, 0, kE, f::Last, "The last item."},
    {"tail", 0, 0, kE, f::Tail, "All but the first."},
    {"skip", 1, 1, kE, f::Skip, "All but the first n."},
    {"take", 1, 1, kE, f::Take, "The first n."},
    {"intersect", 1, 1, kE, f::Intersect, "The items that are in both, each once."},
    {"exclude", 1, 1, kE, f::Exclude, "The items that are not in the other collection."},
    // combining
    {"union", 1, 1, kE, f::Union, "The items of both, each once."},
    {"combine", 1, 1, kE, f::Combine, "The items of both."},
    // conversion
    {"iif", 2, 3, kE, f::Iif, "The second argument if the first is true, else the third."},
    {"toBoolean", 0, 0, kE, f::ToBooleanValue, "As a Boolean."},
    {"toInteger", 0, 0, kE, f::ToInteger, "As an Integer."},
    {"toDecimal", 0, 0, kE, f::ToDecimal, "As a Decimal."},
    {"toDate", 0, 0, kE, f::ToDate, "As a Date."},
    {"toDateTime", 0, 0, kE, f::ToDateTimeValue, "As a DateTime."},
    {"toTime", 0, 0, kE, f::ToTime, "As a Time."},
    {"toQuantity", 0, 1, kE, f::ToQuantity, "As a Quantity (in the unit)."},
    {"toString", 0, 0, kE, f::ToStringValue, "As text."},
    {"convertsToBoolean", 0, 0, kE, f::ConvertsToBoolean, "Would toBoolean() work?"},
    {"convertsToInteger", 0, 0, kE, f::ConvertsToInteger, "Would toInteger() work?"},
    {"convertsToDecimal", 0, 0, kE, f::ConvertsToDecimal, "Would toDecimal() work?"},
    {"convertsToDate", 0, 0, kE, f::ConvertsToDate, "Would toDate() work?"},
    {"convertsToDateTime", 0, 0, kE, f::ConvertsToDateTime, "Would toDateTime() work?"},
    {"convertsToTime", 0, 0, kE, f::ConvertsToTime, "Would toTime() work?"},
    {"convertsToQuantity", 0, 1, kE, f::ConvertsToQuantity, "Would toQuantity() work?"},
    {"convertsToString", 0, 0, kE, f::ConvertsToString, "Would toString() work?"},
    // strings
    {"indexOf", 1, 1, kE, f::IndexOf, "Where the text first stands, from 0; -1 when it does not."},
    {"lastIndexOf", 1, 1, kE, f::LastIndexOf, "Where the text last stands, from 0; -1 when it does not."},
    {"substring", 1, 2, kE, f::Substring, "From a place (so many characters)."},
    {"startsWith", 1, 1, kE, f::StartsWith, "Does the text start so?"},
    {"endsWith", 1, 1, kE, f::EndsWith, "Does the text end so?"},
    {"contains", 1, 1, kE, f::Contains, "Does the text hold this?"},
    {"upper", 0, 0, kE, f::Upper, "In capitals (A to Z)."},
    {"lower", 0, 0, kE, f::Lower, "In small letters (a to z)."},
    {"trim", 0, 0, kE, f::Trim, "Without white space around it."},
    {"replace", 2, 2, kE, f::Replace, "With every occurrence of the first text replaced by the second."},
    {"length", 0, 0, kE, f::Length, "How many characters?"},
    {"toChars", 0, 0, kE, f::ToChars, "The characters one by one."},
    {"split", 1, 1, kE, f::Split, "The parts between the separators."},
    {"join", 0, 1, kE, f::Join, "One text of all, with the separator between."},
    {"matches", 1, 1, kE, f::Matches, "Does the regular expression match somewhere?", f::PreparePattern},
    {"matchesFull", 1, 1, kE, f::MatchesFull, "Does the regular expression match the whole text?", f::PreparePattern},
    {"replaceMatches", 2, 2, kE, f::ReplaceMatches, "With every match replaced; $1 and ${name} are groups.", f::PreparePattern},
    {"encode", 1, 1, kE, f::Encode, "As hex, base64 or urlbase64."},
    {"decode", 1, 1, kE, f::Decode, "From hex, base64 or urlbase64."},
    {"escape", 1, 1, kE, f::Escape, "Escaped for html or json."},
    {"unescape", 1, 1, kE, f::Unescape, "Back from html or json escapes."},
    // math
    {"abs", 0, 0, kE, f::Abs, "Without sign."},
    {"ceiling", 0, 0, kE, f::Ceiling, "The next whole number up."},
    {"floor", 0, 0, kE, f::Floor, "The next whole number down."},
    {"truncate", 0, 0, kE, f::Truncate, "The whole part."},
    {"round", 0, 1, kE, f::Round, "To so many places."},
    {"exp", 0, 0, kE, f::Exp, "e to this power."},
    {"ln", 0, 0, kE, f::Ln, "The natural logarithm."},
    {"log", 1, 1, kE, f::Log, "The logarithm to a base."},
    {"power", 1, 1, kE, f::Power, "To a power."},
    {"sqrt", 0, 0, kE, f::Sqrt, "The square root."},
    // tree
    {"children", 0, 0, kE, f::Children, "All direct children."},
    {"descendants", 0, 0, kE, f::Descendants, "All children, theirs, and so on."},
    // dates
    {"now", 0, 0, kE, f::Now, "The moment of the evaluation."},
    {"today", 0, 0, kE, f::Today, "The day of the evaluation."},
    {"timeOfDay", 0, 0, kE, f::TimeOfDay, "The time of day of the evaluation."},
    {"lowBoundary", 0, 1, kE, f::LowBoundary, "The least value that is meant."},
    {"highBoundary", 0, 1, kE, f::HighBoundary, "The greatest value that is meant."},
    {"precision", 0, 0, kE, f::Precision, "How many digits are written."},
    // utility
    {"trace", 1, 2, kE, f::Trace, "Tells the trace about the items; they go on unchanged."},
    {"type", 0, 0, kE, f::TypeOf, "Namespace and name of the type."},
    {"comparable", 1, 1, kE, f::Comparable, "Do both quantities measure the same?"},
    // FHIR
    {"hasValue", 0, 0, kE, f::HasValue, "Is this one primitive with a value?"},
    {"getValue", 0, 0, kE, f::GetValue, "The primitive's value."},
    {"extension", 1, 1, kE, f::Extension, "The extensions of that URL."},
    {"hasExtension", 1, 1, kE, f::HasExtension, "Is there an extension of that URL?"},
    {"resolve", 0, 0, kE, f::Resolve, "The resources that references point to."},
    {"htmlChecks", 0, 0, kE, f::HtmlChecks, "Does the narrative hold only what FHIR allows there?"},
    {"conformsTo", 1, 1, kE, nullptr, "Does it meet the profile?"},
    {"memberOf", 1, 1, kE, f::MemberOf, "Is the code in the value set? Nothing when its codes are not known."},
    {"subsumes", 1, 1, kE, nullptr, "Is the code the same as, or above, the other?"},
    {"subsumedBy", 1, 1, kE, nullptr, "Is the code the same as, or below, the other?"},
    {"elementDefinition", 0, 0, kE, nullptr, "The definitions of the elements."},
    {"slice", 2, 2, kE, nullptr, "The items of a slice of a profile."},
    {"checkModifiers", 1, 1, kE, nullptr, "Are there no other modifier extensions?"},
    {"defineVariable", 1, 2, kE, nullptr, "Names a value for the rest of the expression."},
};

}  // namespace

std::span<const Function> Functions() { return kFunctions; }

const Function* FindFunction(std::string_view name) {
  const auto found = std::find_if(std::begin(kFunctions), std::end(kFunctions), [&](const Function& function) { return function.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

}  // namespace fhir::path
