// The queue and its thread.
#include "server/log/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace server::log {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 50;

std::uint64_t CountLines(std::string_view lines) { return static_cast<std::uint64_t>(std::ranges::count(lines, '\n')); }

// As many whole lines as a pipe takes at once; a pipe that says it is writable takes that much without waiting.
std::string_view Piece(std::string_view lines) {
  if (lines.size() <= Line::kMostBytes) return lines;
  return lines.substr(0, lines.rfind('\n', Line::kMostBytes - 1) + 1);
}

}  // namespace

Log::Log(Settings settings) : settings_(settings) {
  if (is_on()) thread_ = std::thread([this] { Loop(); });
}

Log::~Log() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    end_ = Clock::now() + std::chrono::milliseconds(settings_.farewell_ms);
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Log::Write(Line line) {
  if (!is_on()) return;
  const std::string_view text = line.Finish();
  bool notify = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (waiting_.size() + text.size() > settings_.waiting_bytes) {
      dropped_ += 1;
      return;
    }
    const bool is_urgent = line.level() == Level::kError && !urgent_;
    notify = waiting_.empty() || is_urgent;
    urgent_ |= is_urgent;
    waiting_ += text;
  }
  if (notify) changed_.notify_one();
}

void Log::Loop() {
  std::string lines;
  while (true) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      changed_.wait_for(lock, std::chrono::milliseconds(settings_.gather_ms), [this] { return stopping_ || urgent_; });
      if (waiting_.empty()) return;
      lines.clear();
      lines.swap(waiting_);
      urgent_ = false;
    }
    WriteAll(lines);
  }
}

void Log::WriteAll(std::string_view lines) {
  while (!lines.empty()) {
    const std::string_view piece = Piece(lines);
    lines.remove_prefix(piece.size());
    if (!WriteSome(piece)) {
      dropped_ += CountLines(piece);
      continue;
    }
    written_ += CountLines(piece);
    if (dropped_ > told_) SayDropped();
  }
}

void Log::SayDropped() {
  const std::uint64_t dropped = dropped_;
  Line line(Level::kWarning, "log-dropped");
  line.Add("lines", static_cast<std::int64_t>(dropped - told_));
  if (!WriteSome(line.Finish())) return;
  told_ = dropped;
  written_ += 1;
}

// False when it was not taken, or not whole. At most kMostBytes.
bool Log::WriteSome(std::string_view lines) {
  std::string mended;
  if (is_torn_) {
    mended = "\n" + std::string(lines);
    lines = mended;
  }
  std::size_t written = 0;
  while (written < lines.size()) {
    if (!IsWritable()) break;
    const ssize_t count = ::write(settings_.descriptor, lines.data() + written, lines.size() - written);
    if (count > 0) {
      written += static_cast<std::size_t>(count);
    } else if (errno != EINTR && errno != EAGAIN) {
      break;
    }
  }
  if (written == lines.size()) is_torn_ = false;
  if (written > 0 && written < lines.size()) is_torn_ = lines[written - 1] != '\n';
  return written == lines.size();
}

// Waits for the reader; false at the end of the farewell. The descriptor may be shared with other processes, so it is
// not made non-blocking: what is written is small enough not to block once it is writable.
bool Log::IsWritable() {
  while (true) {
    pollfd one{settings_.descriptor, POLLOUT, 0};
    const bool is_time_up = IsTimeUp();
    const int ready = ::poll(&one, 1, is_time_up ? 0 : kPollMs);
    if (ready > 0) return true;   // an error too: write() then says which
    if ((ready < 0 && errno != EINTR) || is_time_up) return false;
  }
}

bool Log::IsTimeUp() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return stopping_ && Clock::now() >= end_;
}

}  // namespace server::log
