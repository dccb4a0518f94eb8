// What a store finds when it compares itself with itself (Store::Verify): counts of what was compared, and each place
// where two things that must agree do not. Findings name resources and messages by their ids, never a value of theirs.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace server::storage {

enum class VerifyKind : std::uint8_t {
  kFile,        // the database file itself
  kVersion,     // a version's body, or its place among the others
  kIndex,       // what search goes by: facts, home, index rows
  kDirectory,   // from an id to its resource
  kCounter,     // counts by type
  kPerson,      // which Patients are one person
  kMessage,     // the inbox
};

struct VerifyFinding {
  VerifyKind kind = VerifyKind::kFile;
  std::string where;   // "Observation/123", "message 6f1e…", a type's name; empty: the whole store
  std::string text;    // what is wrong
};

struct VerifyCounts {
  std::int64_t resources = 0, versions = 0, index_rows = 0, messages = 0, message_bytes = 0, findings = 0;
};

using VerifyReport = std::function<void(const VerifyFinding&)>;

}  // namespace server::storage
