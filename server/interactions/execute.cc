// Execution of plans.
#include "server/interactions/execute.h"

#include <algorithm>
#include <unordered_map>

#include "server/interactions/joining.h"
#include "server/interactions/links.h"
#include "server/rules/rule.h"

namespace server::interactions {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using storage::WriteTransaction;
using storage::Written;

namespace {

class Run {
 public:
  Run(const App& app, WriteTransaction& transaction, Plan& plan, const ExecuteOptions& options)
      : transaction_(transaction), plan_(plan), options_(options), joining_(app, transaction, options.from_source), rules_(app, transaction, options.from_source), ids_(plan.entries.size()), exists_(plan.entries.size()), done_(plan.entries.size()) {}

  Result<std::vector<Done>> All() {
    TRY(Each(Verb::kDelete, &Run::DeleteEntry));
    TRY(Each(Verb::kPost, &Run::SettlePost));
    TRY(Each(Verb::kPut, &Run::SettlePut));
    TRY(CompareIds());
    TRY(ResolveLinks());
    TRY(Each(Verb::kPost, &Run::WriteEntry));
    TRY(Each(Verb::kPut, &Run::WriteEntry));
    TRY(joining_.Settle());
    TRY(rules_.Settle());
    TRY(TakeRewritten());
    TRY(Each(Verb::kGet, &Run::GetEntry));
    return std::move(done_);
  }

 private:
  Result<void> Each(Verb verb, Result<void> (Run::*step)(std::size_t)) {
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      if (plan_.entries[i].verb != verb) continue;
      auto result = (this->*step)(i);
      if (!result) return Placed(result.error(), result.error().path().starts_with("Bundle") ? result.error().path() : plan_.entries[i].place);
    }
    return {};
  }

  // Ids that meet the criteria, two at the most; asked once for each text.
  Result<std::vector<std::string>> Match(const Criteria& criteria) {
    const auto known = matches_.find(criteria.text);
    if (known != matches_.end()) return known->second;
    TRY_ASSIGN(std::vector<std::string> ids, transaction_.Match(criteria.query, 2));
    matches_.emplace(criteria.text, ids);
    return ids;
  }

  static Error Several(const Criteria& criteria) {
    return Error(ErrorKind::kPrecondition, "More than one resource meets '" + criteria.text + "'. Say it so that only the one meant does.").WithIssueType("multiple-matches");
  }

  Result<void> DeleteEntry(std::size_t i) {
    const PlannedEntry& entry = plan_.entries[i];
    ids_[i] = entry.id;
    if (entry.criteria) {
      TRY_ASSIGN(const std::vector<std::string> ids, Match(*entry.criteria));
      matches_.clear();  // what follows must not find what is deleted here
      if (ids.size() > 1) return Several(*entry.criteria);
      if (!ids.empty()) ids_[i] = ids[0];
    }
    done_[i].status = 204;
    if (ids_[i].empty()) return {};
    if (entry.type == "Patient") {
      TRY(joining_.BeforeDelete(ids_[i]));
    }
    if (rules::Rules::Concern(entry.type, options_.from_source)) {
      TRY(CheckVersion(entry, ids_[i]));
      TRY(rules_.Check(entry.type, ids_[i], entry.type, nullptr));
    }
    auto written = transaction_.Delete(entry.type, ids_[i], entry.expected_version);
    if (!written && written.error().kind() == ErrorKind::kNotFound && !entry.expected_version) return {};  // it is not there: as asked
    if (!written) return std::move(written).error();
    Take(i, *std::move(written));
    done_[i].status = 204;
    matches_.clear();
    return {};
  }

  Result<void> SettlePost(std::size_t i) {
    const PlannedEntry& entry = plan_.entries[i];
    if (entry.criteria) {
      const auto [first, is_new] = creates_.emplace(entry.criteria->text, i);
      if (!is_new) {  // the same condition again means the same resource
        ids_[i] = ids_[first->second];
        exists_[i] = true;
        return {};
      }
      TRY_ASSIGN(const std::vector<std::string> ids, Match(*entry.criteria));
      if (ids.size() > 1) return Several(*entry.criteria);
      exists_[i] = !ids.empty();
      if (exists_[i]) ids_[i] = ids[0];
    }
    if (ids_[i].empty()) ids_[i] = transaction_.NewId();
    return {};
  }

  Result<void> SettlePut(std::size_t i) {
    const PlannedEntry& entry = plan_.entries[i];
    ids_[i] = entry.id;
    if (!entry.criteria) return {};
    TRY_ASSIGN(const std::vector<std::string> ids, Match(*entry.criteria));
    if (ids.size() > 1) return Several(*entry.criteria);
    if (!ids.empty() && !entry.own_id.empty() && entry.own_id != ids[0]) {
      return Error(ErrorKind::kInvalid, "'" + entry.criteria->text + "' is met by " + entry.type + "/" + ids[0] + ", but the resource's id is '" + entry.own_id + "'. Leave the id out, or correct it.");
    }
    ids_[i] = !ids.empty() ? ids[0] : !entry.own_id.empty() ? entry.own_id : transaction_.NewId();
    return {};
  }

  // Criteria may lead two entries to one resource; then the outcome would be a matter of chance.
  Result<void> CompareIds() {
    std::unordered_map<std::string, std::size_t> owners;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const PlannedEntry& entry = plan_.entries[i];
      if (entry.verb == Verb::kGet || ids_[i].empty() || exists_[i]) continue;
      const auto [first, is_new] = owners.emplace(entry.type + "/" + ids_[i], i);
      if (is_new) continue;
      return Error(ErrorKind::kInvalid, first->first + " is also written by " + plan_.entries[first->second].place + ". A transaction writes each resource once.")
          .At(entry.place + ".request.url").WithIssueType("duplicate");
    }
    return {};
  }

  // Before a rule judges: a change of what somebody else changed meanwhile is no change of what it stands on (412, as the store says it).
  Result<void> CheckVersion(const PlannedEntry& entry, const std::string& id) {
    if (!entry.expected_version) return {};
    TRY(transaction_.Lock(entry.type + "/" + id));
    const auto stored = transaction_.Read(entry.type, id);
    if (!stored || stored->version == *entry.expected_version) return {};
    return Error(ErrorKind::kPrecondition, entry.type + "/" + id + " is at version " + std::to_string(stored->version) + ", not " + std::to_string(*entry.expected_version) +
                                               ". Read it again and repeat the change on what is there now.");
  }

  // Patients that are one person already become the one that survives.
  Result<void> TakeSurvivor(std::vector<std::string>& ids) {
    auto person = transaction_.PersonOf(ids[0]);
    if (!person && person.error().kind() == ErrorKind::kNotFound) return {};   // yet to be written
    if (!person) return std::move(person).error();
    const auto is_of_person = [&](const std::string& id) { return std::ranges::find(*person, id) != person->end(); };
    if (std::ranges::all_of(ids, is_of_person)) ids = {person->front()};
    return {};
  }

  Result<void> ResolveLinks() {
    if (plan_.links.empty()) return {};
    std::vector<std::string> targets, found;
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) targets.push_back(plan_.entries[i].type + "/" + ids_[i]);
    for (const Lookup& lookup : plan_.lookups) {
      TRY_ASSIGN(std::vector<std::string> ids, Match(lookup.criteria));
      for (const std::size_t inside : lookup.inside) {
        if (ids.empty() || ids[0] != ids_[inside]) ids.push_back(ids_[inside]);
      }
      if (ids.size() > 1 && lookup.criteria.query.type == "Patient") {
        TRY(TakeSurvivor(ids));
      }
      if (ids.size() > 1) return Placed(Several(lookup.criteria), lookup.place);
      if (ids.empty()) {
        return Error(ErrorKind::kPrecondition, "No resource meets '" + lookup.criteria.text + "'. Store it first, or put it in this transaction.").At(lookup.place).WithIssueType("not-found");
      }
      found.push_back(lookup.criteria.query.type + "/" + ids[0]);
    }
    WriteLinks(plan_, targets, found);
    return {};
  }

  Result<void> WriteEntry(std::size_t i) {
    PlannedEntry& entry = plan_.entries[i];
    if (exists_[i]) {
      TRY_ASSIGN(storage::Version version, transaction_.Read(entry.type, ids_[i]));
      Take(i, Written{std::move(version), false, false});
      return {};
    }
    SetId(entry.document, ids_[i]);
    storage::PutRequest request;
    request.type = entry.type;
    request.id = ids_[i];
    request.document = &entry.document;
    const bool is_ruled = rules::Rules::Concern(entry.type, options_.from_source);
    fhir::Document copy;   // the plan's own stays as it is, for the job may run again
    if (entry.type == "Patient" || is_ruled) {
      copy.root = copy.Copy(*entry.document.root);
      request.document = &copy;
    }
    if (entry.type == "Patient") {
      TRY(joining_.BeforePut(request.id, entry.place, copy));
    }
    if (is_ruled) {
      TRY(CheckVersion(entry, request.id));
      TRY(rules_.Check(entry.type, request.id, entry.place.empty() ? entry.type : entry.place + ".resource", &copy));
    }
    request.expected_version = entry.expected_version;
    request.as_of_us = entry.as_of_us;
    request.keep_richer = entry.keep_richer;
    TRY_ASSIGN(Written written, transaction_.Put(request));
    Take(i, std::move(written));
    return {};
  }

  // What joining and the rules gave a later version than it was written with.
  Result<void> TakeRewritten() {
    if (joining_.rewritten().empty() && rules_.rewritten().empty()) return {};
    for (std::size_t i = 0; i < plan_.entries.size(); ++i) {
      const PlannedEntry& entry = plan_.entries[i];
      if (entry.verb == Verb::kGet || entry.verb == Verb::kDelete) continue;
      if (!(entry.type == "Patient" && joining_.rewritten().contains(ids_[i])) && !rules_.rewritten().contains(entry.type + "/" + ids_[i])) continue;
      const bool created = done_[i].status == 201;
      TRY_ASSIGN(storage::Version version, transaction_.Read(entry.type, ids_[i]));
      Take(i, Written{std::move(version), created, true});
    }
    return {};
  }

  Result<void> GetEntry(std::size_t i) {
    done_[i].answer = options_.get(plan_.entries[i], transaction_);
    const int status = done_[i].status = done_[i].answer.status;
    if (status < 400) return {};
    const ErrorKind kind = status == 404 ? ErrorKind::kNotFound : status == 410 ? ErrorKind::kGone : ErrorKind::kInvalid;
    return Error(kind, "GET " + plan_.entries[i].url + " answered " + std::to_string(status) + ", and a transaction is all or nothing. Leave the entry out, or send a batch.");
  }

  void Take(std::size_t i, Written written) {
    done_[i].status = written.created ? 201 : 200;
    done_[i].changed = written.changed;
    done_[i].version = std::move(written.version);
    if (!options_.keep_bodies) done_[i].version.body.clear();
  }

  WriteTransaction& transaction_;
  Plan& plan_;
  const ExecuteOptions& options_;
  Joining joining_;
  rules::Rules rules_;
  std::vector<std::string> ids_;     // settled logical ids
  std::vector<char> exists_;         // POST: the condition found it, nothing to write
  std::vector<Done> done_;
  std::unordered_map<std::string, std::vector<std::string>> matches_;
  std::unordered_map<std::string, std::size_t> creates_;
};

}  // namespace

Result<std::vector<Done>> Execute(App& app, Plan& plan, const ExecuteOptions& options) {
  std::vector<Done> done;
  TRY(app.store->Write([&](WriteTransaction& transaction) -> Result<void> {
    TRY_ASSIGN(done, Run(app, transaction, plan, options).All());
    if (options.also) return options.also(transaction, done);
    return {};
  }));
  return done;
}

}  // namespace server::interactions
