// The inbox as every storage backend keeps it (server/storage/inbox.h): bytes in pieces, states, parts in the commit of
// their resources, order and pages, what is left after the process ended.
#include <gtest/gtest.h>

#include <algorithm>

#include "server/storage/sha256.h"
#include "tests/support/store_fixture.h"

namespace {

using careloom_test::PutJson;
using fhir::ErrorKind;
using fhir::Result;
using server::storage::Message;
using server::storage::MessageQuery;
using server::storage::MessageState;
using server::storage::WriteTransaction;

template <typename Backend>
class StoreInbox : public careloom_test::StoreTest<Backend> {
 protected:
  using careloom_test::StoreTest<Backend>::store_;
  Result<void> Put(const Message& message) {
    return store_->Write([&](WriteTransaction& transaction) { return transaction.PutMessage(message); });
  }
  Result<void> Append(const std::string& id, const std::string& bytes) {
    return store_->Write([&](WriteTransaction& transaction) { return transaction.AppendMessageBytes(id, bytes); });
  }
  // A whole message, acknowledged.
  Message Receive(const std::string& id, const std::string& bytes, Message message = {}) {
    message.id = id;
    message.state = MessageState::kReceiving;
    EXPECT_TRUE(Put(message));
    EXPECT_TRUE(Append(id, bytes));
    message.state = MessageState::kReceived;
    message.size_bytes = static_cast<std::int64_t>(bytes.size());
    EXPECT_TRUE(Put(message));
    return Read(id);
  }
  Message Read(const std::string& id) { return *(*store_->OpenReader())->ReadMessage(id); }
  ErrorKind ReadError(const std::string& id) { return (*store_->OpenReader())->ReadMessage(id).error().kind(); }
  std::string Bytes(const std::string& id, std::int64_t offset = 0, std::size_t most = 1U << 30) {
    return *(*store_->OpenReader())->ReadMessageBytes(id, offset, most);
  }
  // Ids of all pages, "|" between pages; or the error.
  std::string Find(const MessageQuery& query, int count = 100) {
    std::string ids, cursor;
    do {
      const auto page = (*store_->OpenReader())->FindMessages(query, count, cursor);
      if (!page) return page.error().ToString();
      for (const Message& message : page->messages) ids += message.id + " ";
      cursor = page->next_cursor;
      if (!cursor.empty()) ids += "| ";
    } while (!cursor.empty());
    return ids;
  }
};

TYPED_TEST_SUITE(StoreInbox, careloom_test::Backends);

TYPED_TEST(StoreInbox, AMessageComesBackAsItWasPut) {
  Message message{.adapter = "cld", .name = "CLD_E1.csv", .options = "encoding=windows-1252", .sha256 = "ab", .received_us = 5, .scope = "E1", .from = "2026-01-01",
                  .to = "2026-03-31"};
  this->Receive("m", std::string("a\0b", 3), message);
  message = this->Read("m");
  message.state = MessageState::kHeld;
  message.settled_us = 9;
  message.report = R"({"resourceType":"Parameters"})";
  ASSERT_TRUE(this->Put(message));
  this->Open();
  const Message read = this->Read("m");
  EXPECT_EQ(read.id, "m");
  EXPECT_EQ(read.adapter, "cld");
  EXPECT_EQ(read.name, "CLD_E1.csv");
  EXPECT_EQ(read.options, "encoding=windows-1252");
  EXPECT_EQ(read.sha256, "ab");
  EXPECT_EQ(read.size_bytes, 3);
  EXPECT_EQ(this->Bytes("m"), std::string("a\0b", 3));
  EXPECT_EQ(read.received_us, 5);
  EXPECT_EQ(read.settled_us, 9);
  EXPECT_EQ(read.state, MessageState::kHeld);
  EXPECT_EQ(read.scope + read.from + read.to, "E12026-01-012026-03-31");
  EXPECT_EQ(read.report, message.report);
  EXPECT_EQ(read.position, message.position);
  EXPECT_EQ(this->ReadError("other"), ErrorKind::kNotFound);
  EXPECT_EQ(this->Put({}).error().kind(), ErrorKind::kInvalid);
}

TYPED_TEST(StoreInbox, LargeBytesComeAndGoInPieces) {
  std::string bytes;
  for (int i = 0; bytes.size() < 1'000'000; ++i) bytes += std::string(1, static_cast<char>(i % 256)) + std::to_string(i);
  Message message{.id = "m"};
  ASSERT_TRUE(this->Put(message));
  ASSERT_TRUE(this->Put({.id = "other"}));
  std::size_t at = 0;
  for (const std::size_t size : {std::size_t{1}, std::size_t{300'000}, std::size_t{0}, std::size_t{262'144}, std::size_t{7}, bytes.size()}) {
    ASSERT_TRUE(this->Append("m", bytes.substr(at, size)));
    ASSERT_TRUE(this->Append("other", "x"));
    at = std::min(bytes.size(), at + size);
  }
  message.state = MessageState::kReceived;
  message.size_bytes = static_cast<std::int64_t>(bytes.size());
  ASSERT_TRUE(this->Put(message));
  this->Open();
  EXPECT_TRUE(this->Bytes("m") == bytes);
  for (const std::size_t offset : {0UL, 1UL, 2UL, 262'144UL, 262'145UL, 300'001UL, 562'145UL, bytes.size() - 1, bytes.size(), bytes.size() + 5}) {
    for (const std::size_t most : {0UL, 1UL, 10UL, 262'144UL, 600'000UL}) {
      const std::string expected = offset < bytes.size() ? bytes.substr(offset, most) : "";
      EXPECT_TRUE(this->Bytes("m", static_cast<std::int64_t>(offset), most) == expected) << offset << " " << most;
    }
  }
  EXPECT_EQ((*this->store_->OpenReader())->ReadMessageBytes("none", 0, 1).error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StoreInbox, WhatWasAcknowledgedStaysAsItIs) {
  Message message = this->Receive("m", "bytes", {.sha256 = "ab"});
  EXPECT_EQ(this->Append("m", "more").error().kind(), ErrorKind::kConflict);
  EXPECT_EQ(this->store_->Write([](WriteTransaction& transaction) { return transaction.DeleteMessage("m"); }).error().kind(), ErrorKind::kConflict);
  message.state = MessageState::kReceiving;
  EXPECT_EQ(this->Put(message).error().kind(), ErrorKind::kConflict);
  message.state = MessageState::kStored;
  message.size_bytes = 4;
  EXPECT_EQ(this->Put(message).error().kind(), ErrorKind::kConflict);
  message.size_bytes = 5;
  message.sha256 = "cd";
  EXPECT_EQ(this->Put(message).error().kind(), ErrorKind::kConflict);
  message.sha256 = "ab";
  EXPECT_TRUE(this->Put(message));
  message.state = MessageState::kReceived;   // stored anew
  EXPECT_TRUE(this->Put(message));
  EXPECT_EQ(this->Bytes("m"), "bytes");
}

TYPED_TEST(StoreInbox, OnlyAWholeMessageIsReceived) {
  ASSERT_TRUE(this->Put({.id = "m"}));
  ASSERT_TRUE(this->Append("m", "bytes"));
  EXPECT_EQ(this->Put({.id = "m", .size_bytes = 6, .state = MessageState::kReceived}).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(this->Put({.id = "new", .size_bytes = 1, .state = MessageState::kReceived}).error().kind(), ErrorKind::kInvalid);
  EXPECT_TRUE(this->Put({.id = "empty", .state = MessageState::kReceived}));
  EXPECT_EQ(this->Bytes("empty"), "");
  EXPECT_EQ(this->Append("none", "x").error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StoreInbox, WhatWasHalfReceivedGoesWithTheProcess) {
  ASSERT_TRUE(this->Put({.id = "half"}));
  ASSERT_TRUE(this->Append("half", "bytes"));
  ASSERT_TRUE(this->Put({.id = "half too"}));
  this->Receive("whole", "bytes");
  EXPECT_EQ(this->Read("half").state, MessageState::kReceiving);
  EXPECT_EQ(this->Find({}), "whole ");
  EXPECT_EQ(this->Find({.state = MessageState::kReceiving}), "half too half ");
  this->Open();
  EXPECT_EQ(this->ReadError("half"), ErrorKind::kNotFound);
  EXPECT_EQ(this->ReadError("half too"), ErrorKind::kNotFound);
  EXPECT_EQ(this->Bytes("whole"), "bytes");
  // Nothing of it stays behind for who has its id next.
  this->Receive("half", "new");
  EXPECT_EQ(this->Bytes("half"), "new");
  ASSERT_TRUE(this->Put({.id = "given up"}));
  ASSERT_TRUE(this->Append("given up", "x"));
  const auto give_up = [](WriteTransaction& transaction) { return transaction.DeleteMessage("given up"); };
  EXPECT_TRUE(this->store_->Write(give_up));
  EXPECT_EQ(this->store_->Write(give_up).error().kind(), ErrorKind::kNotFound);
}

TYPED_TEST(StoreInbox, OrderIsThatOfWholeArrival) {
  ASSERT_TRUE(this->Put({.id = "slow"}));
  this->Receive("a", "1");
  this->Receive("b", "2");
  ASSERT_TRUE(this->Append("slow", "x"));
  ASSERT_TRUE(this->Put({.id = "slow", .size_bytes = 1, .state = MessageState::kReceived}));
  EXPECT_EQ(this->Find({}), "slow b a ");
  EXPECT_EQ(this->Find({.oldest_first = true}), "a b slow ");
  // Being settled moves nothing, whatever the clock said.
  Message message = this->Read("a");
  message.state = MessageState::kStored;
  message.received_us = 99;
  ASSERT_TRUE(this->Put(message));
  EXPECT_EQ(this->Find({}), "slow b a ");
}

TYPED_TEST(StoreInbox, PagesAndFilters) {
  for (int i = 0; i < 10; ++i) {
    Message message{.adapter = i % 2 ? "cld" : "gp-connect", .sha256 = "hash" + std::to_string(i / 2), .scope = i < 5 ? "E1" : "E2"};
    message = this->Receive(std::to_string(i), "x", message);
    if (i % 3 != 0) continue;
    message.state = MessageState::kStored;
    ASSERT_TRUE(this->Put(message));
  }
  EXPECT_EQ(this->Find({}), "9 8 7 6 5 4 3 2 1 0 ");
  EXPECT_EQ(this->Find({}, 4), "9 8 7 6 | 5 4 3 2 | 1 0 ");
  EXPECT_EQ(this->Find({}, 5), "9 8 7 6 5 | 4 3 2 1 0 ");
  EXPECT_EQ(this->Find({.oldest_first = true}, 6), "0 1 2 3 4 5 | 6 7 8 9 ");
  EXPECT_EQ(this->Find({.state = MessageState::kStored}, 3), "9 6 3 | 0 ");
  EXPECT_EQ(this->Find({.state = MessageState::kReceived, .oldest_first = true}), "1 2 4 5 7 8 ");
  EXPECT_EQ(this->Find({.state = MessageState::kHeld}), "");
  EXPECT_EQ(this->Find({.adapter = "cld"}, 2), "9 7 | 5 3 | 1 ");
  EXPECT_EQ(this->Find({.adapter = "cld", .scope = "E1"}), "3 1 ");
  EXPECT_EQ(this->Find({.adapter = "cld", .sha256 = "hash3"}), "7 ");
  EXPECT_EQ(this->Find({.state = MessageState::kStored, .adapter = "cld", .scope = "E2", .sha256 = "hash4"}), "9 ");
  EXPECT_EQ(this->Find({.scope = "E3"}), "");
}

TYPED_TEST(StoreInbox, ACursorServesItsOwnQueryOnly) {
  for (const char* id : {"a", "b", "c"}) this->Receive(id, "x", {.adapter = "cld"});
  const auto reader = *this->store_->OpenReader();
  const std::string cursor = reader->FindMessages({}, 1, "")->next_cursor;
  EXPECT_EQ(reader->FindMessages({}, 1, cursor)->messages.at(0).id, "b");
  EXPECT_EQ(reader->FindMessages({.adapter = "cld"}, 1, cursor).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(reader->FindMessages({.oldest_first = true}, 1, cursor).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(reader->FindMessages({.state = MessageState::kReceived}, 1, cursor).error().kind(), ErrorKind::kInvalid);
  EXPECT_EQ(reader->FindMessages({}, 1, "made-up").error().kind(), ErrorKind::kInvalid);
  // New arrivals do not move what the next page brings.
  this->Receive("d", "x");
  EXPECT_EQ((*this->store_->OpenReader())->FindMessages({}, 5, cursor)->messages.at(0).id, "b");
}

TYPED_TEST(StoreInbox, APartAndItsResourcesAreStoredTogether) {
  this->Receive("m", "x");
  const auto store_part = [&](const char* part, const std::string& patient, bool fails) {
    return this->store_->Write([&](WriteTransaction& transaction) -> Result<void> {
      TRY_ASSIGN(fhir::Document document, fhir::json::Read(R"({"resourceType":"Patient"})"));
      TRY(transaction.Put({.type = "Patient", .id = patient, .document = &document}));
      TRY(transaction.MarkPartDone("m", part));
      TRY_ASSIGN(const bool seen, transaction.IsPartDone("m", part));
      if (!seen || fails) return fhir::Error(ErrorKind::kUnprocessable, "no");
      return {};
    });
  };
  EXPECT_TRUE(store_part("one", "p1", false));
  EXPECT_TRUE(store_part("one", "p1", false));   // again changes nothing
  EXPECT_FALSE(store_part("two", "p2", true));
  const auto has = [&](const char* part) { return *(*this->store_->OpenReader())->IsPartDone("m", part); };
  EXPECT_TRUE(has("one"));
  EXPECT_FALSE(has("two"));
  EXPECT_TRUE((*this->store_->OpenReader())->Read("Patient", "p1"));
  EXPECT_FALSE((*this->store_->OpenReader())->Read("Patient", "p2"));
  this->Open();
  EXPECT_TRUE(has("one"));
  EXPECT_EQ(*(*this->store_->OpenReader())->CountPartsDone("m"), 1);
  EXPECT_FALSE(*(*this->store_->OpenReader())->IsPartDone("none", "one"));
  EXPECT_EQ(this->store_->Write([](WriteTransaction& transaction) { return transaction.MarkPartDone("none", "one"); }).error().kind(), ErrorKind::kNotFound);
  ASSERT_TRUE(this->store_->Write([](WriteTransaction& transaction) { return transaction.ForgetParts("m"); }));
  EXPECT_FALSE(has("one"));
  EXPECT_EQ(*(*this->store_->OpenReader())->CountPartsDone("m"), 0);
}

TYPED_TEST(StoreInbox, AFailedJobLeavesNoMessage) {
  const auto failed = this->store_->Write([](WriteTransaction& transaction) -> Result<void> {
    TRY(transaction.PutMessage({.id = "m"}));
    TRY(transaction.AppendMessageBytes("m", "x"));
    TRY(transaction.PutMessage({.id = "m", .size_bytes = 1, .state = MessageState::kReceived}));
    TRY(transaction.ReadMessage("m"));   // seen inside
    return fhir::Error(ErrorKind::kUnprocessable, "no");
  });
  EXPECT_EQ(failed.error().kind(), ErrorKind::kUnprocessable);
  EXPECT_EQ(this->ReadError("m"), ErrorKind::kNotFound);
  EXPECT_EQ(this->Receive("m", "y").position, 2);
  EXPECT_EQ(this->Bytes("m"), "y");
}

TEST(Sha256, OfKnownTexts) {
  server::storage::Sha256 empty, pieces;
  EXPECT_EQ(empty.Finish(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  pieces.Add("a");
  pieces.Add("bc");
  EXPECT_EQ(pieces.Finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
