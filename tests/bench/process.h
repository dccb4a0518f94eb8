// A program that is measured: started, looked at, stopped.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace careloom_bench {

class Process {
 public:
  // Starts it with its output going nowhere.
  explicit Process(const std::vector<std::string>& command);
  // Ends it with SIGTERM and waits.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  // Resident memory in MiB.
  double ResidentMiB() const;

 private:
  pid_t pid_ = -1;
};

// Runs a program to its end, its output going nowhere.
struct Ran {
  bool well = false;           // exit status 0
  double seconds = 0;
  double peak_mib = 0;         // most resident memory
};
Ran RunToEnd(const std::vector<std::string>& command);

// Runs it to its end; what it wrote to standard output.
std::string OutputOf(const std::string& shell_command);

}  // namespace careloom_bench
