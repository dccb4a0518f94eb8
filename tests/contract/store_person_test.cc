// Patients that are one person by Patient.link, over every storage backend: reads of either cover both.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/store_fixture.h"

namespace {

using careloom_test::NamesOf;
using careloom_test::PutJson;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::WriteTransaction;
using Names = std::vector<std::string>;

template <typename Backend>
class StorePerson : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  void Put(std::string_view json) {
    const auto written = PutJson(*store_, json);
    ASSERT_TRUE(written) << written.error().ToString();
  }
  // A Patient with an identifier of its own; replaced by those ids.
  Result<server::storage::Written> TryPatient(const std::string& id, const Names& replaced_by) {
    std::string links;
    for (const std::string& by : replaced_by) links += (links.empty() ? "" : ",") + (R"({"other":{"reference":"Patient/)" + by + R"("},"type":"replaced-by"})");
    return PutJson(*store_, R"({"resourceType":"Patient","id":")" + id + R"(","identifier":[{"system":"http://own","value":")" + id +
                                R"("},{"system":"http://nhs","value":"9"}],"name":[{"family":"Of)" + id + R"("}])" +
                                (links.empty() ? "" : ",\"link\":[" + links + "]") + "}");
  }
  void Patient(const std::string& id, const Names& replaced_by = {}) {
    const auto written = TryPatient(id, replaced_by);
    ASSERT_TRUE(written) << written.error().ToString();
  }
  void Observation(const std::string& id, const std::string& patient) {
    Put(R"({"resourceType":"Observation","id":")" + id + R"(","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/)" + patient + "\"}}");
  }
  void Delete(const std::string& type, const std::string& id) {
    ASSERT_TRUE(store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY(transaction.Delete(type, id, std::nullopt));
      return {};
    }));
  }
  // The ids, or the error as one name.
  Names PersonOf(const std::string& id) {
    auto person = (*store_->OpenReader())->PersonOf(id);
    return person ? *person : Names{person.error().ToString()};
  }
  Names Everything(const std::string& id, int count, bool joined = true) {
    Names names;
    std::string cursor;
    do {
      const auto page = *(*store_->OpenReader())->Everything(id, count, cursor, joined);
      for (std::string& name : NamesOf(page)) names.push_back(std::move(name));
      cursor = page.next_cursor;
    } while (!cursor.empty());
    return names;
  }
  Names All(std::string_view type, const std::string& query) { return careloom_test::SearchAll(*store_, type, query); }
};

TYPED_TEST_SUITE(StorePerson, careloom_test::Backends);

TYPED_TEST(StorePerson, APatientIsAPersonOfItsOwn) {
  this->Patient("a");
  this->Put(R"({"resourceType":"Patient","id":"b","link":[{"other":{"reference":"Patient/a"},"type":"seealso"},)"
            R"({"other":{"reference":"RelatedPerson/a"},"type":"replaced-by"},{"other":{"display":"A"},"type":"replaced-by"},)"
            R"({"other":{"reference":"Patient/b"},"type":"replaced-by"},{"other":{"reference":"Patient/"},"type":"replaced-by"}]})");
  EXPECT_EQ(this->PersonOf("a"), Names{"a"});
  EXPECT_EQ(this->PersonOf("b"), Names{"b"});
  const auto reader = *this->store_->OpenReader();
  EXPECT_EQ(reader->PersonOf("none").error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StorePerson, LinksJoinAndTheirRemovalUnjoins) {
  this->Patient("a");
  this->Patient("b");
  this->Patient("a", {"b"});
  EXPECT_EQ(this->PersonOf("a"), (Names{"b", "a"}));
  EXPECT_EQ(this->PersonOf("b"), (Names{"b", "a"}));
  this->Patient("a");
  EXPECT_EQ(this->PersonOf("a"), Names{"a"});
  EXPECT_EQ(this->PersonOf("b"), Names{"b"});
}

TYPED_TEST(StorePerson, AChainEndsInTheLast) {
  this->Patient("a", {"b"});
  this->Patient("b", {"c"});
  this->Patient("d", {"c/_history/1"});
  this->Patient("c");
  for (const char* id : {"a", "b", "c", "d"}) EXPECT_EQ(this->PersonOf(id), (Names{"c", "a", "b", "d"})) << id;
}

TYPED_TEST(StorePerson, ATargetMayComeLaterAndGo) {
  this->Patient("a", {"b"});
  EXPECT_EQ(this->PersonOf("a"), Names{"a"});
  this->Patient("b");
  EXPECT_EQ(this->PersonOf("a"), (Names{"b", "a"}));
  this->Delete("Patient", "b");
  EXPECT_EQ(this->PersonOf("a"), Names{"a"});
  EXPECT_EQ((*this->store_->OpenReader())->PersonOf("b").error().kind(), ErrorKind::kNotFound);
  this->Patient("b");
  EXPECT_EQ(this->PersonOf("a"), (Names{"b", "a"}));
  // What is deleted says nothing any more, not when it comes back without the link either.
  this->Delete("Patient", "a");
  EXPECT_EQ(this->PersonOf("b"), Names{"b"});
  this->Patient("a");
  EXPECT_EQ(this->PersonOf("b"), Names{"b"});
}

TYPED_TEST(StorePerson, CirclesEnd) {
  this->Patient("a", {"c"});
  this->Patient("b", {"a"});
  this->Patient("c", {"b"});
  for (const char* id : {"a", "b", "c"}) EXPECT_EQ(this->PersonOf(id), (Names{"a", "b", "c"})) << id;
}

TYPED_TEST(StorePerson, TooManyPatientsAreNotOnePerson) {
  for (int i = 1; i < 100; ++i) this->Patient("p" + std::to_string(i), {"p"});
  const auto refused = this->TryPatient("p100", {"p"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), ErrorKind::kUnprocessable);
  EXPECT_EQ((*this->store_->OpenReader())->Read("Patient", "p100").error().kind(), ErrorKind::kNotFound);
  EXPECT_EQ(this->PersonOf("p1").size(), 99U);
}

TYPED_TEST(StorePerson, EverythingOfEitherIsOneSet) {
  this->Put(R"({"resourceType":"Organization","id":"o","name":"O"})");
  this->Patient("a", {"b"});
  this->Observation("a1", "a");
  this->Observation("b1", "b");
  this->Observation("a2", "a");
  this->Patient("b");
  this->Put(R"({"resourceType":"Observation","id":"b2","status":"final","code":{"text":"c"},"subject":{"reference":"Patient/b"},)"
            R"("performer":[{"reference":"Organization/o"}],"focus":[{"reference":"Patient/a"},{"reference":"Patient/x"},{"reference":"Observation/x1"}]})");
  this->Patient("x");   // somebody else: named, and not told
  this->Observation("x1", "x");
  for (const int count : {1, 2, 3, 4, 100}) {
    Names of_a = this->Everything("a", count), of_b = this->Everything("b", count);
    EXPECT_EQ(std::count(of_a.begin(), of_a.end(), "+Organization/o"), 1) << count;
    const auto is_included = [](const std::string& name) { return name.starts_with("+"); };
    of_a.erase(std::remove_if(of_a.begin(), of_a.end(), is_included), of_a.end());
    of_b.erase(std::remove_if(of_b.begin(), of_b.end(), is_included), of_b.end());
    EXPECT_EQ(of_a, (Names{"Patient/a", "Patient/b", "Observation/b2", "Observation/a2", "Observation/b1", "Observation/a1"})) << count;
    EXPECT_EQ(of_b, (Names{"Patient/b", "Patient/a", "Observation/b2", "Observation/a2", "Observation/b1", "Observation/a1"})) << count;
  }
  EXPECT_EQ(this->Everything("a", 100, false), (Names{"Patient/a", "Observation/a2", "Observation/a1"}));
  EXPECT_EQ(this->Everything("b", 2, false), (Names{"Patient/b", "Observation/b2", "+Organization/o", "Observation/b1"}));
  const auto reader = *this->store_->OpenReader();
  EXPECT_EQ(reader->Everything("a", 1, reader->Everything("a", 1, {}, false)->next_cursor).error().kind(), ErrorKind::kInvalid);
}

TYPED_TEST(StorePerson, AReferenceToEitherIsOneToBoth) {
  this->Patient("a", {"b"});
  this->Patient("b");
  this->Patient("x");
  this->Observation("a1", "a");
  this->Observation("b1", "b");
  this->Observation("x1", "x");
  const Names both = {"Observation/b1", "Observation/a1"};
  for (const std::string& id : Names{"a", "b"}) {
    for (const std::string& query : {"patient=" + id, "patient=Patient/" + id, "subject=Patient/" + id, "subject:Patient=" + id, "subject=" + id}) {
      EXPECT_EQ(this->All("Observation", query), both) << query;
      EXPECT_EQ(this->All("Observation", query + "&_count=1"), both) << query;
      EXPECT_EQ(careloom_test::SearchPageOf(*this->store_, "Observation", query + "&_summary=count")->total, 2) << query;
    }
  }
  EXPECT_EQ(this->All("Observation", "patient=x"), Names{"Observation/x1"});
  EXPECT_EQ(this->All("Observation", "patient=a,x"), (Names{"Observation/x1", "Observation/b1", "Observation/a1"}));
  EXPECT_EQ(this->All("Observation", "subject=Group/a"), Names{});
  EXPECT_EQ(this->All("Observation", "performer=Organization/a"), Names{});
  this->Patient("a");
  EXPECT_EQ(this->All("Observation", "patient=a"), Names{"Observation/a1"});
}

TYPED_TEST(StorePerson, ChainsCoverTheJoined) {
  this->Patient("a", {"b"});
  this->Patient("b");
  this->Patient("x");
  this->Observation("a1", "a");
  this->Observation("b1", "b");
  this->Observation("x1", "x");
  const Names both = {"Observation/b1", "Observation/a1"};
  for (const char* query : {"subject:Patient.identifier=http://own%7Ca", "subject:Patient.identifier=http://own%7Cb", "patient.name=ofa", "patient.name=ofb", "patient._id=a",
                            // A date that everything has: the targets are looked at from the candidates too.
                            "patient.family=ofa&_lastUpdated=gt2020"}) {
    EXPECT_EQ(this->All("Observation", query), both) << query;
  }
  EXPECT_EQ(this->All("Observation", "patient.family=ofx"), Names{"Observation/x1"});
  this->Delete("Patient", "a");
  EXPECT_EQ(this->All("Observation", "patient.name=ofb"), Names{"Observation/b1"});
  EXPECT_EQ(this->All("Observation", "patient.name=ofa"), Names{});
}

TYPED_TEST(StorePerson, ARevincludeBringsWhatRefersToAnyOfThem) {
  this->Patient("a", {"b"});
  this->Patient("b");
  this->Observation("a1", "a");
  this->Observation("b1", "b");
  EXPECT_EQ(this->All("Patient", "_id=b&_revinclude=Observation:subject"), (Names{"Patient/b", "+Observation/b1", "+Observation/a1"}));
  EXPECT_EQ(this->All("Patient", "_id=a&_revinclude=Observation:patient"), (Names{"Patient/a", "+Observation/a1", "+Observation/b1"}));
  EXPECT_EQ(this->All("Patient", "_revinclude=Observation:subject"), (Names{"Patient/b", "Patient/a", "+Observation/b1", "+Observation/a1"}));
}

TYPED_TEST(StorePerson, AnIdentifierFindsTheSurvivorOnce) {
  this->Patient("a", {"b"});
  this->Patient("x");
  this->Patient("b");
  this->Patient("c", {"b"});
  EXPECT_EQ(this->All("Patient", "identifier=http://own%7Ca"), Names{"Patient/b"});
  EXPECT_EQ(this->All("Patient", "identifier=http://own%7Cb"), Names{"Patient/b"});
  EXPECT_EQ(this->All("Patient", "identifier=http://own%7Cx"), Names{"Patient/x"});
  for (const char* count : {"1", "2", "100"}) {
    for (const char* query : {"identifier=9", "identifier=http://own%7C", "identifier=http://own%7Ca,http://own%7Cc,http://own%7Cx"}) {
      EXPECT_EQ(this->All("Patient", std::string(query) + "&_count=" + count), (Names{"Patient/b", "Patient/x"})) << query << count;
    }
    EXPECT_EQ(this->All("Patient", std::string("identifier=9&_sort=-family&_count=") + count), (Names{"Patient/x", "Patient/b"})) << count;
    EXPECT_EQ(this->All("Patient", std::string("identifier=9&_sort=family&_count=") + count), (Names{"Patient/b", "Patient/x"})) << count;
  }
  EXPECT_EQ(careloom_test::SearchPageOf(*this->store_, "Patient", "identifier=9&_summary=count")->total, 2);
  // Who looks for a source's own Patient gets it.
  auto query = *careloom_test::ParseSearch("Patient", "identifier=http://own%7C");
  query.each_patient = true;
  EXPECT_EQ(NamesOf(*(*this->store_->OpenReader())->Search(query)), (Names{"Patient/c", "Patient/b", "Patient/x", "Patient/a"}));
  // Other questions show every Patient.
  EXPECT_EQ(this->All("Patient", "family=ofa"), Names{"Patient/a"});
  EXPECT_EQ(this->All("Patient", "_id=a,c"), (Names{"Patient/c", "Patient/a"}));
  EXPECT_EQ(this->All("Patient", "identifier:not=1"), (Names{"Patient/c", "Patient/b", "Patient/x", "Patient/a"}));
  this->Delete("Patient", "b");
  EXPECT_EQ(this->All("Patient", "identifier=http://own%7Cc"), Names{"Patient/a"});
}

TYPED_TEST(StorePerson, AConditionFindsOnePersonOnce) {
  this->Patient("a", {"b"});
  this->Patient("b");
  const auto match = [&](const char* query, int limit, bool each = false) {
    Names ids;
    auto parsed = careloom_test::ParseSearch("Patient", query);
    parsed->each_patient = each;
    EXPECT_TRUE(this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY_ASSIGN(ids, transaction.Match(*parsed, limit));
      return {};
    }));
    return ids;
  };
  // What was merged into another is itself when it is asked for by what it alone has.
  EXPECT_EQ(match("identifier=http://own%7Ca", 2), Names{"a"});
  EXPECT_EQ(match("identifier=http://own%7Cb", 2), Names{"b"});
  EXPECT_EQ(match("identifier=http://nhs%7C9", 2), Names{"b"});
  EXPECT_EQ(match("identifier=http://nhs%7C9", 2, true), (Names{"b", "a"}));
  EXPECT_EQ(match("name=of", 2), Names{"b"});
  this->Patient("x");
  EXPECT_EQ(match("identifier=http://nhs%7C9", 2), (Names{"x", "b"}));
  this->Patient("x", {"a"});
  EXPECT_EQ(match("identifier=http://nhs%7C9", 1), Names{"b"});
  EXPECT_EQ(match("identifier=http://nhs%7C9", 2), Names{"b"});
}

}  // namespace
