// The advisory locks that processes on one database share: their numbers, and who is alive. Single numbers and pairs are
// apart in PostgreSQL: a pair never meets a number.
#pragma once

#include <cstdint>

namespace server::storage::postgres {

// Held while the tables are made or migrated.
constexpr std::int64_t kSchemaLock = 0x4361'7265'0000'0001;
// Held shared by each transaction with a lock on criteria; alone by one that has too many of those to hold.
constexpr std::int64_t kAllMatchesLock = 0x4361'7265'0000'0002;
// Held by who gives a message its position, so that positions follow the order of commits, and by who looks among messages before it writes.
constexpr std::int64_t kPositionLock = 0x4361'7265'0000'0003;
// Held by who leads: the pair's second half is a hash of what.
constexpr std::int32_t kLeadLocks = 0x4361'7201;
// Held shared by every writing connection of a process: the pair's second half is the process's number, as it stands on the messages
// that it receives. Who can have it alone knows that the process is gone.
constexpr std::int32_t kReceiverLocks = 0x4361'7202;

}  // namespace server::storage::postgres
