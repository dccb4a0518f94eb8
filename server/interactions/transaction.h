// Transactions as a function: the command line stores an adapted file through it, POST /fhir answers with it.
#pragma once

#include <string>
#include <vector>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/interactions/execute.h"

namespace server::interactions {

struct TransactionOptions {
  std::string base;               // for fullUrls in answers to GET entries: "http://host/fhir"
  bool keep_bodies = false;
  // The entries are a message of another system, not a person's own decision at the REST interface.
  bool from_source = false;
  Also also = {};                 // in the same commit as the entries
};

// Stores the Bundle (type transaction) atomically. One Done for each entry, in its order: a status of 200 with
// `changed` false says that the store says the same already. Findings about the resources go to `issues`;
// when errors are among them nothing is stored and the answer is kUnprocessable.
fhir::Result<std::vector<Done>> ExecuteTransaction(App& app, fhir::Document bundle, fhir::IssueSink& issues,
                                                   const TransactionOptions& options = {});

// The Bundle of type transaction-response or batch-response.
std::string WriteResponseBundle(std::string_view type, const std::vector<Done>& done);

}  // namespace server::interactions
