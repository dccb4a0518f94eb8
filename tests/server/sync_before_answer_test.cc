// What the kernel is asked to do for one POST: the log is written and synced before the 201 goes out. Seen with strace; skipped
// where that is missing or may not trace.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>

#include "tests/support/child_process.h"
#include "tests/support/http_client.h"
#include "tests/support/shared_data.h"
#include "tests/support/size.h"
#include "tests/support/temp_folder.h"

namespace careloom_test {
namespace {

// A system call of the trace, in the order in which they ended.
struct Call {
  std::string thread, text;   // "pwrite64(5</…/careloom.sqlite-wal>, …) = 4096"
};

std::vector<Call> Calls(const std::string& trace) {
  std::vector<Call> calls;
  std::vector<Call> unfinished;
  for (std::size_t at = 0, end; (end = trace.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::string line = trace.substr(at, end - at);
    const std::size_t space = line.find(' ');
    Call call{line.substr(0, space), line.substr(line.find_first_not_of(' ', space))};
    if (const std::size_t cut = call.text.find(" <unfinished"); cut != std::string::npos) {
      call.text.resize(cut);
      unfinished.push_back(std::move(call));
      continue;
    }
    if (const std::size_t resumed = call.text.find(" resumed>"); resumed != std::string::npos) {
      const auto begun = std::ranges::find(unfinished, call.thread, &Call::thread);
      if (begun == unfinished.end()) continue;
      call.text = begun->text + call.text.substr(resumed + 9);
      unfinished.erase(begun);
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

TEST(SyncBeforeAnswer, TheLogIsOnTheDiskBeforeThe201GoesOut) {
  if (kSanitized) GTEST_SKIP() << "the leak sanitizer does not work under strace";
  if (::access("/usr/bin/strace", X_OK) != 0) GTEST_SKIP() << "strace is not installed";
  const TempFolder folder;
  const std::string data = folder.path() / "data", trace = folder.path() / "trace";
  // -D: the program is our child, and strace nobody's.
  ChildProcess serve({"-D", "-f", "-y", "-s", "64", "-e", "trace=fsync,fdatasync,pwrite64,sendto,sendmsg,write,writev", "-o", trace, BuiltProgram(), "serve", "--port", "0", "--data", data},
                     "/usr/bin/strace");
  const std::uint16_t port = serve.WaitForPort();
  if (port == 0) GTEST_SKIP() << "strace could not trace the program: " << serve.err();
  const std::string family = "Kept before it is acknowledged";
  const auto answer = Fetch(port, "POST", "/fhir/Patient", {{"Content-Type", "application/fhir+json"}}, R"({"resourceType":"Patient","name":[{"family":")" + family + "\"}]}");
  EXPECT_EQ(answer.status, 201);
  serve.Signal(SIGTERM);
  EXPECT_EQ(serve.Wait(), 0);
  const std::vector<Call> calls = Calls(ReadFile(trace));
  const auto is = [](const Call& call, std::string_view name) { return call.text.starts_with(name); };
  const auto answered = std::ranges::find_if(calls, [](const Call& call) { return call.text.find("\"HTTP/1.1 201") != std::string::npos; });
  ASSERT_NE(answered, calls.end()) << "no call with the answer was seen";
  const auto last = [&](auto matches) {
    auto found = answered;
    for (auto call = calls.begin(); call != answered; ++call) {
      if (matches(*call)) found = call;
    }
    return found;
  };
  const auto written = last([&](const Call& call) { return is(call, "pwrite64(") && call.text.find("careloom.sqlite-wal>") != std::string::npos; });
  const auto synced = last([&](const Call& call) {
    return (is(call, "fdatasync(") || is(call, "fsync(")) && call.text.find("careloom.sqlite-wal>") != std::string::npos && call.text.ends_with("= 0");
  });
  ASSERT_NE(written, answered) << "nothing was written to the log before the answer";
  ASSERT_NE(synced, answered) << "the log was not synced before the answer";
  EXPECT_LT(written - calls.begin(), synced - calls.begin());
}

}  // namespace
}  // namespace careloom_test
