// See power_cut.h.
#include "tests/support/power_cut.h"

#include <algorithm>

namespace careloom_test {

namespace {

constexpr std::size_t kSector = 512;

bool Chance(double share, std::mt19937_64& random) { return std::uniform_real_distribution<double>()(random) < share; }

void Store(std::string_view bytes, std::size_t at, std::string& file) {
  if (file.size() < at + bytes.size()) file.resize(at + bytes.size());
  std::copy(bytes.begin(), bytes.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
}

// Whole, or (torn) those of its sectors that chance leaves.
void Apply(const DiskRecord& record, bool torn, std::mt19937_64& random, std::string& file) {
  const auto at = static_cast<std::size_t>(record.at);
  if (record.kind == DiskRecord::Kind::kTruncate) {
    file.resize(at);
    return;
  }
  if (!torn) return Store(record.bytes, at, file);
  const std::string_view bytes = record.bytes;
  for (std::size_t from = 0; from < bytes.size();) {
    const std::size_t size = std::min(kSector - (at + from) % kSector, bytes.size() - from);
    if (Chance(0.5, random)) Store(bytes.substr(from, size), at + from, file);
    from += size;
  }
}

}  // namespace

PowerCut::PowerCut(const DiskFiles& start, bool syncs_lie) : syncs_lie_(syncs_lie) {
  for (const auto& [name, bytes] : start) {
    const std::size_t number = files_.size();
    files_[number].synced = bytes;
    folder_[name] = number;
  }
}

void PowerCut::PassEntry(const DiskRecord& record, Folder& folder) {
  if (record.kind == DiskRecord::Kind::kCreate) folder[record.name] = record.file;
  else folder.erase(record.name);
}

void PowerCut::SyncFolder() {
  for (const DiskRecord& entry : unsynced_entries_) PassEntry(entry, folder_);
  unsynced_entries_.clear();
}

void PowerCut::Pass(const DiskRecord& record) {
  switch (record.kind) {
    case DiskRecord::Kind::kMark: return;
    case DiskRecord::Kind::kCreate:
    case DiskRecord::Kind::kDelete: unsynced_entries_.push_back(record); break;
    case DiskRecord::Kind::kWrite:
    case DiskRecord::Kind::kTruncate: files_[record.file].unsynced.push_back(record); return;
    case DiskRecord::Kind::kSync: {
      if (syncs_lie_) return;
      File& file = files_[record.file];
      std::mt19937_64 unused;
      for (const DiskRecord& one : file.unsynced) Apply(one, false, unused, file.synced);
      file.unsynced.clear();
      break;
    }
  }
  if (record.sync_folder && !syncs_lie_) SyncFolder();
}

std::string PowerCut::BytesOf(const File& file, const CutRule& rule, std::mt19937_64& random) const {
  std::string bytes = file.synced;
  std::vector<const DiskRecord*> kept;
  for (const DiskRecord& record : file.unsynced) {
    if (!Chance(rule.dropped, random)) kept.push_back(&record);
  }
  if (rule.reordered) {
    // A new size is in the file system's own journal, which keeps its order: writes only change places between truncations.
    for (auto from = kept.begin(); from != kept.end();) {
      const auto to = std::find_if(from, kept.end(), [](const DiskRecord* record) { return record->kind == DiskRecord::Kind::kTruncate; });
      std::shuffle(from, to, random);
      from = to == kept.end() ? to : to + 1;
    }
  }
  for (const DiskRecord* record : kept) Apply(*record, rule.torn, random, bytes);
  return bytes;
}

DiskFiles PowerCut::Cut(const CutRule& rule, std::mt19937_64& random) const {
  Folder folder = folder_;
  std::size_t entries = unsynced_entries_.size();
  if (rule.dropped > 0 && entries > 0) entries = rule.dropped >= 1 ? 0 : random() % (entries + 1);
  for (std::size_t i = 0; i < entries; ++i) PassEntry(unsynced_entries_[i], folder);
  DiskFiles disk;
  for (const auto& [name, number] : folder) {
    const auto file = files_.find(number);
    disk[name] = file == files_.end() ? std::string() : BytesOf(file->second, rule, random);
  }
  return disk;
}

}  // namespace careloom_test
