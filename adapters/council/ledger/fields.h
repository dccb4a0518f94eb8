// What a council's finance ledger can say, whatever its columns are called: the fields, what each holds, and which kinds of row have
// them. A layout (layout.h) names the columns; mappings/council_ledger/README.md explains each field.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace adapters::council::ledger {

enum class Field : std::uint8_t {
  kCouncil, kAsAt, kRecord, kPerson, kNhsNumber,                                    // of the file and of the person
  kBudget, kBudgetType, kParent, kFunder, kStage, kMechanism, kRightToHave,          // of a budget; kBudget and kMechanism of every row
  kStart, kEnd, kIndicative, kAgreed, kOverPolicy, kReviewDue, kSignedOn, kSignedBy,
  kKey, kKind, kAmount, kCurrency, kDate, kReverses, kMeets,                         // of an entry
  kService, kProvider, kPackage, kEventReference, kUnitPrice, kQuantity, kFrequency, // of a planned line, some of an entry
  kGoal, kDescription,
  kReturn, kReturnFrom, kReturnTo, kReturnDue, kReturnReceived,                      // of the return that a spend comes from
};
inline constexpr std::size_t kFieldCount = static_cast<std::size_t>(Field::kReturnReceived) + 1;

// kWord: one of a few words, each with a code; kOpenWord: other words are kept as they are.
enum class Holds : std::uint8_t { kText, kDay, kMoney, kNumber, kWord, kOpenWord };

// A row: a budget as it stands, a planned line of a package, a payment (any posting), a line of a direct-payment return (without entry
// key: the return itself, of which no line is known).
enum class Record : std::uint8_t { kBudget, kPackage, kPayment, kReturn };
inline constexpr std::size_t kRecordCount = 4;

struct FieldFacts {
  Field field;
  std::string_view name;       // in layouts and findings: "agreed-amount"
  std::string_view element;    // in the logical models: "agreedAmount"
  Holds holds;
  std::string_view records;    // letters of those that have it: b, p, t (payment), r; a capital where it must not be empty
};

const std::array<FieldFacts, kFieldCount>& Fields();
inline const FieldFacts& FactsOf(Field field) { return Fields()[static_cast<std::size_t>(field)]; }
std::optional<Field> FindField(std::string_view name);
std::optional<Field> FindElement(std::string_view element);

std::string_view NameOf(Record record);   // "budget", "package", "payment", "return"
std::optional<Record> FindRecord(std::string_view name);
bool HasField(Record record, Field field);
bool Demands(Record record, Field field);
// Such a row is posted once and never changed; the others say how something stands.
inline bool IsPosting(Record record) { return record == Record::kPayment || record == Record::kReturn; }

using Cells = std::array<std::string, kFieldCount>;

// A row in normal form: days YYYY-MM-DD, money with two places, words as their codes.
struct Facts {
  Record record = Record::kPayment;
  std::string layout;          // the name of the one that it came by; empty out of the store
  Cells values;
  Cells words;                 // the word as given, where it is not the one that its layout writes for the code

  const std::string& operator[](Field field) const { return values[static_cast<std::size_t>(field)]; }
  std::string& operator[](Field field) { return values[static_cast<std::size_t>(field)]; }
};

// For the staging, and back; false for bytes that PackFacts did not make.
std::string PackFacts(const Facts& facts);
bool UnpackFacts(std::string_view bytes, Facts& facts);

}  // namespace adapters::council::ledger
