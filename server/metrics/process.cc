// From /proc/self (https://man7.org/linux/man-pages/man5/proc.5.html), under the names that Prometheus' own clients use.
#include "server/metrics/process.h"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <string>

namespace server::metrics {
namespace {

std::string ReadFile(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The field of that number, from 1, in text that is split at spaces; -1 when it is not there.
double Field(std::string_view text, int number) {
  for (; number > 1; --number) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) return -1;
    text.remove_prefix(space + 1);
  }
  std::int64_t value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return static_cast<double>(value);
}

// Seconds since 1970 at which the machine started.
double BootTime() {
  const std::string stat = ReadFile("/proc/stat");
  const std::size_t at = stat.find("\nbtime ");
  return at == std::string::npos ? -1 : Field(std::string_view(stat).substr(at + 1), 2);
}

}  // namespace

void AddProcess(Page& page) {
  const double ticks = static_cast<double>(::sysconf(_SC_CLK_TCK)), page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
  const std::string stat = ReadFile("/proc/self/stat");
  const std::size_t name_end = stat.rfind(')');   // the program's name may hold anything
  if (name_end != std::string::npos && name_end + 2 < stat.size()) {
    const std::string_view fields = std::string_view(stat).substr(name_end + 2);   // from the third on
    page.Gauge("process_resident_memory_bytes", "Memory in use", Field(fields, 24 - 2) * page_bytes);
    page.Gauge("process_virtual_memory_bytes", "Memory that addresses are given for", Field(fields, 23 - 2));
    page.Counter("process_cpu_seconds_total", "Processor time, of the program and of the system for it", (Field(fields, 14 - 2) + Field(fields, 15 - 2)) / ticks);
    page.Gauge("process_threads", "Threads", Field(fields, 20 - 2));
    if (const double boot = BootTime(); boot > 0) page.Gauge("process_start_time_seconds", "Start, seconds since 1970", boot + Field(fields, 22 - 2) / ticks);
  }
  std::error_code failed;
  double open = 0;
  for (auto entry = std::filesystem::directory_iterator("/proc/self/fd", failed); !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed)) ++open;
  if (!failed) page.Gauge("process_open_fds", "Open files and connections", open);
}

}  // namespace server::metrics
