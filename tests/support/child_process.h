// The program as a process of its own, for tests of what only a process does: starting, being killed, starting again.
// It dies with the thread that started it.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/store_switch.h"

namespace careloom_test {

// The careloom that was built with the tests: in the folder above their own.
inline std::string BuiltProgram() { return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "careloom"; }

class ChildProcess {
 public:
  // Its standard input is empty. The store of --data is where store_switch.h says.
  explicit ChildProcess(std::vector<std::string> arguments, std::string program = BuiltProgram()) : out_(std::tmpfile()), err_(std::tmpfile()) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
      if (const std::string url = arguments[i - 1] == "--data" ? StoreUrl(arguments[i]) : std::string(); !url.empty()) {
        arguments[i - 1] = "--postgres";
        arguments[i] = url;
      }
    }
    std::vector<char*> words = {program.data()};
    for (std::string& argument : arguments) words.push_back(argument.data());
    words.push_back(nullptr);
    id_ = ::fork();
    if (id_ != 0) return;
    // Between fork and exec nothing but system calls: the parent has threads.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, 0);
    ::dup2(::fileno(out_), 1);
    ::dup2(::fileno(err_), 2);
    ::execv(program.c_str(), words.data());
    ::_exit(127);
  }
  ~ChildProcess() {
    Signal(SIGKILL);
    Wait();
    std::fclose(out_);
    std::fclose(err_);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t id() const { return id_; }
  void Signal(int number) {
    if (!ended_) ::kill(id_, number);
  }
  void Kill() { Signal(SIGKILL); }
  // Waits for its end: the exit status, or the signal that ended it as a negative number; -1000 when it could not be started.
  int Wait() {
    int status = 0;
    if (!ended_ && ::waitpid(id_, &status, 0) == id_) exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    ended_ = true;
    return exit_;
  }
  // The same; did it leave a core dump?
  bool WaitForDump() {
    int status = 0;
    const bool dumped = !ended_ && ::waitpid(id_, &status, 0) == id_ && WIFSIGNALED(status) && WCOREDUMP(status);
    ended_ = true;
    return dumped;
  }
  // Everything written so far.
  std::string out() const { return Written(out_); }
  std::string err() const { return Written(err_); }
  // Waits until it has written `text` to standard error; false after `patience`, or when it has ended without.
  bool WaitForWords(std::string_view text, std::chrono::milliseconds patience = std::chrono::seconds(60)) {
    for (const auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
      siginfo_t state{};
      const bool running = ::waitid(P_PID, static_cast<id_t>(id_), &state, WEXITED | WNOHANG | WNOWAIT) == 0 && state.si_pid == 0;
      if (err().find(text) != std::string::npos) return true;
      if (!running) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return false;
  }
  // The port that careloom serve --port 0 took; 0 when it does not serve.
  std::uint16_t WaitForPort() {
    if (!WaitForWords("/fhir from ")) return 0;
    const std::string words = err();
    const std::size_t colon = words.rfind(':', words.find("/fhir from "));
    return static_cast<std::uint16_t>(std::atoi(words.c_str() + colon + 1));
  }

 private:
  static std::string Written(std::FILE* file) {
    std::string text;
    char block[4096];
    for (ssize_t count; (count = ::pread(::fileno(file), block, sizeof block, static_cast<off_t>(text.size()))) > 0;) text.append(block, static_cast<std::size_t>(count));
    return text;
  }

  std::FILE *out_, *err_;   // without names: gone with the process that holds them
  pid_t id_ = -1;
  bool ended_ = false;
  int exit_ = -1000;
};

}  // namespace careloom_test
