// The parts of a map's text below its groups; parser.cc puts them together. All fail with kInvalid at
// "file:line:column".
#pragma once

#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/mapping/model.h"
#include "fhir/mapping/token_stream.h"

namespace fhir::mapping {

// src.element : type min..max default x first as v where … check … log …
Result<Source> ParseSource(TokenStream& in);
// tgt.element = transform as v share s
Result<Target> ParseTarget(TokenStream& in);
// (a, 'b', (FHIRPath))
Result<std::vector<Argument>> ParseArguments(TokenStream& in);
// An alias, a type ("Patient.contact") or a url in quotes.
Result<std::string> ParseTypeName(TokenStream& in);
// conceptmap "#id" { … }; the word is next.
Result<EmbeddedConceptMap> ParseConceptMap(TokenStream& in);

}  // namespace fhir::mapping
