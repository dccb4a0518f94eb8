// Amounts, fractions and splits: what is read, what is refused with what words, and that no penny is lost.
#include "fhir/money/amount.h"

#include <limits>

#include "fhir/json/reader.h"
#include "fhir/money/fraction.h"
#include "fhir/money/split.h"

namespace {

using namespace fhir::money;

std::string Read(std::string_view text) {
  const auto pence = ParsePence(text);
  return pence ? std::to_string(*pence) : pence.error().text();
}

TEST(Amount, IsReadAsWrittenToThePenny) {
  const std::vector<std::pair<std::string, std::string>> table = {{"0", "0"}, {"12", "1200"}, {"12.5", "1250"}, {"12.50", "1250"}, {"0.01", "1"}, {"007.10", "710"}, {"1000000000.00", "100000000000"}};
  for (const auto& [text, pence] : table) EXPECT_EQ(Read(text), pence) << text;
}

TEST(Amount, SaysWhatIsAllowedInsteadOfWhatItRefuses) {
  for (const char* text : {"12.345", "12.500", "0.001"}) EXPECT_EQ(Read(text), "The amount is '" + std::string(text) + "': at most two places are allowed after the point");
  for (const char* text : {"-1", "-0.01", "-0"}) EXPECT_NE(Read(text).find("must not be negative; what takes money back is a kind of entry"), std::string::npos) << text;
  for (const char* text : {"1e2", "", "12.", ".5", "1,50", "+1", " 1", "0x10", "£5", "NaN", "1.2.3"}) EXPECT_NE(Read(text).find("such as 12.50"), std::string::npos) << text;
  for (const char* text : {"1000000000.01", "1000000001", "99999999999999999999999999"}) EXPECT_NE(Read(text).find("at most 1000000000.00"), std::string::npos) << text;
  EXPECT_LT(Read(std::string(100'000, 'x')).size(), 200u);
}

TEST(Amount, IsWrittenWithTwoPlaces) {
  const std::vector<std::pair<Pence, std::string>> table = {{0, "0.00"}, {1250, "12.50"}, {5, "0.05"}, {-5, "-0.05"}, {-1250, "-12.50"}, {100, "1.00"}, {std::numeric_limits<Pence>::min(), "-92233720368547758.08"}};
  for (const auto& [pence, text] : table) EXPECT_EQ(FormatPence(pence), text);
}

TEST(Amount, OfMoneyKeepsItsCurrencyAndSaysWhereItIsWrong) {
  const auto read = [](std::string_view money) {
    const auto document = fhir::json::Read(std::string(R"({"resourceType":"ChargeItem","priceOverride":)") + std::string(money) + "}");
    const auto amount = ReadAmount(*document->root->Find("priceOverride"));
    return amount ? FormatPence(amount->pence) + " " + amount->currency : amount.error().ToString();
  };
  EXPECT_EQ(read(R"({"value":12.5})"), "12.50 GBP");
  EXPECT_EQ(read(R"({"value":12.50,"currency":"EUR"})"), "12.50 EUR");
  EXPECT_EQ(read(R"({"value":1.005,"currency":"GBP"})"), "The amount is '1.005': at most two places are allowed after the point (at ChargeItem.priceOverride.value)");
  EXPECT_EQ(read(R"({"value":1,"currency":"gbp"})"), "The currency is 'gbp'; allowed is a code of ISO 4217, such as GBP (at ChargeItem.priceOverride.currency)");
  EXPECT_NE(read(R"({"currency":"GBP"})").find("(at ChargeItem.priceOverride)"), std::string::npos);
}

std::string Show(const std::optional<Fraction>& fraction) { return fraction ? fraction->ToString() : "none"; }
Fraction F(std::string_view text) { return *Fraction::ParseQuotient(text); }

TEST(Fraction, IsExactAndInLowestTerms) {
  EXPECT_EQ(Show(F("1/3").Plus(F("1/6"))), "1/2");
  EXPECT_EQ(Show(F("1/3").Minus(F("1/2"))), "-1/6");
  EXPECT_EQ(Show(F("12/52").Times(F("365/7"))), "1095/91");
  EXPECT_EQ(Show(F("1/3").DividedBy(F("-2/3"))), "-1/2");
  EXPECT_EQ(Show(F("2.50")), "5/2");
  EXPECT_EQ(Show(F("0.000001")), "1/1000000");
  EXPECT_EQ(Show(Fraction::Of(6, -4)), "-3/2");
  for (const char* text : {"", "1/0", "1/", "/2", "1.", ".5", "1e3", "0.0000001", "1234567890123", "--1", "1/2/3"}) EXPECT_EQ(Show(Fraction::ParseQuotient(text)), "none") << text;
}

TEST(Fraction, RoundsAHalfUpAndOnlyThat) {
  const std::vector<std::pair<std::string, std::int64_t>> table = {{"1/2", 1}, {"3/2", 2}, {"49/100", 0}, {"-1/2", 0}, {"-3/2", -1}, {"-51/100", -1}, {"1/3", 0}, {"2/3", 1}, {"5", 5}};
  for (const auto& [text, rounded] : table) EXPECT_EQ(F(text).RoundedHalfUp(), rounded) << text;
  EXPECT_EQ(F("-1/3").Floor(), -1);
}

TEST(Fraction, ThatDoesNotFitHasNoValue) {
  const Fraction large(std::numeric_limits<std::int64_t>::max());
  const auto square = large.Times(large);
  ASSERT_TRUE(square);
  EXPECT_EQ(Show(square->Times(large)), "none");
  EXPECT_EQ(Show(square->Plus(*square)), "170141183460469231694793815568465002498");
  EXPECT_EQ(Show(square->Plus(*square)->Plus(*square)), "none");
  EXPECT_EQ(square->RoundedHalfUp(), std::nullopt);
  EXPECT_EQ(Show(large.DividedBy(Fraction())), "none");
  EXPECT_EQ(Show(Fraction::Of(1, 0)), "none");
}

TEST(Fraction, ComparesWithoutOverflow) {
  const Fraction large(std::numeric_limits<std::int64_t>::max());
  const Fraction tiny = *Fraction(1).DividedBy(large), square = *large.Times(large);
  EXPECT_LT(tiny.Compare(*tiny.Plus(tiny)), 0);
  EXPECT_GT(square.Compare(large), 0);
  EXPECT_EQ(F("2/6").Compare(F("1/3")), 0);
  EXPECT_LT(F("-1/2").Compare(F("-1/3")), 0);
  EXPECT_GT(F("5/7").Compare(F("7/10")), 0);
  EXPECT_LT(F("7/10").Compare(F("5/7")), 0);
}

std::string Parts(Pence total, const std::vector<std::pair<std::string, std::string>>& shares) {
  std::vector<Share> given;
  for (const auto& [identifier, weight] : shares) given.push_back({F(weight), identifier});
  const auto parts = Split(total, given);
  if (!parts) return "none";
  std::string text;
  for (const Pence part : *parts) text += (text.empty() ? "" : " ") + std::to_string(part);
  return text;
}

TEST(Split, GivesOddPenniesToTheLargestRemaindersAndThenByIdentifier) {
  EXPECT_EQ(Parts(100, {{"a", "1"}, {"b", "1"}, {"c", "1"}}), "34 33 33");
  EXPECT_EQ(Parts(100, {{"c", "1"}, {"b", "1"}, {"a", "1"}}), "33 33 34");
  EXPECT_EQ(Parts(101, {{"a", "1"}, {"b", "1"}, {"c", "1"}}), "34 34 33");
  EXPECT_EQ(Parts(100, {{"a", "1/6"}, {"b", "1/3"}, {"c", "1/2"}}), "17 33 50");
  EXPECT_EQ(Parts(10, {{"a", "0.24"}, {"b", "0.26"}, {"c", "0.5"}}), "2 3 5");
  EXPECT_EQ(Parts(-100, {{"a", "1"}, {"b", "1"}, {"c", "1"}}), "-34 -33 -33");
  EXPECT_EQ(Parts(1, {{"b", "0"}, {"a", "0"}, {"c", "1/7"}}), "0 0 1");
  EXPECT_EQ(Parts(0, {{"a", "1"}, {"b", "2"}}), "0 0");
}

TEST(Split, HasNoValueWithoutSharesOrWhereItDoesNotFit) {
  EXPECT_EQ(Parts(100, {}), "none");
  EXPECT_EQ(Parts(100, {{"a", "0"}}), "none");
  EXPECT_EQ(Parts(100, {{"a", "-1"}, {"b", "2"}}), "none");
  std::vector<Share> primes;
  for (const std::int64_t prime : {999'999'999'989, 999'999'999'961, 999'999'999'959, 999'999'999'937}) primes.push_back({*Fraction::Of(1, prime), "x"});
  EXPECT_EQ(Split(100, primes), std::nullopt);
}

TEST(Split, EvenPartsAreThoseOfEqualShares) {
  for (const Pence total : {0, 1, 2, 3, 100, 101, -1, -100}) {
    const std::vector<Share> shares = {{Fraction(1), "a"}, {Fraction(1), "b"}, {Fraction(1), "c"}};
    const auto parts = Split(total, shares);
    for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(EvenPart(total, 3, k), (*parts)[k]) << total;
  }
}

}  // namespace
