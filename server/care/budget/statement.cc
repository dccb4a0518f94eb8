// $statement: every figure of a budget with the entries that it comes from, reckoned from the ledger alone (fhir/money/README.md).
#include <algorithm>
#include <charconv>

#include "fhir/money/statement.h"
#include "server/care/budget/arguments.h"
#include "server/care/budget/budget.h"
#include "server/care/budget/family.h"
#include "server/care/budget/statement.h"
#include "server/care/budget/today.h"
#include "server/care/budget/writing.h"
#include "server/care/parts.h"

namespace server::care::budget {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::money::Figure;
using fhir::money::Group;

namespace {

struct Wish {
  fhir::money::Window window;
  fhir::money::StatementOptions options;
  bool funders = true, mechanisms = true, goals = true, entries = true;
};

Result<Wish> Read(const App& app, const Element& parameters) {
  TRY_ASSIGN(const Arguments arguments, Arguments::Read(parameters, {"date", "from", "to", "period", "tolerance", "groups*", "entries"}));
  Wish wish;
  TRY_ASSIGN(const auto date, arguments.Day("date"));
  TRY_ASSIGN(wish.window.from, arguments.Day("from"));
  TRY_ASSIGN(const auto to, arguments.Day("to"));
  TRY_ASSIGN(const Element* period, arguments.Value("period", {"valuePeriod"}));
  if ((date && (wish.window.from || to || period)) || (period && (wish.window.from || to))) return Error(ErrorKind::kInvalid, "Give a date, or from and to, or a period.").At("Parameters.parameter").WithIssueType("value");
  wish.window.to = to ? *to : date ? *date : Today(app);
  if (period) {
    TRY_ASSIGN(const fhir::money::Days days, fhir::money::ReadDays(*period));
    wish.window.from = days.first;
    wish.window.to = days.last.value_or(Today(app));
  }
  TRY_ASSIGN(const Element* tolerance, arguments.Value("tolerance", {"valueInteger", "valueDecimal", "valueUnsignedInt", "valuePositiveInt"}));
  if (tolerance) {
    const std::string_view text = tolerance->value();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wish.options.under_percent);
    if (error != std::errc() || end != text.data() + text.size() || wish.options.under_percent < 0 || wish.options.under_percent > 100) {
      return Error(ErrorKind::kInvalid, "The tolerance is '" + std::string(text) + "'. Allowed is a whole number of percent, 0 to 100.").At(fhir::PathOf(*tolerance)).WithIssueType("value");
    }
  }
  const auto groups = arguments.All("groups");
  if (!groups.empty()) wish.funders = wish.mechanisms = wish.goals = false;
  for (const Element* group : groups) {
    const Element* code = group->Find("valueCode") ? group->Find("valueCode") : group->Find("valueString");
    const std::string_view word = code ? code->value() : "";
    if (word != "funder" && word != "mechanism" && word != "goal" && word != "none") return Error(ErrorKind::kInvalid, "'" + std::string(word) + "' is no grouping. Allowed are funder, mechanism, goal and none.").At(PlaceOf(*group)).WithIssueType("value");
    wish.funders |= word == "funder";
    wish.mechanisms |= word == "mechanism";
    wish.goals |= word == "goal";
  }
  TRY_ASSIGN(wish.entries, arguments.Flag("entries", true));
  return wish;
}

void AddGroup(Document& document, Element* parent, const Group& group, const Wish& wish, const std::string& currency, const std::vector<fhir::money::Entry>& entries, bool judged) {
  for (std::size_t i = 0; i < fhir::money::kFigures; ++i) {
    const auto figure = static_cast<Figure>(i);
    const fhir::money::Value& value = group[figure];
    if (!value.known) continue;
    Element* part = AddParameter(document, parent, CodeOf(figure));
    fhir::money::WriteAmount(document, document.Add(AddParameter(document, part, "amount"), "valueMoney"), {value.amount, currency});
    if (!wish.entries) continue;
    for (const fhir::money::Part& one : value.parts) {
      Element* entry = AddParameter(document, part, "entry");
      AddReference(document, AddParameter(document, entry, "item"), "valueReference", "ChargeItem/" + entries[one.entry].id);
      fhir::money::WriteAmount(document, document.Add(AddParameter(document, entry, "amount"), "valueMoney"), {one.amount, currency});
    }
  }
  if (!judged) return;
  document.AddBoolean(AddParameter(document, parent, "over"), "valueBoolean", group.over);
  document.AddBoolean(AddParameter(document, parent, "under"), "valueBoolean", group.under);
}

Result<Document> ToParameters(const Family& family, const Entries& ledger, const fhir::money::Statement& statement, const Wish& wish) {
  const std::vector<fhir::money::Entry>& entries = ledger.all;
  Document document;
  Element* root = document.root = document.NewResource("Parameters");
  AddReference(document, AddParameter(document, root, "account"), "valueReference", family.head.name());
  for (const StoredBudget& part : family.parts) AddReference(document, AddParameter(document, root, "part"), "valueReference", part.name());
  AddReference(document, AddParameter(document, root, "subject"), "valueReference", family.head.budget.subject);
  if (family.head.budget.stage != fhir::money::Stage::kUnsaid) document.AddString(AddParameter(document, root, "stage"), "valueCode", CodeOf(family.head.budget.stage));
  Element* period = document.Add(AddParameter(document, root, "period"), "valuePeriod");
  document.AddString(period, "start", fhir::money::FormatDay(statement.from));
  document.AddString(period, "end", fhir::money::FormatDay(statement.to));
  AddGroup(document, AddParameter(document, root, "total"), statement.total, wish, statement.currency, entries, true);
  const auto add = [&](std::string_view name, const std::vector<Group>& groups, bool judged, auto&& add_key) {
    for (const Group& group : groups) {
      Element* item = AddParameter(document, root, name);
      add_key(AddParameter(document, item, "key"), group.key);
      AddGroup(document, item, group, wish, statement.currency, entries, judged);
    }
  };
  const auto as_text = [&](Element* key, const std::string& text) { document.AddString(key, "valueString", text); };
  if (wish.funders) add("funder", statement.by_funder, true, as_text);
  if (wish.mechanisms) add("mechanism", statement.by_mechanism, false, as_text);
  if (wish.goals) {
    add("goal", statement.by_goal, false, [&](Element* key, const std::string& text) {
      if (text == fhir::money::kNone) return as_text(key, text);
      AddReference(document, key, "valueReference", "Goal/" + text);
    });
  }
  const auto not_reckoned = [&](const std::string& name, const std::string& reason) {
    Element* item = AddParameter(document, root, "not-reckoned");
    AddReference(document, AddParameter(document, item, "item"), "valueReference", name);
    document.AddString(AddParameter(document, item, "reason"), "valueString", reason);
  };
  for (const fhir::money::Entry& one : entries) {
    if (!one.lacks.empty()) not_reckoned("ChargeItem/" + one.id, one.lacks);
  }
  for (const Unread& unread : ledger.unread) not_reckoned(unread.name, unread.reason);
  return document;
}

}  // namespace

Result<fhir::money::Statement> Reckon(const Family& family, const std::vector<fhir::money::Entry>& entries, const fhir::money::Window& window, const fhir::money::StatementOptions& options) {
  std::vector<fhir::money::Budget> budgets;
  for (const StoredBudget* leaf : family.Leaves()) budgets.push_back(leaf->budget);
  return fhir::money::MakeStatement(budgets, entries, window, options);
}

Result<Outcome> MakeStatement(const App& app, storage::Reader& reader, const std::string& id, const Element& parameters) {
  TRY_ASSIGN(const Wish wish, Read(app, parameters));
  TRY_ASSIGN(const Family family, ReadFamily(app, reader, id));
  TRY_ASSIGN(const Entries ledger, ReadEntries(app, reader, family));
  auto statement = Reckon(family, ledger.all, wish.window, wish.options);
  if (!statement) return std::move(statement).error();
  Outcome outcome;
  TRY_ASSIGN(outcome.answer, ToParameters(family, ledger, *statement, wish));
  return outcome;
}

}  // namespace server::care::budget
