// A GP Connect record as read: the Bundle as received, a working copy that keys and references are written
// into, and what is known of each entry before anything is translated.
#pragma once

#include <deque>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/base/ledger.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters::gp::connect {

// Our own names all start here.
inline constexpr std::string_view kBase = "https://careloom.example/fhir/";

// One resource type of GP Connect.
struct Kind {
  std::string_view type;        // STU3 name: "ReferralRequest"
  std::string_view r4_type;     // "ServiceRequest"
  std::string_view map;         // file in mappings/gp_connect, without ".map"
  std::string_view key_system;  // of the identifier that is a key everywhere; empty: the first identifier it has
  bool is_nobodys = false;      // belongs to no person: shared by records
  bool own_key = true;          // its own identifier is a key; else only key_system's
};
// All of them, by STU3 name.
std::span<const Kind> Kinds();
// Null for a type that GP Connect does not send.
const Kind* FindKind(std::string_view stu3_type);

enum class Fate { kStored, kMerged, kReported };

struct Entry {
  fhir::Element* resource = nullptr;        // in Record::work
  const fhir::Element* received = nullptr;  // the whole Bundle.entry in Record::received; null for one taken out of a List
  std::string path;                         // "Bundle.entry[3]"; empty for one taken out of its container
  const Kind* kind = nullptr;
  std::string_view id;
  const Entry* container = nullptr;  // the resource that contained it; null for an entry of the Bundle
  std::string canonical;             // canonical text of the resource as received
  std::string key_system, key_value;
  std::string uuid;  // its place in the transaction: "urn:uuid:" + uuid
  Fate fate = Fate::kStored;
  Entry* same_as = nullptr;         // of a merged one
  fhir::Element* output = nullptr;  // the R4 resource, when translated
};

struct Record {
  fhir::Document received, work;
  std::deque<Entry> entries;                                         // addresses stay
  std::map<std::string, Entry*, std::less<>> by_reference;           // "Type/id", "urn:uuid:…" and fullUrls as the source has them
  std::map<std::pair<const Entry*, std::string>, Entry*> by_anchor;  // "#id" within a resource
  Entry* patient = nullptr;
  const Entry* practice_entry = nullptr;  // its Organization; null when the record does not hold it
  std::string practice;                   // ODS code of the practice whose record it is, or "unknown"
  std::string as_of;                      // instant of the record's time; empty when it has no date at all
};

// Reads and checks the bytes. Fails with kInvalid for what is not a JSON Bundle, with kUnprocessable for an
// error that the GP system answered with, and for a Bundle without exactly one person.
// Entries that cannot be taken in (no resource, unknown type) are there with the fate kReported.
fhir::Result<Record> ReadRecord(std::string_view bytes);

}  // namespace adapters::gp::connect
