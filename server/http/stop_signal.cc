// The signals that end the process: the first asks it to stop in good order, the second ends it at once.
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

#include "server/http/edge.h"

namespace server::http {
namespace {

// A signal handler may touch nothing but a semaphore; there is one per process because signals are.
sem_t* StopSemaphore() {
  static sem_t semaphore;
  static const int made = ::sem_init(&semaphore, 0, 0);
  static_cast<void>(made);
  return &semaphore;
}

volatile sig_atomic_t g_asked = 0;   // by a signal

void OnSignal(int number) {
  if (g_asked) {
    ::signal(number, SIG_DFL);
    ::raise(number);
  }
  g_asked = 1;
  ::sem_post(StopSemaphore());
}

}  // namespace

void CatchStopSignals() {
  StopSemaphore();
  struct sigaction action = {};
  action.sa_handler = OnSignal;
  ::sigaction(SIGTERM, &action, nullptr);
  ::sigaction(SIGINT, &action, nullptr);
}

void WaitForStop() {
  CatchStopSignals();
  while (::sem_wait(StopSemaphore()) != 0) {
  }
}

void StopServing() { ::sem_post(StopSemaphore()); }

}  // namespace server::http
