// A program that is measured.
#include "tests/bench/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <fstream>

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

}  // namespace

Process::Process(const std::vector<std::string>& command) : pid_(Start(command)) {}

Process::~Process() {
  kill(pid_, SIGTERM);
  waitpid(pid_, nullptr, 0);
}

double Process::ResidentMiB() const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (status >> word) {
    double kib = 0;
    if (word == "VmRSS:" && status >> kib) return kib / 1024;
  }
  return 0;
}

Ran RunToEnd(const std::vector<std::string>& command) {
  const auto start = std::chrono::steady_clock::now();
  int status = 0;
  rusage used{};
  wait4(Start(command), &status, 0, &used);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {WIFEXITED(status) && WEXITSTATUS(status) == 0, took.count(), static_cast<double>(used.ru_maxrss) / 1024};
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
