// The functions of each family, for the catalogue alone.
#pragma once

#include "fhir/path/functions/catalogue.h"

namespace fhir::path::functions {

// existence.cc
Result<Values> Empty(Evaluator&, const Call&);
Result<Values> Exists(Evaluator&, const Call&);
Result<Values> All(Evaluator&, const Call&);
Result<Values> AllTrue(Evaluator&, const Call&);
Result<Values> AnyTrue(Evaluator&, const Call&);
Result<Values> AllFalse(Evaluator&, const Call&);
Result<Values> AnyFalse(Evaluator&, const Call&);
Result<Values> SubsetOf(Evaluator&, const Call&);
Result<Values> SupersetOf(Evaluator&, const Call&);
Result<Values> Count(Evaluator&, const Call&);
Result<Values> Distinct(Evaluator&, const Call&);
Result<Values> IsDistinct(Evaluator&, const Call&);
Result<Values> Not(Evaluator&, const Call&);

// filtering.cc
Result<Values> Where(Evaluator&, const Call&);
Result<Values> Select(Evaluator&, const Call&);
Result<Values> Repeat(Evaluator&, const Call&);
Result<Values> OfType(Evaluator&, const Call&);
Result<Values> Is(Evaluator&, const Call&);
Result<Values> Aggregate(Evaluator&, const Call&);
Result<Values> Sort(Evaluator&, const Call&);

// subsetting.cc
Result<Values> Single(Evaluator&, const Call&);
Result<Values> First(Evaluator&, const Call&);
Result<Values> Last(Evaluator&, const Call&);
Result<Values> Tail(Evaluator&, const Call&);
Result<Values> Skip(Evaluator&, const Call&);
Result<Values> Take(Evaluator&, const Call&);
Result<Values> Intersect(Evaluator&, const Call&);
Result<Values> Exclude(Evaluator&, const Call&);

// combining.cc
Result<Values> Union(Evaluator&, const Call&);
Result<Values> Combine(Evaluator&, const Call&);

// conversion.cc
Result<Values> Iif(Evaluator&, const Call&);
Result<Values> ToBooleanValue(Evaluator&, const Call&);
Result<Values> ToInteger(Evaluator&, const Call&);
Result<Values> ToDecimal(Evaluator&, const Call&);
Result<Values> ToDate(Evaluator&, const Call&);
Result<Values> ToDateTimeValue(Evaluator&, const Call&);
Result<Values> ToTime(Evaluator&, const Call&);
Result<Values> ToQuantity(Evaluator&, const Call&);
Result<Values> ToStringValue(Evaluator&, const Call&);
Result<Values> ConvertsToBoolean(Evaluator&, const Call&);
Result<Values> ConvertsToInteger(Evaluator&, const Call&);
Result<Values> ConvertsToDecimal(Evaluator&, const Call&);
Result<Values> ConvertsToDate(Evaluator&, const Call&);
Result<Values> ConvertsToDateTime(Evaluator&, const Call&);
Result<Values> ConvertsToTime(Evaluator&, const Call&);
Result<Values> ConvertsToQuantity(Evaluator&, const Call&);
Result<Values> ConvertsToString(Evaluator&, const Call&);

// strings.cc
Result<Values> IndexOf(Evaluator&, const Call&);
Result<Values> LastIndexOf(Evaluator&, const Call&);
Result<Values> Substring(Evaluator&, const Call&);
Result<Values> StartsWith(Evaluator&, const Call&);
Result<Values> EndsWith(Evaluator&, const Call&);
Result<Values> Contains(Evaluator&, const Call&);
Result<Values> Upper(Evaluator&, const Call&);
Result<Values> Lower(Evaluator&, const Call&);
Result<Values> Trim(Evaluator&, const Call&);
Result<Values> Replace(Evaluator&, const Call&);
Result<Values> Length(Evaluator&, const Call&);
Result<Values> ToChars(Evaluator&, const Call&);
Result<Values> Split(Evaluator&, const Call&);
Result<Values> Join(Evaluator&, const Call&);

// patterns.cc
// The compiled regular expression of a call whose pattern is a literal; null for another.
std::shared_ptr<const void> PreparePattern(const Node& call);
Result<Values> Matches(Evaluator&, const Call&);
Result<Values> MatchesFull(Evaluator&, const Call&);
Result<Values> ReplaceMatches(Evaluator&, const Call&);

// encoding.cc
Result<Values> Encode(Evaluator&, const Call&);
Result<Values> Decode(Evaluator&, const Call&);
Result<Values> Escape(Evaluator&, const Call&);
Result<Values> Unescape(Evaluator&, const Call&);

// math.cc
Result<Values> Abs(Evaluator&, const Call&);
Result<Values> Ceiling(Evaluator&, const Call&);
Result<Values> Floor(Evaluator&, const Call&);
Result<Values> Truncate(Evaluator&, const Call&);
Result<Values> Round(Evaluator&, const Call&);
Result<Values> Exp(Evaluator&, const Call&);
Result<Values> Ln(Evaluator&, const Call&);
Result<Values> Log(Evaluator&, const Call&);
Result<Values> Power(Evaluator&, const Call&);
Result<Values> Sqrt(Evaluator&, const Call&);

// tree.cc
Result<Values> Children(Evaluator&, const Call&);
Result<Values> Descendants(Evaluator&, const Call&);

// dates.cc
Result<Values> Now(Evaluator&, const Call&);
Result<Values> Today(Evaluator&, const Call&);
Result<Values> TimeOfDay(Evaluator&, const Call&);

// boundaries.cc
Result<Values> LowBoundary(Evaluator&, const Call&);
Result<Values> HighBoundary(Evaluator&, const Call&);
Result<Values> Precision(Evaluator&, const Call&);

// utility.cc
Result<Values> Trace(Evaluator&, const Call&);
Result<Values> TypeOf(Evaluator&, const Call&);
Result<Values> Comparable(Evaluator&, const Call&);

// fhir.cc
Result<Values> HasValue(Evaluator&, const Call&);
Result<Values> GetValue(Evaluator&, const Call&);
Result<Values> Extension(Evaluator&, const Call&);
Result<Values> HasExtension(Evaluator&, const Call&);
Result<Values> Resolve(Evaluator&, const Call&);
Result<Values> MemberOf(Evaluator&, const Call&);

// narrative.cc
Result<Values> HtmlChecks(Evaluator&, const Call&);

}  // namespace fhir::path::functions
