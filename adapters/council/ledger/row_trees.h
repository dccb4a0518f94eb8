// What the trees of rows have in common: references to what is stored or new, and cells put in by what their field holds.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "adapters/base/source_tree.h"
#include "adapters/council/ledger/to_fhir.h"

namespace adapters::council::ledger {

class RowTrees {
 protected:
  // The input must outlive it.
  explicit RowTrees(const FhirInput& input);

  // By number, 1 up.
  const Line& At(std::size_t line) const;
  std::string Uuid(std::string_view type, std::string_view system, std::string_view value) const;
  // "Account/7".
  static std::string IdOf(const fhir::Element& resource);
  void Refer(SourceTree& tree, std::string_view name, const std::string& reference, std::uint32_t leaf = 0) const;
  // Texts for Reference.reference: of what is stored its id, of what is new its name in the transaction.
  std::string Patient() const;
  std::string Council() const;
  std::string Account(const std::string& reference) const;
  std::string Entry(const std::string& key) const;
  std::string Named(std::string_view type, std::string_view kind, const std::string& value) const;
  // The cell of that field as a child of the root; `line` says which cell.
  void AddConcept(SourceTree& tree, std::string_view name, std::size_t line, Field field) const;
  void AddText(SourceTree& tree, std::size_t line, Field field) const;
  void AddMoney(SourceTree& tree, std::size_t line, Field field) const;
  void AddCurrency(SourceTree& tree, std::size_t line) const;
  void AddPeriod(SourceTree& tree, std::size_t line) const;
  // Which file says it.
  void AddSubmitted(SourceTree& tree, std::size_t line) const;
  // The package, or the service of Client Level Data, that it is for.
  void AddEpisode(SourceTree& tree, std::size_t line) const;
  // By identifier, and by id where exactly one such resource of the person is stored.
  void AddLogical(SourceTree& tree, std::string_view name, std::string_view type, const std::string& system, const std::string& value,
      std::uint32_t leaf) const;
  // A spend as the return's Task lists it, in the order `count`.
  void AddReturnLine(SourceTree& tree, const std::string& key, std::size_t count) const;

  const FhirInput& input_;
  const std::string_view scope_;
  std::map<std::string, std::size_t, std::less<>> budgets_, keys_;   // lines, 1 up, by reference and entry key
};

}  // namespace adapters::council::ledger
