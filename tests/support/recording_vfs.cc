// See recording_vfs.h.
#include "tests/support/recording_vfs.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <new>

namespace careloom_test {

namespace {

constexpr int kShmLocks = SQLITE_SHM_NLOCK;

std::string NewName() {
  static std::atomic<int> made = 0;
  return "recording-" + std::to_string(++made);
}

}  // namespace

// A file's bytes, and who has it locked.
struct RecordingVfs::Node {
  std::size_t number = 0;
  std::string bytes;
  int shared = 0;
  const File *reserved = nullptr, *pending = nullptr, *exclusive = nullptr;
  int mapped = 0;                                   // connections that share its memory
  std::vector<std::unique_ptr<char[]>> regions;
  std::array<int, kShmLocks> shm_shared{};
  std::array<const File*, kShmLocks> shm_exclusive{};
};

// What SQLite holds of an open file. SQLite gives the memory.
struct RecordingVfs::File {
  sqlite3_file base;
  RecordingVfs* disk;
  std::shared_ptr<Node> node;
  bool named, sync_folder, maps;
  int lock;
  unsigned shm_shared, shm_exclusive;               // bit sets of the locks held
};

struct RecordingVfs::Methods {
  static File& Of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
  static RecordingVfs& Of(sqlite3_vfs* vfs) { return *static_cast<RecordingVfs*>(vfs->pAppData); }
  static sqlite3_vfs& System() { return *sqlite3_vfs_find("unix"); }

  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    RecordingVfs& disk = Of(vfs);
    const std::lock_guard<std::mutex> lock(disk.mutex_);
    File& opened = *new (file) File{};
    opened.disk = &disk;
    opened.named = name != nullptr;
    std::shared_ptr<Node> node = name && disk.nodes_.count(name) ? disk.nodes_[name] : nullptr;
    if (!node) {
      if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
      node = std::make_shared<Node>();
      node->number = disk.next_number_++;
      if (name) {
        disk.nodes_[name] = node;
        disk.log_.push_back({.kind = DiskRecord::Kind::kCreate, .file = node->number, .name = name});
      }
      opened.sync_folder = (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL)) != 0;
    }
    opened.node = std::move(node);
    opened.base.pMethods = &kFileMethods;
    if (out_flags) *out_flags = flags;
    return SQLITE_OK;
  }

  static int Delete(sqlite3_vfs* vfs, const char* name, int sync_folder) {
    RecordingVfs& disk = Of(vfs);
    const std::lock_guard<std::mutex> lock(disk.mutex_);
    const auto found = disk.nodes_.find(name);
    if (found == disk.nodes_.end()) return SQLITE_IOERR_DELETE_NOENT;
    disk.log_.push_back({.kind = DiskRecord::Kind::kDelete, .file = found->second->number, .name = name, .sync_folder = sync_folder != 0});
    disk.nodes_.erase(found);
    return SQLITE_OK;
  }

  static int Access(sqlite3_vfs* vfs, const char* name, int, int* result) {
    RecordingVfs& disk = Of(vfs);
    const std::lock_guard<std::mutex> lock(disk.mutex_);
    *result = disk.nodes_.count(name) != 0;
    return SQLITE_OK;
  }

  static int FullPath(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
  }

  static int Close(sqlite3_file* file) {
    File& closing = Of(file);
    {
      const std::lock_guard<std::mutex> lock(closing.disk->mutex_);
      SetLock(closing, SQLITE_LOCK_NONE);
      Unmap(closing);
    }
    closing.~File();
    return SQLITE_OK;
  }

  static int Read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
    const File& reading = Of(file);
    const std::lock_guard<std::mutex> lock(reading.disk->mutex_);
    const std::string& bytes = reading.node->bytes;
    const auto wanted = static_cast<std::size_t>(size), from = std::min(static_cast<std::size_t>(offset), bytes.size());
    const std::size_t got = std::min(wanted, bytes.size() - from);
    std::memcpy(out, bytes.data() + from, got);
    if (got == wanted) return SQLITE_OK;
    std::memset(static_cast<char*>(out) + got, 0, wanted - got);
    return SQLITE_IOERR_SHORT_READ;
  }

  static int Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    File& writing = Of(file);
    const std::lock_guard<std::mutex> lock(writing.disk->mutex_);
    std::string& bytes = writing.node->bytes;
    const auto at = static_cast<std::size_t>(offset), length = static_cast<std::size_t>(size);
    if (bytes.size() < at + length) bytes.resize(at + length);
    std::memcpy(bytes.data() + at, from, length);
    Log(writing, {.kind = DiskRecord::Kind::kWrite, .at = offset, .bytes = std::string(static_cast<const char*>(from), length)});
    return SQLITE_OK;
  }

  static int Truncate(sqlite3_file* file, sqlite3_int64 size) {
    File& writing = Of(file);
    const std::lock_guard<std::mutex> lock(writing.disk->mutex_);
    writing.node->bytes.resize(static_cast<std::size_t>(size));
    Log(writing, {.kind = DiskRecord::Kind::kTruncate, .at = size});
    return SQLITE_OK;
  }

  static int Sync(sqlite3_file* file, int) {
    File& syncing = Of(file);
    const std::lock_guard<std::mutex> lock(syncing.disk->mutex_);
    Log(syncing, {.kind = DiskRecord::Kind::kSync, .sync_folder = std::exchange(syncing.sync_folder, false)});
    return SQLITE_OK;
  }

  static int Size(sqlite3_file* file, sqlite3_int64* size) {
    const File& asked = Of(file);
    const std::lock_guard<std::mutex> lock(asked.disk->mutex_);
    *size = static_cast<sqlite3_int64>(asked.node->bytes.size());
    return SQLITE_OK;
  }

  static int Lock(sqlite3_file* file, int wanted) {
    File& locking = Of(file);
    const std::lock_guard<std::mutex> lock(locking.disk->mutex_);
    if (wanted <= locking.lock) return SQLITE_OK;
    Node& node = *locking.node;
    const auto others = [&](const File* holder) { return holder && holder != &locking; };
    if (others(node.exclusive) || (others(node.pending) && locking.lock == SQLITE_LOCK_NONE)) return SQLITE_BUSY;
    if (wanted >= SQLITE_LOCK_RESERVED && others(node.reserved)) return SQLITE_BUSY;
    if (wanted == SQLITE_LOCK_EXCLUSIVE && (others(node.pending) || node.shared > 1)) {
      if (!node.pending && locking.lock >= SQLITE_LOCK_SHARED) {
        node.pending = &locking;
        locking.lock = SQLITE_LOCK_PENDING;
      }
      return SQLITE_BUSY;
    }
    SetLock(locking, wanted);
    return SQLITE_OK;
  }

  static int Unlock(sqlite3_file* file, int wanted) {
    File& locking = Of(file);
    const std::lock_guard<std::mutex> lock(locking.disk->mutex_);
    if (wanted < locking.lock) SetLock(locking, wanted);
    return SQLITE_OK;
  }

  static int IsReserved(sqlite3_file* file, int* result) {
    const File& asked = Of(file);
    const std::lock_guard<std::mutex> lock(asked.disk->mutex_);
    *result = asked.node->reserved || asked.node->exclusive;
    return SQLITE_OK;
  }

  static int Control(sqlite3_file* file, int operation, void* argument) {
    if (operation != SQLITE_FCNTL_PRAGMA) return SQLITE_NOTFOUND;
    const char* const* words = static_cast<char**>(argument);
    // A PRAGMA that sets another value than the one that stands is done already: nothing happens.
    for (const auto& [name, value] : Of(file).disk->pragmas_) {
      if (words[2] && sqlite3_stricmp(words[1], name.c_str()) == 0 && value != words[2]) return SQLITE_OK;
    }
    return SQLITE_NOTFOUND;
  }

  static int SectorSize(sqlite3_file*) { return 4096; }
  static int Characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

  static int ShmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
    File& mapping = Of(file);
    const std::lock_guard<std::mutex> lock(mapping.disk->mutex_);
    Node& node = *mapping.node;
    if (!std::exchange(mapping.maps, true)) ++node.mapped;
    const auto index = static_cast<std::size_t>(region);
    while (extend && node.regions.size() <= index) node.regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *out = index < node.regions.size() ? node.regions[index].get() : nullptr;
    return SQLITE_OK;
  }

  static int ShmLock(sqlite3_file* file, int first, int count, int flags) {
    File& locking = Of(file);
    const std::lock_guard<std::mutex> lock(locking.disk->mutex_);
    Node& node = *locking.node;
    const auto every = [&](const auto& done) {
      for (int slot = first; slot < first + count; ++slot) done(static_cast<std::size_t>(slot), 1U << slot);
    };
    if (flags & SQLITE_SHM_UNLOCK) {
      every([&](std::size_t slot, unsigned bit) { LetGo(locking, slot, bit); });
      return SQLITE_OK;
    }
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    bool free = true;
    every([&](std::size_t slot, unsigned bit) {
      const int others = node.shm_shared[slot] - ((locking.shm_shared & bit) ? 1 : 0);
      if ((node.shm_exclusive[slot] && node.shm_exclusive[slot] != &locking) || (exclusive && others > 0)) free = false;
    });
    if (!free) return SQLITE_BUSY;
    every([&](std::size_t slot, unsigned bit) {
      if (exclusive) {
        node.shm_exclusive[slot] = &locking;
        locking.shm_exclusive |= bit;
      } else if (!(locking.shm_shared & bit)) {
        ++node.shm_shared[slot];
        locking.shm_shared |= bit;
      }
    });
    return SQLITE_OK;
  }

  static void ShmBarrier(sqlite3_file* file) { const std::lock_guard<std::mutex> lock(Of(file).disk->mutex_); }

  static int ShmUnmap(sqlite3_file* file, int) {
    File& mapping = Of(file);
    const std::lock_guard<std::mutex> lock(mapping.disk->mutex_);
    Unmap(mapping);
    return SQLITE_OK;
  }

  // With the disk's mutex held, these four.
  static void Log(const File& file, DiskRecord record) {
    if (!file.named) return;
    record.file = file.node->number;
    file.disk->log_.push_back(std::move(record));
  }
  static void SetLock(File& file, int wanted) {
    Node& node = *file.node;
    node.shared += (wanted >= SQLITE_LOCK_SHARED) - (file.lock >= SQLITE_LOCK_SHARED);
    const auto hold = [&](const File*& holder, int from) {
      if (wanted >= from) holder = &file;
      else if (holder == &file) holder = nullptr;
    };
    hold(node.reserved, SQLITE_LOCK_RESERVED);
    hold(node.pending, SQLITE_LOCK_PENDING);
    hold(node.exclusive, SQLITE_LOCK_EXCLUSIVE);
    file.lock = wanted;
  }
  static void LetGo(File& file, std::size_t slot, unsigned bit) {
    Node& node = *file.node;
    if (file.shm_exclusive & bit) node.shm_exclusive[slot] = nullptr;
    if (file.shm_shared & bit) --node.shm_shared[slot];
    file.shm_exclusive &= ~bit;
    file.shm_shared &= ~bit;
  }
  static void Unmap(File& file) {
    if (!std::exchange(file.maps, false)) return;
    for (std::size_t slot = 0; slot < kShmLocks; ++slot) LetGo(file, slot, 1U << slot);
    if (--file.node->mapped == 0) file.node->regions.clear();
  }

  // Sets the pragmas of a connection that has just been opened on one of these disks.
  static int Opened(sqlite3* connection, const char**, const sqlite3_api_routines*) {
    sqlite3_vfs* vfs = nullptr;
    if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_VFS_POINTER, &vfs) != SQLITE_OK || !vfs || vfs->xOpen != Open) return SQLITE_OK;
    for (const auto& [name, value] : Of(vfs).pragmas_) sqlite3_exec(connection, ("PRAGMA " + name + "=" + value).c_str(), nullptr, nullptr, nullptr);
    return SQLITE_OK;
  }

  static const sqlite3_io_methods kFileMethods;
};

const sqlite3_io_methods RecordingVfs::Methods::kFileMethods = {
    2,         Close,  Read,       Write,   Truncate,   Sync,            Size,   Lock,    Unlock,     IsReserved,
    Control, SectorSize, Characteristics, ShmMap, ShmLock, ShmBarrier, ShmUnmap, nullptr, nullptr};

RecordingVfs::RecordingVfs(DiskFiles start, Pragmas pragmas) : start_(std::move(start)), pragmas_(std::move(pragmas)), name_(NewName()), vfs_(Methods::System()) {
  for (const auto& [name, bytes] : start_) {
    nodes_[name] = std::make_shared<Node>();
    nodes_[name]->number = next_number_++;
    nodes_[name]->bytes = bytes;
  }
  vfs_.iVersion = 2;
  vfs_.szOsFile = sizeof(File);
  vfs_.pNext = nullptr;
  vfs_.zName = name_.c_str();
  vfs_.pAppData = this;
  vfs_.xOpen = Methods::Open;
  vfs_.xDelete = Methods::Delete;
  vfs_.xAccess = Methods::Access;
  vfs_.xFullPathname = Methods::FullPath;
  sqlite3_vfs_register(&vfs_, 0);
  // Registering it again changes nothing.
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(Methods::Opened));
}

RecordingVfs::~RecordingVfs() { sqlite3_vfs_unregister(&vfs_); }

void RecordingVfs::Mark(std::int64_t number) {
  const std::lock_guard<std::mutex> lock(mutex_);
  log_.push_back({.kind = DiskRecord::Kind::kMark, .at = number});
}

DiskFiles RecordingVfs::Files() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  DiskFiles files;
  for (const auto& [name, node] : nodes_) files[name] = node->bytes;
  return files;
}

}  // namespace careloom_test
