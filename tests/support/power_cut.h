// What a disk may hold after a power cut, made from the log of a RecordingVfs: everything that was synced before it, and of
// the rest what the cut's rule leaves.
#pragma once

#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/recording_vfs.h"

namespace careloom_test {

// What becomes of writes and truncations that no sync of their file followed.
struct CutRule {
  double dropped = 0;          // the share of them that never reached the disk
  bool reordered = false;      // writes reach it in any order
  bool torn = false;           // of a write each 512 bytes for themselves
};

class PowerCut {
 public:
  // `syncs_lie`: the disk says that it has synced, and has not.
  PowerCut(const DiskFiles& start, bool syncs_lie);
  // The next record of the log came to pass before the cut.
  void Pass(const DiskRecord& record);
  // A disk as it may be when the power goes now.
  DiskFiles Cut(const CutRule& rule, std::mt19937_64& random) const;

 private:
  using Folder = std::map<std::string, std::size_t>;   // files by name

  struct File {
    std::string synced;
    std::vector<DiskRecord> unsynced;
  };

  static void PassEntry(const DiskRecord& record, Folder& folder);
  std::string BytesOf(const File& file, const CutRule& rule, std::mt19937_64& random) const;
  void SyncFolder();

  const bool syncs_lie_;
  std::map<std::size_t, File> files_;
  Folder folder_;                            // as synced
  std::vector<DiskRecord> unsynced_entries_;  // files made and deleted since, in the order in which a journal of the folder has them
};

}  // namespace careloom_test
