// How messages become resources: of one person, and files of many. The inbox (inbox.h) calls these one at a time.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <vector>

#include "adapters/base/people_file.h"
#include "fhir/base/result.h"
#include "server/app.h"
#include "server/inbox/inbox.h"
#include "server/inbox/message_text.h"
#include "server/interactions/execute.h"
#include "server/storage/store.h"

namespace server::inbox {

// Whether an error of the store or of the process says nothing of the message: it is to be tried again later. What may come
// again with the same message however often (kInternal) is not of these: it would keep all later ones waiting.
bool IsOurs(const fhir::Error& error);
// The error as a finding of a report: nothing in it names a person.
fhir::Issue AsFinding(const fhir::Error& error);
// "Rows 12, 15 and 30 (one person)": by number, for who has the file at hand.
std::string RowsInWords(const adapters::PeopleFile& format, std::span<const adapters::Row> rows);
// Counts what became of resources.
void Count(const std::vector<interactions::Done>& done, Tally& tally);

// The message's bytes piece by piece.
ByteSource StoredBytes(App& app, const std::string& id);

// What the message is once it is settled.
storage::Message Settled(const App& app, storage::Message message, storage::MessageState state, const adapters::Report& report, const Tally& tally);
// Commits that the message is held for this reason; what else was found stands in `report`.
fhir::Result<storage::Message> Hold(App& app, const storage::Message& message, const fhir::Error& why, adapters::Report report);

// A message of one person. Errors are ours.
fhir::Result<storage::Message> ProcessOnePerson(App& app, const storage::Message& message, const adapters::Adapter& adapter);

struct PeopleSurroundings {
  std::string folder;                     // for scratch files
  const std::atomic<bool>& stopping;      // end after the person at hand
};
// A file of many people. Errors are ours; kUnavailable when it was stopped.
fhir::Result<storage::Message> ProcessPeopleFile(App& app, const storage::Message& message, const adapters::PeopleFile& format,
                                                 const PeopleSurroundings& surroundings);

}  // namespace server::inbox
