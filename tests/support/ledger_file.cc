// The words and columns of both forms, written down here once more: what the layouts of mappings/council_ledger say is what is tested.
#include "tests/support/ledger_file.h"

#include <algorithm>
#include <set>
#include <utility>

namespace careloom_test {
namespace {

using Words = std::vector<std::pair<std::string, std::string>>;   // code, word

struct Column {
  std::string header, field;
  Words words;
};

struct Form {
  std::string name;
  char delimiter;
  bool uk_days, thousands, minus;        // dd/MM/yyyy; 1,234.50; a reversal has a minus sign
  std::vector<std::string> records;
  std::vector<Column> columns;
};

const Words kFrequencies = {{"Weekly", "per week"}, {"Fortnightly", "every 2 weeks"}, {"4-weekly", "every 4 weeks"}, {"Monthly", "per calendar month"}, {"Hourly", "per hour"}, {"One-off", "single"}};
const Words kHow = {{"direct-payment", "DP"}, {"council-managed", "LA"}, {"commissioned", "Comm"}, {"third-party", "ISF"}, {"notional", "Notional"}};
const Words kServices = {{"Home support or domiciliary care", "Dom care"}, {"Day support", "Day opps"}, {"Direct payment", "DP cash"}};

const std::vector<Form>& Forms(LedgerForm form) {
  static const std::vector<Form> careloom = {
      {"careloom", ',', false, false, false, {"budget", "package", "payment", "return"},
       {{"LA Code", "council", {}}, {"As At", "as-at", {}},
        {"Record", "record", {{"budget", "Budget"}, {"package", "Package"}, {"payment", "Payment"}, {"return", "Return"}}},
        {"Person ID", "person", {}}, {"NHS Number", "nhs-number", {}}, {"Budget", "budget", {}},
        {"Budget Type", "budget-type", {{"personal-health-budget", "Personal health budget"}, {"care-act-personal-budget", "Care Act personal budget"}, {"integrated-personal-budget", "Integrated personal budget"}}},
        {"Integrated Budget", "parent-budget", {}}, {"Funder", "funder", {{"council", "Council"}, {"ods:QWO", "ICB"}}},
        {"Stage", "stage", {{"agreed", "Agreed"}, {"indicative", "Indicative"}, {"closed", "Closed"}}},
        {"Delivery Mechanism", "mechanism", {{"direct-payment", "Direct payment"}, {"council-managed", "Council managed"}, {"commissioned", "Commissioned"}, {"third-party", "Third party"}, {"notional", "Notional"}}},
        {"Right To Have", "right-to-have", {{"adult-chc", "Adult CHC"}, {"section-117", "Section 117"}, {"none", "None"}}},
        {"Start", "start", {}}, {"End", "end", {}}, {"Indicative Amount", "indicative-amount", {}}, {"Agreed Amount", "agreed-amount", {}}, {"Review Due", "review-due", {}},
        {"Signed On", "signed-on", {}}, {"Signed By", "signed-by", {}}, {"Entry Key", "entry-key", {}},
        {"Kind", "kind", {{"commitment", "Commitment"}, {"charge", "Charge"}, {"transfer", "Transfer"}, {"spend", "Spend"}, {"contribution", "Contribution"}, {"reclaim", "Reclaim"}, {"reversal", "Reversal"}}},
        {"Amount", "amount", {}}, {"Date", "date", {}}, {"Reverses", "reverses", {}}, {"Meets", "meets", {}}, {"Service Component", "service", {}}, {"Provider", "provider", {}}, {"Package", "package", {}},
        {"Unit Price", "unit-price", {}}, {"Quantity", "quantity", {}}, {"Frequency", "frequency", {}}, {"Description", "description", {}},
        {"Return", "return", {}}, {"Return From", "return-from", {}}, {"Return To", "return-to", {}}, {"Return Due", "return-due", {}}, {"Return Received", "return-received", {}}}}};
  const auto with = [](std::vector<Column> columns) {
    columns.insert(columns.begin(), {{"Authority", "council", {}}, {"Extract date", "as-at", {}}, {"Client No", "person", {}}, {"NHS", "nhs-number", {}}});
    return columns;
  };
  static const std::vector<Form> shire = {
      {"shire-budgets", ';', true, true, false, {"budget"},
       with({{"Budget Ref", "budget", {}}, {"Fund Type", "budget-type", {{"personal-health-budget", "PHB"}, {"care-act-personal-budget", "PB"}, {"integrated-personal-budget", "IPB"}}},
             {"Joint Budget Ref", "parent-budget", {}}, {"Paid by", "funder", {{"council", "LA"}, {"ods:QWO", "Health"}}}, {"Status", "stage", {{"agreed", "Live"}, {"indicative", "Proposed"}, {"closed", "Ended"}}},
             {"How", "mechanism", kHow}, {"Entitlement", "right-to-have", {{"adult-chc", "CHC"}, {"section-117", "S117"}, {"none", "-"}}}, {"From date", "start", {}}, {"To date", "end", {}},
             {"Estimate", "indicative-amount", {}}, {"Approved", "agreed-amount", {}}, {"Next review", "review-due", {}}, {"DP agreement signed", "signed-on", {}}, {"Signatory", "signed-by", {}},
             {"Note", "description", {}}, {"Cost Centre", "", {}}})},
      {"shire-packages", ';', true, true, false, {"package"},
       with({{"Line No", "entry-key", {}}, {"Budget Ref", "budget", {}}, {"Package No", "package", {}}, {"Service", "service", kServices}, {"Supplier", "provider", {}}, {"How", "mechanism", kHow},
             {"From date", "start", {}}, {"To date", "end", {}}, {"Rate", "unit-price", {}}, {"Units", "quantity", {}}, {"Basis", "frequency", kFrequencies}, {"Goal No", "goal", {}}, {"Note", "description", {}}})},
      {"shire-payments", ';', true, true, true, {"payment"},
       with({{"Journal", "entry-key", {}}, {"Budget Ref", "budget", {}},
             {"Posting", "kind", {{"commitment", "PO"}, {"charge", "Invoice"}, {"transfer", "DP paid"}, {"spend", "Expense"}, {"contribution", "Client charge"}, {"reclaim", "Refund"}, {"reversal", "Correction"}}},
             {"Value", "amount", {}}, {"Ccy", "currency", {}}, {"Posted", "date", {}}, {"Contra Journal", "reverses", {}}, {"PO Journal", "meets", {}}, {"Service", "service", kServices}, {"Supplier", "provider", {}},
             {"Package No", "package", {}}, {"Note", "description", {}}, {"Cost Centre", "", {}}})},
      {"shire-returns", ';', true, true, false, {"return"},
       with({{"Journal", "entry-key", {}}, {"Budget Ref", "budget", {}}, {"Form No", "return", {}}, {"Period from", "return-from", {}}, {"Period to", "return-to", {}}, {"Form due", "return-due", {}},
             {"Form received", "return-received", {}}, {"Spent on", "date", {}}, {"Spent", "amount", {}}, {"Service", "service", kServices}, {"Paid to", "provider", {}}, {"Note", "description", {}}})}};
  return form == LedgerForm::kCareloom ? careloom : shire;
}

bool IsDay(const std::string& text) { return text.size() == 10 && text[4] == '-' && text[7] == '-'; }

std::string Thousands(std::string amount) {
  for (std::size_t at = amount.find('.'); at > 3; at -= 3) amount.insert(at - 3, ",");
  return amount;
}

std::string Cell(const Form& form, const Column& column, const LedgerRow& row) {
  if (column.field.empty()) return "CC-4711";
  const auto at = row.find(column.field);
  if (at == row.end() || at->second.empty()) return {};
  for (const auto& [code, word] : column.words) {
    if (code == at->second) return word;
  }
  if (form.uk_days && IsDay(at->second)) return at->second.substr(8) + "/" + at->second.substr(5, 2) + "/" + at->second.substr(0, 4);
  const bool money = column.field.ends_with("amount") || column.field == "unit-price";
  const auto kind = row.find("kind");
  const std::string sign = money && form.minus && kind != row.end() && kind->second == "reversal" ? "-" : "";
  return money && form.thousands ? sign + Thousands(at->second) : at->second;
}

void AppendQuoted(std::string& line, const std::string& cell, char delimiter) {
  if (cell.find_first_of(std::string("\"\r\n") + delimiter) == std::string::npos) {
    line += cell;
    return;
  }
  line += '"';
  for (const char c : cell) line += c == '"' ? std::string("\"\"") : std::string(1, c);
  line += '"';
}

std::int64_t Pennies(const std::string& amount) {
  std::int64_t pennies = 0;
  for (const char c : amount) {
    if (c != '.') pennies = pennies * 10 + (c - '0');
  }
  return pennies;
}

std::string At(const LedgerRow& row, const std::string& field) {
  const auto at = row.find(field);
  return at == row.end() ? std::string() : at->second;
}

}  // namespace

LedgerFiles WriteLedger(const std::vector<LedgerRow>& rows, LedgerForm which) {
  LedgerFiles written;
  for (const Form& form : Forms(which)) {
    std::string text;
    for (const Column& column : form.columns) {
      if (&column != &form.columns.front()) text += form.delimiter;
      AppendQuoted(text, column.header, form.delimiter);
    }
    text += "\r\n";
    for (const LedgerRow& row : rows) {
      if (std::ranges::find(form.records, At(row, "record")) == form.records.end()) continue;
      for (const Column& column : form.columns) {
        if (&column != &form.columns.front()) text += form.delimiter;
        AppendQuoted(text, Cell(form, column, row), form.delimiter);
      }
      text += "\r\n";
    }
    written.names.push_back(form.name);
    written.files.push_back(std::move(text));
  }
  return written;
}

std::vector<std::map<std::string, std::string>> ReadTable(std::string_view bytes, char delimiter) {
  std::vector<std::vector<std::string>> lines(1, std::vector<std::string>(1));
  bool quoted = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (quoted && c == '"' && i + 1 < bytes.size() && bytes[i + 1] == '"') {
      lines.back().back() += bytes[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == delimiter) {
      lines.back().emplace_back();
    } else if (!quoted && c == '\n') {
      lines.emplace_back(1);
    } else if (quoted || c != '\r') {
      lines.back().back() += c;
    }
  }
  std::vector<std::map<std::string, std::string>> rows;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    auto& row = rows.emplace_back();
    for (std::size_t k = 0; k < lines[i].size() && k < lines[0].size(); ++k) {
      if (!lines[i][k].empty()) row[lines[0][k]] = lines[i][k];
    }
  }
  return rows;
}

std::vector<LedgerRow> ReadLedger(std::string_view bytes) {
  const Form& form = Forms(LedgerForm::kCareloom).front();
  std::vector<LedgerRow> rows;
  for (const auto& cells : ReadTable(bytes)) {
    LedgerRow& row = rows.emplace_back();
    for (const Column& column : form.columns) {
      const auto at = cells.find(column.header);
      if (at == cells.end()) continue;
      row[column.field] = at->second;
      for (const auto& [code, word] : column.words) {
        if (word == at->second) row[column.field] = code;
      }
    }
  }
  return rows;
}

std::int64_t LedgerPennies(const std::vector<LedgerRow>& rows, std::string_view kind, std::string_view budget) {
  std::set<std::string> reversed;
  for (const LedgerRow& row : rows) reversed.insert(At(row, "reverses"));
  std::int64_t pennies = 0;
  for (const LedgerRow& row : rows) {
    const std::string of = At(row, "record") == "return" && !At(row, "entry-key").empty() ? "spend" : At(row, "kind");
    if (of != kind || (!budget.empty() && At(row, "budget") != budget) || reversed.contains(At(row, "entry-key"))) continue;
    pennies += Pennies(At(row, "amount"));
  }
  return pennies;
}

}  // namespace careloom_test
