// The query part of a search URL to a Query (https://hl7.org/fhir/R4/search.html). Everything in it is
// understood or refused; nothing is passed over.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.h"
#include "fhir/schema/registry.h"
#include "fhir/search/extract.h"
#include "server/search/query.h"

namespace server::search {

struct ParseOptions {
  int default_count = 20;              // entries a page, when _count is not given
  int max_count = 1000;                // a higher _count gets this many
  std::size_t max_parameters = 40;     // kTooLarge over these
  std::size_t max_values = 100;        // in one criterion, after "," or
  std::size_t max_includes = 10;
  bool criteria_only = false;          // for conditional interactions: _count, _sort and the like are refused
};

// `raw` is what follows '?', percent-encoded as received (for POST _search the form, joined by '&'). `_format`
// and `_pretty` are the caller's and passed over here. `_cursor` is the next page's place.
// kInvalid: unknown parameter (the text lists the known ones), unreadable value, unknown type. kUnsupported:
// a parameter, modifier or form that R4 has and Careloom does not.
fhir::Result<Query> ParseQuery(std::string_view type, std::string_view raw, const fhir::schema::Registry& registry,
                               const fhir::search::Extractor& extractor, const ParseOptions& options = {});

}  // namespace server::search
