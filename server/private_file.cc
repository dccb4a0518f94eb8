// What a file is and who may read it is asked of the open file, so that it cannot be exchanged in between.
#include "server/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace server {
namespace {

using fhir::Error;
using fhir::ErrorKind;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

std::string Octal(mode_t mode) {
  std::string digits = "0";
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7));
  return digits;
}

}  // namespace

fhir::Result<PrivateFile> ReadPrivateFile(const std::string& path, std::size_t most_bytes) {
  const auto refused = [&](const std::string& why) { return Error(ErrorKind::kInvalid, "the file '" + path + "' " + why); };
  // Not blocking: opening a pipe that nobody writes would wait for ever.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return refused(std::string("cannot be opened: ") + std::strerror(errno));
  struct stat is = {};
  if (::fstat(file.number(), &is) != 0) return refused(std::string("cannot be looked at: ") + std::strerror(errno));
  if (!S_ISREG(is.st_mode)) return refused("is not a plain file");
  PrivateFile read;
  if ((is.st_mode & 077) != 0) {
    read.exposed = "the file '" + path + "' holds a secret and has mode " + Octal(is.st_mode) + ", so that others may read or change it; allow its owner alone: chmod 600 '" + path + "'";
  }
  char block[16384];
  while (true) {
    const ssize_t count = ::read(file.number(), block, sizeof block);
    if (count < 0) return refused(std::string("cannot be read: ") + std::strerror(errno));
    if (count == 0) return read;
    read.bytes.append(block, static_cast<std::size_t>(count));
    if (read.bytes.size() > most_bytes) return refused("is longer than " + std::to_string(most_bytes) + " bytes");
  }
}

}  // namespace server
