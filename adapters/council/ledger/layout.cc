// Reading a layout and checking it against the table of fields.
#include "adapters/council/ledger/layout.h"

#include <algorithm>
#include <array>
#include <set>

#include "adapters/base/mapping_files.h"
#include "adapters/council/ledger/cells.h"

namespace adapters::council::ledger {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

constexpr std::size_t kMaxColumns = 200;
constexpr std::array<std::string_view, 3> kPurposes = {"ledger", "payment-schedule", "reconciliation"};
constexpr std::string_view kMembers =
    " resourceType name title purpose delimiter decimal thousands date council record negativeReverses every column ";
constexpr std::string_view kScheduleColumns =
    " council person nhs-number budget entry-key mechanism service provider package pay-on first-day last-day gross contribution net currency ";
constexpr std::string_view kReconciliationColumns =
    " council person nhs-number budget return return-from return-to return-due return-received entry-key date service amount currency result reason ";
constexpr std::string_view kColumnMembers = " header holds in leftOut optional word also ";

std::string Joined(const auto& texts) {
  std::string all;
  for (const auto& text : texts) (all += all.empty() ? "" : ", ") += text;
  return all;
}

bool SameWord(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

class Reading {
 public:
  Reading(const MappingFile& file, const Codes& codes) : file_(file), codes_(codes) {}

  Result<Layout> Run() {
    TRY_ASSIGN(const fhir::Document document, ReadMapping(file_));
    const Element& root = *document.root;
    for (const Element& member : fhir::Children(root)) {
      if (!Among(kMembers, member.name)) return Wrong("'" + std::string(member.name) + "' is nothing that a layout says. Allowed:" + std::string(kMembers));
    }
    layout_.name = root.ValueOf("name");
    layout_.title = root.ValueOf("title");
    if (layout_.name.empty()) return Wrong("the layout has no name");
    TRY(ReadForm(root));
    for (const Element& column : Repeats(root, "column")) {
      TRY(ReadColumn(column));
    }
    TRY(CheckWhole());
    return std::move(layout_);
  }

 private:
  static bool Among(std::string_view names, std::string_view name) { return names.find(" " + std::string(name) + " ") != std::string_view::npos; }
  Error Wrong(const std::string& what) const { return Error(ErrorKind::kInvalid, "The layout " + file_.name + " cannot be used: " + what +
      ".").At(file_.name); }

  Result<char> One(const Element& root, std::string_view name, char fallback, std::string_view allowed) const {
    const Element* given = root.Find(name);
    if (!given) return fallback;
    const std::string_view text = given->value() == "tab" ? "\t" : given->value();
    if (text.size() != 1 || allowed.find(text[0]) == std::string_view::npos) {
      return Wrong("'" + std::string(given->value()) + "' is no " + std::string(name) + "; allowed is one of these: " + (allowed[0] == '\t' ? "tab " : "") +
          std::string(allowed.substr(allowed[0] == '\t' ? 1 : 0)));
    }
    return text[0];
  }

  Result<void> ReadForm(const Element& root) {
    const std::string_view purpose = root.Find("purpose") ? root.ValueOf("purpose") : kPurposes[0];
    const auto* at = std::ranges::find(kPurposes, purpose);
    if (at == kPurposes.end()) return Wrong("'" + std::string(purpose) + "' is no purpose; allowed: " + Joined(kPurposes));
    layout_.purpose = static_cast<Purpose>(at - kPurposes.begin());
    TRY_ASSIGN(layout_.delimiter, One(root, "delimiter", ',', "\t,;|"));
    TRY_ASSIGN(layout_.decimal, One(root, "decimal", '.', ".,"));
    TRY_ASSIGN(layout_.thousands, One(root, "thousands", 0, ".,' "));
    if (layout_.thousands == layout_.decimal) return Wrong("decimal and thousands are the same sign");
    if (root.Find("date")) layout_.date = root.ValueOf("date");
    if (!IsDatePattern(layout_.date)) return Wrong("'" + layout_.date +
        "' is no form of dates; write it with yyyy, MM or M, dd or d, and one separator, as in dd/MM/yyyy");
    layout_.council = root.ValueOf("council");
    if (root.Find("record")) {
      layout_.record = FindRecord(root.ValueOf("record"));
      if (!layout_.record) return Wrong("'" + std::string(root.ValueOf("record")) + "' is no record; allowed: budget, package, payment, return");
    }
    layout_.negative_reverses = root.ValueOf("negativeReverses") == "true";
    if (root.Find("every")) layout_.every = root.ValueOf("every");
    return {};
  }

  Result<void> ReadColumn(const Element& given) {
    for (const Element& member : fhir::Children(given)) {
      if (!Among(kColumnMembers, member.name)) return Wrong("'" + std::string(member.name) + "' is nothing that a column says. Allowed:" +
          std::string(kColumnMembers));
    }
    LayoutColumn column;
    column.header = given.ValueOf("header");
    column.left_out = given.ValueOf("leftOut");
    column.optional = given.ValueOf("optional") == "true";
    if (column.header.empty()) return Wrong("a column has no header");
    if (std::ranges::any_of(layout_.columns, [&](const LayoutColumn& other) { return SameWord(other.header, column.header); })) {
      return Wrong("the column '" + column.header + "' is there twice");
    }
    if (given.Find("holds")) { TRY(ReadUse(given, column)); }
    for (const Element& also : Repeats(given, "also")) {
      TRY(ReadUse(also, column));
    }
    if (column.uses.empty() == column.left_out.empty()) return Wrong("the column '" + column.header + "' needs one of 'holds' and 'leftOut' (with the reason)");
    if (layout_.columns.size() == kMaxColumns) return Wrong("it has more than 200 columns");
    layout_.columns.push_back(std::move(column));
    return {};
  }

  Result<void> ReadUse(const Element& given, LayoutColumn& column) {
    ColumnUse use;
    use.holds = given.ValueOf("holds");
    if (given.Find("in")) {
      use.records = " " + std::string(given.ValueOf("in")) + " ";
      for (std::string_view rest = given.ValueOf("in"); !rest.empty();) {
        const std::string_view name = rest.substr(0, rest.find(' '));
        rest.remove_prefix(std::min(rest.size(), name.size() + 1));
        if (!FindRecord(name)) return Wrong("the column '" + column.header + "' is in '" + std::string(name) +
            "', which is no record; allowed: budget, package, payment, return");
      }
    }
    if (layout_.purpose == Purpose::kLedger) {
      use.field = FindField(use.holds);
      if (!use.field) {
        std::vector<std::string_view> names;
        for (const FieldFacts& field : Fields()) names.push_back(field.name);
        return Wrong("the column '" + column.header + "' holds '" + use.holds + "', which is no field. Allowed: " + Joined(names));
      }
    }
    const std::string_view results = layout_.purpose == Purpose::kSchedule ? kScheduleColumns : kReconciliationColumns;
    if (layout_.purpose != Purpose::kLedger && !Among(results, use.holds)) {
      return Wrong("the column '" + column.header + "' holds '" + use.holds + "', which this result does not have. Allowed:" + std::string(results));
    }
    for (const Element& word : Repeats(given, "word")) {
      TRY(ReadWord(word, column, use));
    }
    column.uses.push_back(std::move(use));
    return {};
  }

  Result<void> ReadWord(const Element& given, const LayoutColumn& column, ColumnUse& use) {
    Word word{std::string(given.ValueOf("given")), std::string(given.ValueOf("is"))};
    if (word.given.empty() || word.code.empty()) return Wrong("a word of the column '" + column.header + "' lacks 'given' or 'is'");
    if (use.FindGiven(word.given)) return Wrong("the column '" + column.header + "' has the word '" + word.given + "' twice");
    const auto allowed = use.field ? codes_.find(*use.field) : codes_.end();
    if (allowed != codes_.end() && std::ranges::find(allowed->second, word.code) == allowed->second.end()) {
      return Wrong("in the column '" + column.header + "', '" + word.given + "' is '" + word.code + "'. Allowed: " + Joined(allowed->second));
    }
    use.words.push_back(std::move(word));
    return {};
  }

  // Every row must be able to say what its record demands, once.
  Result<void> CheckWhole() const {
    if (layout_.columns.empty()) return Wrong("it has no column");
    if (layout_.purpose != Purpose::kLedger) return {};
    for (std::size_t i = 0; i < kRecordCount; ++i) {
      const auto record = static_cast<Record>(i);
      if (layout_.record && layout_.record != record) continue;
      for (const FieldFacts& field : Fields()) {
        const auto said = std::ranges::count_if(layout_.columns, [&](const LayoutColumn& column) {
          return std::ranges::any_of(column.uses, [&](const ColumnUse& use) { return use.field == field.field && use.IsFor(record); });
        });
        if (said > 1) return Wrong("two columns hold " + std::string(field.name) + " for a " + std::string(NameOf(record)));
        const bool fixed = field.field == Field::kCouncil && !layout_.council.empty();
        if (said == 0 && layout_.record && Demands(record, field.field) && !fixed) return Wrong("no column holds " + std::string(field.name) +
            ", which every " + std::string(NameOf(record)) + " needs");
      }
    }
    const bool says_record = std::ranges::any_of(layout_.columns, [](const LayoutColumn& column) {
      return std::ranges::any_of(column.uses, [](const ColumnUse& use) { return use.field == Field::kRecord; });
    });
    if (says_record == layout_.record.has_value()) return Wrong("either 'record' says what every row is, or a column that holds record does");
    if (layout_.negative_reverses && !layout_.Find(Record::kPayment, Field::kReverses)) return Wrong("negativeReverses needs a column that holds reverses");
    return {};
  }

  const MappingFile& file_;
  const Codes& codes_;
  Layout layout_;
};

// The header's cells against a layout: what fits, and the first thing that does not, in words.
struct Fit {
  std::vector<std::optional<std::size_t>> columns;
  std::size_t known = 0;
  std::string fault;
};

Fit FitOf(const Layout& layout, const std::vector<std::string>& cells) {
  Fit fit;
  std::set<std::size_t> seen;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto at = std::ranges::find_if(layout.columns, [&](const LayoutColumn& column) { return SameWord(column.header, cells[i]); });
    if (at == layout.columns.end()) {
      fit.columns.emplace_back();
      if (fit.fault.empty()) fit.fault = "it does not know column " + std::to_string(i + 1) + ", " + QuotedCell(cells[i]);
      continue;
    }
    const auto index = static_cast<std::size_t>(at - layout.columns.begin());
    fit.columns.emplace_back(index);
    if (!seen.insert(index).second && fit.fault.empty()) fit.fault = "column " + std::to_string(i + 1) + ", '" + at->header + "', stands in the header twice";
    ++fit.known;
  }
  for (std::size_t i = 0; i < layout.columns.size(); ++i) {
    const LayoutColumn& column = layout.columns[i];
    if (seen.contains(i) || column.optional) continue;
    if (fit.known > 0) (fit.fault += fit.fault.empty() ? "" : ", and ") += "the header lacks '" + column.header + "'";
    if (fit.fault.empty()) fit.fault = "the header lacks '" + column.header + "'";
    break;
  }
  return fit;
}

}  // namespace

bool ColumnUse::IsFor(Record record) const {
  if (!field || !HasField(record, *field)) return false;
  return records.empty() || records.find(" " + std::string(NameOf(record)) + " ") != std::string::npos;
}

const Word* ColumnUse::FindGiven(std::string_view given) const {
  const auto at = std::ranges::find_if(words, [&](const Word& word) { return SameWord(word.given, given); });
  return at == words.end() ? nullptr : &*at;
}

const Word* ColumnUse::FindCode(std::string_view code) const {
  const auto at = std::ranges::find(words, code, &Word::code);
  return at == words.end() ? nullptr : &*at;
}

const ColumnUse* Layout::Find(Record of, Field field, std::size_t* column) const {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (const ColumnUse& use : columns[i].uses) {
      if (use.field != field || !use.IsFor(of)) continue;
      if (column) *column = i;
      return &use;
    }
  }
  return nullptr;
}

Result<Layout> ReadLayout(const MappingFile& file, const Codes& codes) { return Reading(file, codes).Run(); }

Result<Chosen> ChooseLayout(std::span<const Layout> layouts, std::string_view line, Encoding encoding) {
  Chosen chosen;
  std::string fitting, fault;
  std::size_t nearest = 0;
  for (const Layout& layout : layouts) {
    if (layout.purpose != Purpose::kLedger) continue;
    TRY_ASSIGN(const std::vector<std::string> cells, SplitLine(line, layout.delimiter, encoding));
    Fit fit = FitOf(layout, cells);
    if (fit.fault.empty()) {
      if (chosen.layout) return Error(ErrorKind::kInvalid, "The header fits two layouts, '" + chosen.layout->name + "' and '" + layout.name +
          "'. Take one of them out, or give one a column that the other has not.").At("row 1");
      chosen = {&layout, std::move(fit.columns)};
    } else if (fault.empty() || fit.known > nearest) {
      nearest = fit.known;
      fault = "'" + layout.name + "' is nearest, but " + fit.fault;
    }
  }
  if (chosen.layout) return chosen;
  return Error(ErrorKind::kInvalid, "The header fits no layout of mappings/council_ledger/layouts: " + (fault.empty() ? std::string("there is none") : fault) +
                                        ". Put the header right, or write a layout for it (mappings/council_ledger/README.md).")
      .At("row 1");
}

}  // namespace adapters::council::ledger
