// What is a traceparent, and what only looks like one.
#include "server/log/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace server::log {
namespace {

TEST(TraceParent, TheIdOfAValidOneIsTaken) {
  constexpr std::string_view kId = "4bf92f3577b34da6a3ce929d0e0e4736";
  EXPECT_EQ(ParseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), kId);
  EXPECT_EQ(ParseTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff"), kId);
  EXPECT_EQ(ParseTraceParent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), kId);
  EXPECT_EQ(ParseTraceParent("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-may-come"), kId);
}

TEST(TraceParent, AnythingElseIsNot) {
  for (const std::string_view value : {
           "",
           "00",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
           "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
           "00-4bf92f3577b34da6a3ce929d0e0e473-000f067aa0ba902b7-01",
           "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
           "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
           "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
           "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
           "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
       }) {
    EXPECT_EQ(ParseTraceParent(value), "") << value;
  }
}

TEST(TraceIds, AreEachTheirOwnAndValid) {
  TraceIds ids, others;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    for (TraceIds* from : {&ids, &others}) {
      const std::string id = from->Next();
      EXPECT_EQ(ParseTraceParent("00-" + id + "-00f067aa0ba902b7-01"), id);
      EXPECT_TRUE(seen.insert(id).second) << id;
    }
  }
}

}  // namespace
}  // namespace server::log
