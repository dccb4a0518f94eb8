// Joining of Patients inside the commit that writes one of them: what makes them one person, which of them
// survives, the links on both sides, and what un-joins. README.md has the rules.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/interactions/identity.h"
#include "server/storage/store.h"

namespace server::interactions {

// Of one run of one transaction.
class Joining {
 public:
  // `from_source`: the entries are a message of another system, which knows nothing of joining.
  Joining(const App& app, storage::WriteTransaction& transaction, bool from_source) : app_(app), transaction_(transaction), from_source_(from_source) {}

  // Before a Patient is put: notes what stands. From a source the stored links go over into `patient`.
  fhir::Result<void> BeforePut(const std::string& id, const std::string& place, fhir::Document& patient);
  // Before a Patient is deleted.
  fhir::Result<void> BeforeDelete(const std::string& id);
  // After all writes: links brought in line. kConflict, at its place, when a person has to decide.
  fhir::Result<void> Settle();

  // Ids of the Patients that Settle gave a new version.
  const std::set<std::string>& rewritten() const { return rewritten_; }

 private:
  // A Patient as it stands in this transaction.
  struct Patient {
    storage::Version version;
    fhir::Document document;
  };
  // What was known of a Patient before it was written.
  struct Before {
    std::string id, place;
    std::int64_t version = 0;                 // 0: it was not there, or deleted
    std::set<std::string> numbers, joined;
  };
  using Person = std::map<std::string, Patient>;   // live Patients by id

  fhir::Result<std::optional<Patient>> Load(const std::string& id);
  fhir::Result<Before> Note(const std::string& id, const std::string& place, fhir::Document* carry_into);
  fhir::Result<void> Part(const Before& before, std::set<std::string>& left);
  fhir::Result<void> Join(const Before& before);
  fhir::Result<void> Gather(const std::string& id, Person& person);
  fhir::Result<void> GatherNaming(const std::string& id, Person& person);
  // It came to that Patient in this transaction.
  bool IsNewFor(const std::string& number, const std::string& id) const;
  fhir::Result<Person> OthersWith(const std::string& number, const Person& person);
  fhir::Result<void> Unite(Person& person);
  fhir::Result<void> Put(Patient& patient);

  const App& app_;
  storage::WriteTransaction& transaction_;
  const bool from_source_;
  std::vector<Before> before_;
  std::set<std::string> rewritten_;
};

}  // namespace server::interactions
