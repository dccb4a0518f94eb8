// A program that is measured.
#include "tests/bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace careloom_bench {
namespace {

pid_t Start(const std::vector<std::string>& command) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int nowhere = open("/dev/null", O_WRONLY);
  dup2(nowhere, 1);
  dup2(nowhere, 2);
  std::vector<char*> arguments;
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  execv(arguments[0], arguments.data());
  _exit(127);
}

// A line of /proc/PID/status, in MiB; 0 when the process is gone.
double MemoryMiB(pid_t pid, const std::string& line) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string word;
  while (status >> word) {
    double kib = 0;
    if (word == line && status >> kib) return kib / 1024;
  }
  return 0;
}

}  // namespace

Process::Process(const std::vector<std::string>& command) : pid_(Start(command)) {}

Process::~Process() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

double Process::ResidentMiB() const { return MemoryMiB(pid_, "VmRSS:"); }

Ran RunToEnd(const std::vector<std::string>& command) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t pid = Start(command);
  Ran ran;
  int status = 0;
  // Looked at while it runs: what wait4 tells counts this process's own memory too, from before the program began.
  while (waitpid(pid, &status, WNOHANG) == 0) {
    const double peak = MemoryMiB(pid, "VmHWM:");
    if (peak > 0) ran.peak_mib = peak;   // the last one: the first may be from before the program began, too
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ran.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  ran.well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return ran;
}

std::string OutputOf(const std::string& shell_command) {
  std::string output;
  std::FILE* pipe = popen(shell_command.c_str(), "r");
  if (!pipe) return output;
  char block[4096];
  for (std::size_t got = 0; (got = std::fread(block, 1, sizeof block, pipe)) > 0;) output.append(block, got);
  pclose(pipe);
  return output;
}

}  // namespace careloom_bench
