// The plain channel: it never waits, and says what it waits for.
#include "server/http/channel.h"

#include <gtest/gtest.h>

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

namespace server::http {
namespace {

using State = Moved::State;

TEST(PlainChannel, SaysWhatItWaitsForAndWhenTheCallerHasGone) {
  Poco::Net::ServerSocket listener(Poco::Net::SocketAddress("127.0.0.1", 0));
  Poco::Net::StreamSocket caller(listener.address());
  const auto channel = MakePlainChannel(listener.acceptConnection());
  char block[100];
  EXPECT_EQ(channel->Handshake().state, State::kDone);
  EXPECT_EQ(channel->Read(block, sizeof block).state, State::kWaitRead);

  caller.sendBytes("hello", 5);
  caller.poll(Poco::Timespan(0, 1000), Poco::Net::Socket::SELECT_WRITE);
  Moved read = channel->Read(block, 3);
  EXPECT_EQ(std::string(block, read.bytes), "hel");
  read = channel->Read(block, sizeof block);
  EXPECT_EQ(std::string(block, read.bytes), "lo");

  EXPECT_EQ(channel->Write("ab", "cd").bytes, 4u);
  EXPECT_EQ(channel->Write("", "ef").bytes, 2u);
  EXPECT_EQ(caller.receiveBytes(block, 6), 6);
  EXPECT_EQ(std::string(block, 6), "abcdef");

  const std::string much(1 << 20, 'x');
  State state = State::kDone;
  for (int i = 0; i < 100 && state == State::kDone; ++i) state = channel->Write(much, much).state;
  EXPECT_EQ(state, State::kWaitWrite);

  caller.shutdownSend();
  EXPECT_EQ(channel->Read(block, sizeof block).state, State::kClosed);
  caller.close();
  for (int i = 0; i < 100 && (state == State::kWaitWrite || state == State::kDone); ++i) state = channel->Write(much, {}).state;
  EXPECT_TRUE(state == State::kClosed || state == State::kFailed);
}

}  // namespace
}  // namespace server::http
