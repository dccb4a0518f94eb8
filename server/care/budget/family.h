// A budget as it is stored, with its funders' parts when it is an integrated one, and the entries of its ledger.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "fhir/money/ledger.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::budget {

struct StoredBudget {
  storage::Version version;
  fhir::Document account;
  fhir::money::Budget budget;
  std::string name() const { return "Account/" + budget.id; }
};

struct Family {
  StoredBudget head;                       // the one asked for
  std::vector<StoredBudget> parts;         // of an integrated one, by id; none: the entries are the head's own

  // Those that have entries: the parts, or the head alone.
  std::vector<const StoredBudget*> Leaves() const;
  std::string currency() const;
};

struct StoredEntry {
  fhir::Document charge_item;
  fhir::money::Entry entry;
  std::int64_t version = 0;
};

// A planned line that is not readable as one (a source's), and why.
struct Unread {
  std::string name, reason;
};

struct Ledger {
  std::vector<StoredEntry> entries;
  std::vector<Unread> unread;
};

// A resource with its version. kNotFound when it is not there or deleted.
fhir::Result<StoredBudget> ReadBudget(const App& app, storage::Reader& reader, const std::string& id);
// kNotFound as above; kUnprocessable for an Account that is no personal budget, or not fit to be reckoned with.
fhir::Result<Family> ReadFamily(const App& app, storage::Reader& reader, const std::string& id);
fhir::Result<Ledger> ReadLedger(const App& app, storage::Reader& reader, const Family& family);

// A ledger as it is reckoned with, without the resources.
struct Entries {
  std::vector<fhir::money::Entry> all;
  std::vector<Unread> unread;
};
// The same as ReadLedger in less time and memory: of the resources there is never more than a page.
fhir::Result<Entries> ReadEntries(const App& app, storage::Reader& reader, const Family& family);

struct Found {
  storage::Version version;
  fhir::Document document;
};
// One resource by its reference's type and id. kNotFound.
fhir::Result<Found> Load(const App& app, storage::Reader& reader, std::string_view type, std::string_view id);
// All that meet the criteria ("identifier=…"), in order of arrival.
fhir::Result<std::vector<Found>> Search(const App& app, storage::Reader& reader, std::string_view type, const std::string& criteria);

}  // namespace server::care::budget
