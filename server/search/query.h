// A search as values: what is asked, of which type, in which order, how many. Parsed from a URL by
// server/search/parse.h, compiled to SQL by a backend. Nothing here knows SQL or HTTP.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/schema/registry.h"

namespace server::search {

enum class Prefix : std::uint8_t { kEq, kNe, kGt, kLt, kGe, kLe, kSa, kEb, kAp };

// One value of one criterion, as written (after unescaping of \, \| \$ and URL decoding).
struct Value {
  Prefix prefix = Prefix::kEq;
  std::string text;                    // string, uri, date, number: all of it; quantity: the number; reference: the id, or an absolute URL
  std::string system;                  // token and :identifier: before the bar; quantity: the unit's system
  std::string code;                    // token code, :identifier value, quantity unit
  bool has_system = false;             // a bar was written
  std::string reference_type;          // reference: the type, when one was written
};

enum class SumUp : std::uint8_t { kNone, kCount };
enum class Total : std::uint8_t { kNone, kEstimate, kAccurate };

struct Criterion;

// subject:Patient.name=…: the criterion that the referenced resource of that type must meet.
struct Chain {
  std::string type;
  std::shared_ptr<const Criterion> criterion;
};

// parameter[:modifier]=value,value (values are alternatives). With chains a reference to any of their
// targets counts, and `values` and `modifier` are empty.
struct Criterion {
  const fhir::schema::SearchParameter* parameter = nullptr;   // null for _id and _lastUpdated
  std::string name;                    // as written, without modifier: "_id", "subject"
  std::string modifier;                // "exact", "contains", "missing", "not", "identifier"; a reference's [type] is in its values
  std::vector<Value> values;
  std::vector<Chain> chains;           // one for each target type that knows the rest of the name
};

struct SortKey {
  const fhir::schema::SearchParameter* parameter = nullptr;   // null for _id and _lastUpdated
  std::string name;
  bool descending = false;
};

struct Include {
  std::string source_type, parameter, target_type;   // parameter "*" for all; target_type may be empty
  bool reverse = false;
  bool iterate = false;
};

struct Query {
  std::string type;
  std::vector<Criterion> criteria;     // all must hold
  std::vector<SortKey> sort;           // empty: the newest arrival first; ties too
  std::vector<Include> includes;
  int count = 20;                      // 0: as _summary=count
  Total total = Total::kNone;
  SumUp sum_up = SumUp::kNone;         // _summary=count: no entries
  bool each_patient = false;           // of Patients: matches as they are, not whoever survives of their person
  std::string cursor;                  // of the page before; empty for the first
  std::string self;                    // the parameters understood, percent-encoded, for the self link and the cursor's signature
};

}  // namespace server::search
