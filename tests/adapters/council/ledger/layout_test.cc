// Layouts as data: a council's own form of file fits without code, and a layout that cannot be used says why.
#include "adapters/base/embedded.h"
#include "adapters/council/ledger/cells.h"
#include "adapters/council/ledger/layout.h"
#include "fhir/json/reader.h"
#include "fhir/money/ledger.h"
#include "fhir/money/names.h"
#include "tests/adapters/council/cld/people.h"
#include "tests/adapters/council/ledger/files.h"

using namespace careloom_test;
using namespace careloom_test::ledger;
using namespace adapters::council::ledger;

namespace {

const Codes& SomeCodes() {
  static const Codes codes = {{Field::kKind, {"charge", "transfer", "reversal"}}, {Field::kBudgetType, {"personal-health-budget"}},
      {Field::kRecord, {"budget", "package", "payment", "return"}}};
  return codes;
}

fhir::Result<Layout> ReadText(const std::string& json) { return ReadLayout({"council_ledger/layouts/mine.json", json}, SomeCodes()); }

std::string Refused(const std::string& json) {
  const auto layout = ReadText(json);
  EXPECT_FALSE(layout) << json;
  if (layout) return {};
  EXPECT_TRUE(Says(layout.error().text(), "council_ledger/layouts/mine.json")) << "names the file";
  return layout.error().text();
}

// A layout of budgets with these further members and columns.
std::string Budgets(const std::string& members, const std::string& columns) {
  return R"({"name": "mine", "record": "budget", )" + members + R"("column": [{"header": "P", "holds": "person"}, {"header": "B", "holds": "budget"}, {"header": "T", "holds": "budget-type"}, {"header": "S", "holds": "start"})" +
         (columns.empty() ? "" : ", ") + columns + "]}";
}

Layout Read1(const std::string& json) {
  auto layout = ReadText(json);
  EXPECT_TRUE(layout) << layout.error().ToString();
  return layout ? *std::move(layout) : Layout();
}

std::string CellOf(const Layout& layout, Field field, const std::string& text) {
  const ColumnUse* use = layout.Find(Record::kBudget, field);
  const adapters::council::ledger::CellAnswer answer = ReadCell(layout, *use, SomeCodes(), text);
  return answer.fault.empty() ? answer.text : "fault";
}

}  // namespace

TEST(LedgerLayout, OneThatCannotBeUsedSaysWhatIsWrong) {
  const std::string council = R"("council": "503", )";
  EXPECT_TRUE(ReadText(Budgets(council, "")));
  EXPECT_TRUE(Says(Refused(Budgets("", "")), "no column holds council"));
  EXPECT_TRUE(Says(Refused(Budgets(council + R"("delimeter": ";", )", "")), "'delimeter' is nothing that a layout says"));
  EXPECT_TRUE(Says(Refused(Budgets(council + R"("delimiter": "x", )", "")), "no delimiter"));
  EXPECT_TRUE(Says(Refused(Budgets(council + R"("decimal": ",", "thousands": ",", )", "")), "same sign"));
  EXPECT_TRUE(Says(Refused(Budgets(council + R"("date": "yy-MM-dd", )", "")), "no form of dates"));
  EXPECT_TRUE(Says(Refused(Budgets(council + R"("date": "yyyyMd", )", "")), "no form of dates"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X", "holds": "colour"})")), "'colour', which is no field. Allowed: council, as-at"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X"})")), "needs one of 'holds' and 'leftOut'"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "p", "holds": "end"})")), "'p' is there twice"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X", "holds": "start"})")), "two columns hold start for a budget"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X", "holds": "end", "in": "bill"})")), "'bill', which is no record"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X", "holds": "stage", "word": [{"given": "A"}]})")), "lacks 'given' or 'is'"));
  EXPECT_TRUE(Says(Refused(Budgets(council, R"({"header": "X", "holds": "record"})")), "either 'record' says"));
  EXPECT_TRUE(Says(Refused(R"({"name": "mine", "purpose": "payment-schedule", "column": [{"header": "X", "holds": "colour"}]})"), "Allowed: council person"));
  EXPECT_TRUE(Says(Refused(R"({"name": "mine", "council": "503", "record": "payment", "negativeReverses": true, "column": [{"header": "A", "holds": "person"}, {"header": "B", "holds": "budget"},
      {"header": "C", "holds": "entry-key"}, {"header": "D", "holds": "kind", "word": [{"given": "x", "is": "gift"}]}, {"header": "E", "holds": "amount"},
          {"header": "F", "holds": "date"}]})"),
                   "'x' is 'gift'. Allowed: charge, transfer, reversal"));
}

TEST(LedgerLayout, DaysAndMoneyAreReadInItsFormAndWrittenInIt) {
  const Layout layout = Read1(Budgets(R"("council": "503", "date": "d.M.yyyy", "decimal": ",", "thousands": ".", )", R"({"header": "A", "holds": "agreed-amount"})"));
  EXPECT_EQ(CellOf(layout, Field::kStart, "1.4.2026"), "2026-04-01");
  EXPECT_EQ(CellOf(layout, Field::kStart, "01.04.2026"), "2026-04-01");
  EXPECT_EQ(CellOf(layout, Field::kStart, "01/04/2026"), "fault");
  EXPECT_EQ(CellOf(layout, Field::kStart, "31.4.2026"), "fault");
  EXPECT_EQ(CellOf(layout, Field::kStart, "2026-04-01"), "fault");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1.234.567,8"), "1234567.80");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1234,50"), "1234.50");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "12.34,50"), "fault");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1.234"), "1234.00") << "a thousands sign, not a point";
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1,234"), "fault") << "three places";
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "0007"), "7.00");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1000000000000,00"), "fault");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1000000000,00"), "1000000000.00");
  EXPECT_EQ(CellOf(layout, Field::kAgreed, "1000000000,01"), "fault");
  EXPECT_EQ(WriteDay(layout, "2026-04-01"), "1.4.2026");
  EXPECT_EQ(WriteMoney(layout, "1234.50"), "1234,50");
  const Layout compact = Read1(Budgets(R"("council": "503", "date": "ddMMyyyy", )", ""));
  EXPECT_EQ(CellOf(compact, Field::kStart, "01042026"), "2026-04-01");
  EXPECT_EQ(WriteDay(compact, "2026-04-01"), "01042026");
}

TEST(LedgerLayout, AColumnMayHoldOneThingForOneRecordAndAnotherForAnother) {
  const Layout layout = Read1(R"({"name": "mine", "council": "503", "column": [{"header": "R", "holds": "record"}, {"header": "Value", "holds": "amount", "in": "payment return",
      "also": [{"holds": "agreed-amount", "in": "budget"}, {"holds": "unit-price", "in": "package"}]}]})");
  std::size_t column = 9;
  EXPECT_NE(layout.Find(Record::kBudget, Field::kAgreed, &column), nullptr);
  EXPECT_EQ(column, 1U);
  EXPECT_NE(layout.Find(Record::kPayment, Field::kAmount), nullptr);
  EXPECT_EQ(layout.Find(Record::kBudget, Field::kAmount), nullptr);
  EXPECT_NE(layout.Find(Record::kPackage, Field::kUnitPrice), nullptr);
}

TEST(LedgerLayout, TheHeaderChoosesOneOrNone) {
  const Layout layouts[] = {Read1(Budgets(R"("council": "503", )", R"({"header": "End", "holds": "end", "optional": true})")), Read1(Budgets(R"("council": "503", "delimiter": "tab", )", ""))};
  const auto choose = [&](std::string_view line) { return ChooseLayout(layouts, line, adapters::Encoding::kUtf8); };
  EXPECT_EQ(choose("P,B,T,S")->layout, &layouts[0]);
  EXPECT_EQ(choose("s ,\"b\", T,p,END")->layout, &layouts[0]) << "in any order, capitals and white space apart";
  EXPECT_EQ(choose("P\tB\tT\tS")->layout, &layouts[1]);
  EXPECT_TRUE(Says(choose("P,B,T").error().text(), "the header lacks 'S'"));
  EXPECT_TRUE(Says(choose("P,B,T,S,S").error().text(), "column 5, 'S', stands in the header twice"));
  EXPECT_TRUE(Says(choose("P,B,T,S,Colour").error().text(), "does not know column 5, 'Colour'"));
  const Layout twice[] = {layouts[0], layouts[0]};
  EXPECT_TRUE(Says(ChooseLayout(twice, "P,B,T,S", adapters::Encoding::kUtf8).error().text(), "fits two layouts"));
}

TEST(LedgerLayout, ACouncilsOwnFormFitsWithoutCode) {
  adapters::AdapterContext context;
  std::vector<adapters::MappingFile> files = adapters::MappingsOf(context, "council");
  files.push_back({"council_ledger/layouts/borough.json", R"({"name": "borough", "title": "A borough's payments", "delimiter": "|", "date": "dd-MM-yyyy", "council": "503", "record": "payment", "column": [
      {"header": "Doc", "holds": "entry-key"}, {"header": "SU", "holds": "person"}, {"header": "PB", "holds": "budget"},
          {"header": "Type", "holds": "kind", "word": [{"given": "KA", "is": "transfer"}, {"given": "KZ", "is": "transfer"}]},
      {"header": "Sum", "holds": "amount"}, {"header": "On", "holds": "date"}, {"header": "GL", "leftOut": "the general ledger's account"}]})"});
  context.mappings = files;
  const auto adapter = adapters::FindAdapter("council-ledger")->open(context);
  ASSERT_TRUE(adapter) << adapter.error().ToString();
  const adapters::PeopleFile& format = *(*adapter)->people_file();
  CldStore store(format);
  store.Take(File({BudgetRow("P1", "B1")}), 1);
  store.Take("Doc|SU|PB|Type|Sum|On|GL\n1|P1|B1|KA|10|01-05-2026|4711\n2|P1|B1|kz|20.5|02-05-2026|\n", 2);
  EXPECT_EQ(store.Emit({.from = {}, .to = {}, .release = {}, .what = "ledger", .layout = "borough"}),
      "Doc|SU|PB|Type|Sum|On|GL\r\n1|P1|B1|KA|10.00|01-05-2026|\r\n2|P1|B1|kz|20.50|02-05-2026|\r\n")
      << "the word as it was given, where it is not the first of its code";
  EXPECT_EQ(store.counts().elements_reported, 1U) << "the general ledger's account";
  files.push_back(files.back());
  files.back().name = "council_ledger/layouts/again.json";
  context.mappings = files;
  const auto twice = adapters::FindAdapter("council-ledger")->open(context);
  ASSERT_FALSE(twice);
  EXPECT_TRUE(Says(twice.error().ToString(), "Two layouts are named 'borough'"));
}

TEST(LedgerLayout, ListsHaveTheCodesThatMoneyIsReckonedWith) {
  namespace money = fhir::money;
  const auto list = [](std::string_view name) {
    const auto files = adapters::MappingsOf({}, "council_ledger/lists/" + std::string(name) + ".json");
    auto document = fhir::json::Read(files.at(0).content);
    EXPECT_TRUE(document);
    return *std::move(document);
  };
  const fhir::Document kinds = list("charge_kind"), stages = list("budget_stage"), mechanisms = list("delivery_mechanism"), types = list("budget_type"),
      rights = list("right_to_have");
  EXPECT_EQ(kinds.root->ValueOf("url"), money::code_system::kChargeKind);
  EXPECT_EQ(stages.root->ValueOf("url"), money::code_system::kBudgetStage);
  EXPECT_EQ(mechanisms.root->ValueOf("url"), money::code_system::kDeliveryMechanism);
  EXPECT_EQ(types.root->ValueOf("url"), money::code_system::kBudgetType);
  EXPECT_EQ(rights.root->ValueOf("url"), money::code_system::kRightToHave);
  std::size_t count = 0;
  for (const fhir::Element& code : fhir::Repeats(*kinds.root, "concept")) {
    const auto kind = money::KindOf(code.ValueOf("code"));
    EXPECT_TRUE(kind && money::IsImmutable(*kind)) << code.ValueOf("code");
    ++count;
  }
  EXPECT_EQ(count, 7U);
  for (const fhir::Element& code : fhir::Repeats(*stages.root, "concept")) EXPECT_TRUE(money::StageOf(code.ValueOf("code"))) << code.ValueOf("code");
}
