// Loaded before a program (LD_PRELOAD), it makes the n-th call of one kind fail, once or from then on. Calls on files count
// when the file is in the folder to be harmed; memory counts always. What fails, and when, is said by the environment:
//   CARELOOM_FAULT         "sync 3 EIO once": kind (sync write open truncate delete rename map memory), number, how
//                          (EIO ENOSPC EINTR EDQUOT short), once or always
//   CARELOOM_FAULT_FOLDER  the folder
//   CARELOOM_FAULT_TOLD    a file that is made when the first call has failed
//   CARELOOM_FAULT_ARMED   set: calls count from the start; else from the first SIGUSR1 on
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdlib>
#include <cstring>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
}

namespace {

constexpr int kMostFiles = 4096;

std::atomic<bool> armed{false}, told{false};
std::atomic<long> calls{0};
std::atomic<bool> harmed[kMostFiles];           // by descriptor
char kind[16], folder[512], told_path[512];
long failing_call = 0;
int failure = EIO;
bool is_short = false, always = false;

bool IsIn(const char* path) { return folder[0] && path && strncmp(path, folder, strlen(folder)) == 0; }
bool IsHarmed(int descriptor) { return descriptor >= 0 && descriptor < kMostFiles && harmed[descriptor]; }

// Whether this call is one that fails.
bool Fails(const char* of_kind) {
  if (!armed || strcmp(kind, of_kind) != 0) return false;
  const long number = ++calls;
  if (always ? number < failing_call : number != failing_call) return false;
  if (!told.exchange(true) && told_path[0]) {
    const long file = syscall(SYS_openat, AT_FDCWD, told_path, O_WRONLY | O_CREAT, 0600);
    if (file >= 0) syscall(SYS_close, file);
  }
  errno = failure;
  return true;
}

void Arm(int) { armed = true; }

void Copy(const char* name, char* out, std::size_t size) {
  const char* value = getenv(name);
  if (value) strncpy(out, value, size - 1);
}

struct Start {
  Start() {
    Copy("CARELOOM_FAULT_FOLDER", folder, sizeof folder);
    Copy("CARELOOM_FAULT_TOLD", told_path, sizeof told_path);
    char words[128] = {};
    Copy("CARELOOM_FAULT", words, sizeof words);
    char* rest = nullptr;
    const char* word = strtok_r(words, " ", &rest);
    if (!word) return;
    strncpy(kind, word, sizeof kind - 1);
    word = strtok_r(nullptr, " ", &rest);
    failing_call = word ? atol(word) : 0;
    word = strtok_r(nullptr, " ", &rest);
    const char* how = word ? word : "EIO";
    is_short = strcmp(how, "short") == 0;
    failure = strcmp(how, "ENOSPC") == 0 ? ENOSPC : strcmp(how, "EINTR") == 0 ? EINTR : strcmp(how, "EDQUOT") == 0 ? EDQUOT : EIO;
    word = strtok_r(nullptr, " ", &rest);
    always = word && strcmp(word, "always") == 0;
    armed = getenv("CARELOOM_FAULT_ARMED") != nullptr;
    struct sigaction action = {};
    action.sa_handler = Arm;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, nullptr);
  }
} start;

int Opened(int folder_descriptor, const char* path, int flags, unsigned mode) {
  if (IsIn(path) && Fails("open")) return -1;
  const int descriptor = static_cast<int>(syscall(SYS_openat, folder_descriptor, path, flags, mode));
  if (descriptor >= 0 && descriptor < kMostFiles) harmed[descriptor] = IsIn(path);
  return descriptor;
}

ssize_t Written(int descriptor, const void* bytes, std::size_t size, long offset) {
  if (IsHarmed(descriptor) && Fails("write")) {
    if (!is_short) return -1;
    size -= size / 2;
  }
  return offset < 0 ? syscall(SYS_write, descriptor, bytes, size) : syscall(SYS_pwrite64, descriptor, bytes, size, offset);
}

void* Mapped(void* address, std::size_t size, int protection, int flags, int descriptor, long offset) {
  if (IsHarmed(descriptor) && Fails("map")) return MAP_FAILED;
  return reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, descriptor, offset));
}

unsigned ModeOf(int flags, va_list more) { return (flags & O_CREAT) != 0 ? va_arg(more, unsigned) : 0; }

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const unsigned mode = ModeOf(flags, more);
  va_end(more);
  return Opened(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const unsigned mode = ModeOf(flags, more);
  va_end(more);
  return Opened(AT_FDCWD, path, flags, mode);
}
int close(int descriptor) {
  if (descriptor >= 0 && descriptor < kMostFiles) harmed[descriptor] = false;
  return static_cast<int>(syscall(SYS_close, descriptor));
}
ssize_t write(int descriptor, const void* bytes, std::size_t size) { return Written(descriptor, bytes, size, -1); }
ssize_t pwrite(int descriptor, const void* bytes, std::size_t size, off_t offset) { return Written(descriptor, bytes, size, offset); }
ssize_t pwrite64(int descriptor, const void* bytes, std::size_t size, off64_t offset) { return Written(descriptor, bytes, size, offset); }
int fsync(int descriptor) { return IsHarmed(descriptor) && Fails("sync") ? -1 : static_cast<int>(syscall(SYS_fsync, descriptor)); }
int fdatasync(int descriptor) { return IsHarmed(descriptor) && Fails("sync") ? -1 : static_cast<int>(syscall(SYS_fdatasync, descriptor)); }
int ftruncate(int descriptor, off_t size) noexcept { return IsHarmed(descriptor) && Fails("truncate") ? -1 : static_cast<int>(syscall(SYS_ftruncate, descriptor, size)); }
int ftruncate64(int descriptor, off64_t size) noexcept { return IsHarmed(descriptor) && Fails("truncate") ? -1 : static_cast<int>(syscall(SYS_ftruncate, descriptor, size)); }
int unlink(const char* path) noexcept { return IsIn(path) && Fails("delete") ? -1 : static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0)); }
int rename(const char* from, const char* to) noexcept { return IsIn(from) && Fails("rename") ? -1 : static_cast<int>(syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0)); }
void* mmap(void* address, std::size_t size, int protection, int flags, int descriptor, off_t offset) noexcept { return Mapped(address, size, protection, flags, descriptor, offset); }
void* mmap64(void* address, std::size_t size, int protection, int flags, int descriptor, off64_t offset) noexcept { return Mapped(address, size, protection, flags, descriptor, offset); }
void* malloc(std::size_t size) noexcept {
  if (!Fails("memory")) return __libc_malloc(size);
  errno = ENOMEM;
  return nullptr;
}
void* calloc(std::size_t count, std::size_t size) noexcept {
  if (!Fails("memory")) return __libc_calloc(count, size);
  errno = ENOMEM;
  return nullptr;
}
void* realloc(void* old, std::size_t size) noexcept {
  if (!Fails("memory")) return __libc_realloc(old, size);
  errno = ENOMEM;
  return nullptr;
}

}  // extern "C"
