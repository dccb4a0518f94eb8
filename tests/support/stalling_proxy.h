// Stands between a client and a server's unix socket, on a TCP port of this machine, and can swallow what passes: what a network
// does that loses packets without saying so.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>

namespace careloom_test {

class StallingProxy {
 public:
  enum class Mode { kPass, kSwallowAnswers, kSwallowAll };

  explicit StallingProxy(std::string unix_socket);
  ~StallingProxy();
  StallingProxy(const StallingProxy&) = delete;
  StallingProxy& operator=(const StallingProxy&) = delete;

  std::uint16_t port() const { return port_; }
  // Of the connections there are; those that come later pass until they are told.
  void SetOpen(Mode mode);
  // Of those that come later too.
  void SetAll(Mode mode);
  // Once a client has sent this text on any connection, that connection's mode changes, at the next byte.
  void SwallowAnswersAfter(std::string text);
  int connections() const { return connections_; }

 private:
  struct Pair {
    Pair(int of_client, int of_server, Mode at_first) : client(of_client), server(of_server), mode(at_first) {}
    int client, server;
    std::atomic<Mode> mode;
    std::thread thread;
  };
  void Accept();
  void Forward(Pair& pair);

  const std::string target_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<Mode> later_ = Mode::kPass;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;               // guards the members below
  std::list<Pair> pairs_;
  std::string trigger_;
  std::thread thread_;
};

}  // namespace careloom_test
