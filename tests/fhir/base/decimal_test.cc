// Decimals: what is read, how it is written again, and exact arithmetic.
#include "fhir/base/decimal.h"

namespace {

using fhir::Decimal;

std::string Read(std::string_view text) {
  const std::optional<Decimal> decimal = Decimal::Parse(text);
  return decimal ? decimal->ToString() : "none";
}

std::string Show(const std::optional<Decimal>& decimal) { return decimal ? decimal->ToString() : "none"; }
Decimal D(std::string_view text) { return *Decimal::Parse(text); }

TEST(Decimal, KeepsThePlacesAsWritten) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"0", "0"}, {"1.50", "1.50"}, {"-0.0", "0.0"}, {"007", "7"}, {"+3", "3"}, {"1e2", "100"}, {"1.25e1", "12.5"}, {"5e-3", "0.005"}, {"-12.340", "-12.340"}};
  for (const auto& [text, shown] : table) EXPECT_EQ(Read(text), shown) << text;
}

TEST(Decimal, RefusesWhatIsNoNumberOrTooLong) {
  for (const char* text : {"", "-", ".5", "5.", "1..2", "1e", "e5", "0x1", "1 ", "NaN", "1e999999999", "1e401", "1e-401", "1,5"}) EXPECT_EQ(Read(text), "none") << text;
  EXPECT_EQ(Read(std::string(401, '9')), "none");
  EXPECT_EQ(Read(std::string(400, '9')).size(), 400u);
}

TEST(Decimal, AddsAndMultipliesExactly) {
  EXPECT_EQ(Show(D("0.1").Plus(D("0.2"))), "0.3");
  EXPECT_EQ(Show(D("1").Minus(D("1.00"))), "0.00");
  EXPECT_EQ(Show(D("-1.5").Plus(D("0.25"))), "-1.25");
  EXPECT_EQ(Show(D("999999999999999999999").Plus(D("1"))), "1000000000000000000000");
  EXPECT_EQ(Show(D("1.20").Times(D("-1.8"))), "-2.160");
  EXPECT_EQ(Show(D("0").Times(D("5.5"))), "0.0");
  EXPECT_EQ(Show(D(std::string(300, '9')).Times(D(std::string(300, '9')))), "none");
}

TEST(Decimal, DividesToPlacesAndWithRemainder) {
  EXPECT_EQ(Show(D("1").DividedBy(D("3"), 4)), "0.3333");
  EXPECT_EQ(Show(D("2").DividedBy(D("3"), 4)), "0.6667");
  EXPECT_EQ(Show(D("-4.0").DividedBy(D("2.0"), 8)), "-2");
  EXPECT_EQ(Show(D("1").DividedBy(D("0.00"), 8)), "none");
  EXPECT_EQ(Show(D("5").WholeQuotient(D("2"))), "2");
  EXPECT_EQ(Show(D("-5").WholeQuotient(D("2"))), "-2");
  EXPECT_EQ(Show(D("2.2").Remainder(D("1.8"))), "0.4");
  EXPECT_EQ(Show(D("-5").Remainder(D("3"))), "-2");
  EXPECT_EQ(Show(D("0.3").WholeQuotient(D("4"))), "0");
}

TEST(Decimal, RoundsHalfAwayFromZero) {
  EXPECT_EQ(D("2.5").Rounded(0).ToString(), "3");
  EXPECT_EQ(D("-2.5").Rounded(0).ToString(), "-3");
  EXPECT_EQ(D("0.96").Rounded(1).ToString(), "1.0");
  EXPECT_EQ(D("0.04").Rounded(1).ToString(), "0.0");
  EXPECT_EQ(D("0.004").Rounded(1).ToString(), "0.0");
  EXPECT_EQ(D("9.99").Rounded(1).ToString(), "10.0");
  EXPECT_EQ(D("1.5").Rounded(3).ToString(), "1.500");
  EXPECT_EQ(D("-2.1").Floor().ToString(), "-3");
  EXPECT_EQ(D("-2.1").Ceiling().ToString(), "-2");
  EXPECT_EQ(D("-2.0").Floor().ToString(), "-2");
  EXPECT_EQ(D("1.2300").Normalised().ToString(), "1.23");
  EXPECT_EQ(D("100").Normalised().ToString(), "100");
}

TEST(Decimal, ComparesByValue) {
  EXPECT_EQ(D("1.0").Compare(D("1.00")), 0);
  EXPECT_EQ(D("-0.0").Compare(D("0")), 0);
  EXPECT_EQ(D("0.9").Compare(D("1")), -1);
  EXPECT_EQ(D("-2").Compare(D("-1")), -1);
  EXPECT_EQ(D("10").Compare(D("9.99")), 1);
  EXPECT_EQ(D("0.001").Compare(D("0.01")), -1);
}

TEST(Decimal, BecomesWholeNumbersAndBack) {
  EXPECT_EQ(D("9223372036854775807").ToInt64(), INT64_MAX);
  EXPECT_EQ(D("9223372036854775808").ToInt64(), std::nullopt);
  EXPECT_EQ(D("3.00").ToInt64(), 3);
  EXPECT_EQ(D("3.01").ToInt64(), std::nullopt);
  EXPECT_EQ(Decimal(INT64_MIN).ToString(), "-9223372036854775808");
  EXPECT_DOUBLE_EQ(D("-1.5").ToDouble(), -1.5);
  EXPECT_EQ(Show(Decimal::FromDouble(0.1)), "0.1");
  EXPECT_EQ(Show(Decimal::FromDouble(1.0 / 0.0)), "none");
}

}  // namespace
