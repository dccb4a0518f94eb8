// The tables of the strategic reporting set and their columns, as mappings/tpp/models has them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters::gp::tpp {

enum class Holds : std::uint8_t { kText, kTime };

struct Column {
  std::string name;            // as the header has it
  Holds holds = Holds::kText;
  bool mandatory = false;      // the header must have it, and every row a value
};

inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

struct Table {
  std::string name;            // "SRGoal"
  std::string resource;        // "Goal": what its rows become, or a part of
  std::string kind;            // "tpp-goal": of the resource's identifier
  std::vector<Column> columns;
  // Places in `columns`.
  std::size_t row = kNone, organisation = kNone, patient = kNone;
  std::size_t key = kNone;     // names the resource; where it is empty, the row's own id does
  std::size_t removed = kNone; // says that the row was taken back; kNone: the table has no such column

  std::size_t Find(std::string_view column) const;   // kNone: not one of its columns
};

class Tables {
 public:
  // Of the models that name a resource. kInvalid naming the table and what it lacks.
  static fhir::Result<std::shared_ptr<const Tables>> Load(std::span<const fhir::Document> models);

  const std::vector<Table>& all() const { return tables_; }
  const Table& at(std::size_t number) const { return tables_[number]; }
  // By its name, whatever the case; kNone.
  std::size_t Find(std::string_view name) const;
  // The table that a file of that name holds ("SRGoal.csv", "202603_SRGoal_2.csv"); kNone.
  std::size_t OfFile(std::string_view file_name) const;
  // The table whose header that is: all its mandatory columns, and the most of those known; kNone.
  std::size_t OfHeader(std::span<const std::string> header) const;
  // "SRCarePlan, SRGoal, …"
  std::string Names() const;

 private:
  std::vector<Table> tables_;   // in the order of their names
};

}  // namespace adapters::gp::tpp
