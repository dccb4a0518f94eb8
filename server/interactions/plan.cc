// Planning of Bundle entries.
#include "server/interactions/plan.h"

#include <algorithm>
#include <map>

#include "server/http/router.h"
#include "server/http/target.h"
#include "server/http/versions.h"
#include "server/interactions/check.h"
#include "server/interactions/links.h"
#include "server/search/parse.h"

namespace server::interactions {

using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;

namespace {

Result<Verb> ParseVerb(std::string_view method, const std::string& place) {
  if (method == "GET" || method == "HEAD") return Verb::kGet;
  if (method == "POST") return Verb::kPost;
  if (method == "PUT") return Verb::kPut;
  if (method == "DELETE") return Verb::kDelete;
  if (method == "PATCH") return Error(ErrorKind::kUnsupported, "PATCH is not supported yet. Read the resource, change it and PUT it with ifMatch.").At(place + ".request.method");
  return Error(ErrorKind::kInvalid, "request.method is '" + std::string(method) + "'. It must be one of GET, POST, PUT, DELETE.").At(place + ".request.method");
}

// "Patient", "Patient/1", "Patient?identifier=x": type, id and criteria of a write.
Result<void> ParseUrl(const App& app, std::string_view url, PlannedEntry& planned) {
  if (!app.base_url.empty() && url.starts_with(app.base_url + "/")) url.remove_prefix(app.base_url.size() + 1);
  const std::string path = "/" + std::string(url.starts_with("/") ? url.substr(1) : url);
  TRY_ASSIGN(const http::Target target, http::ParseTarget(path));
  if (target.segments.empty() || target.segments.size() > 2) {
    return Error(ErrorKind::kInvalid, "request.url is '" + std::string(url) + "'. Write [type], [type]/[id] or [type]?[criteria].");
  }
  planned.type = target.segments[0];
  if (!app.registry->IsResourceType(planned.type)) return Error(ErrorKind::kInvalid, "FHIR R4 has no resource type '" + planned.type + "'.");
  if (target.segments.size() == 2) planned.id = target.segments[1];
  if (!planned.id.empty() && !http::IsId(planned.id)) return Error(ErrorKind::kInvalid, "'" + planned.id + "' cannot be an id. An id is 1 to 64 letters, digits, '-' and '.'.");
  const bool by_type = planned.verb == Verb::kPost;
  if (by_type && (!planned.id.empty() || !target.query.empty())) return Error(ErrorKind::kInvalid, "A POST goes to the type alone: '" + planned.type + "'. To choose the id use PUT; for a conditional create use ifNoneExist.");
  if (!by_type && planned.id.empty() == target.query.empty()) return Error(ErrorKind::kInvalid, "request.url must be [type]/[id] or [type]?[criteria], not both.");
  if (!target.query.empty()) {
    TRY_ASSIGN(planned.criteria, ParseCriteria(app, planned.type, target.query));
  }
  return {};
}

Result<void> ReadExtensions(const Element& request, const std::string& place, PlannedEntry& planned) {
  for (const Element& extension : fhir::Repeats(request, "extension")) {
    const std::string_view url = extension.ValueOf("url");
    if (url == kKeepRicher) planned.keep_richer = extension.ValueOf("valueBoolean") == "true";
    if (url != kAsOf) continue;
    planned.as_of_us = http::ParseInstant(extension.ValueOf("valueInstant"));
    if (!planned.as_of_us) return Error(ErrorKind::kInvalid, "The as-of extension needs valueInstant with date, time and offset.").At(place + ".request.extension");
  }
  return {};
}

Result<void> ReadConditions(const App& app, const Element& request, const std::string& place, PlannedEntry& planned) {
  const std::string_view match = request.ValueOf("ifMatch"), none = request.ValueOf("ifNoneExist");
  if (!match.empty()) {
    planned.expected_version = http::ParseETag(match);
    if (!planned.expected_version) return Error(ErrorKind::kInvalid, "ifMatch is '" + std::string(match) + "'. Write it as the ETag was given: W/\"3\".").At(place + ".request.ifMatch");
  }
  if (!none.empty()) {
    if (planned.verb != Verb::kPost) return Error(ErrorKind::kInvalid, "ifNoneExist belongs to POST.").At(place + ".request.ifNoneExist");
    auto criteria = ParseCriteria(app, planned.type, none.substr(none.find('?') == std::string_view::npos ? 0 : none.find('?') + 1));
    if (!criteria) return Placed(criteria.error(), place + ".request.ifNoneExist");
    planned.criteria = *std::move(criteria);
  }
  planned.if_none_match = request.ValueOf("ifNoneMatch");
  if (planned.verb == Verb::kPut && !planned.if_none_match.empty()) {
    return Error(ErrorKind::kUnsupported, "ifNoneMatch on PUT is not supported. Use POST with ifNoneExist, or PUT with ifMatch.").At(place + ".request.ifNoneMatch");
  }
  planned.if_modified_since = request.ValueOf("ifModifiedSince");
  return {};
}

// Two writes of one target would make the outcome a matter of chance.
Result<void> CompareTargets(const Plan& plan) {
  std::map<std::string, std::size_t> targets;
  for (std::size_t i = 0; i < plan.entries.size(); ++i) {
    const PlannedEntry& entry = plan.entries[i];
    if (entry.verb == Verb::kGet || (entry.id.empty() && (!entry.criteria || entry.verb == Verb::kPost))) continue;
    const std::string target = entry.id.empty() ? entry.criteria->text : entry.type + "/" + entry.id;
    const auto [first, is_new] = targets.emplace(target, i);
    if (!is_new) {
      return Error(ErrorKind::kInvalid, "'" + target + "' is also the target of " + plan.entries[first->second].place + ". A transaction writes each resource once.")
          .At(entry.place + ".request.url").WithIssueType("duplicate");
    }
  }
  return {};
}

}  // namespace

Error Placed(const Error& error, const std::string& place) {
  Error placed = Error(error.kind(), error.text()).WithIssueType(std::string(error.issue_type())).WithDetail(error.detail());
  if (place.empty()) return std::move(placed).At(error.path());
  return std::move(placed).At(place);
}

Result<Criteria> ParseCriteria(const App& app, std::string_view type, std::string_view query) {
  search::ParseOptions options;
  options.criteria_only = true;
  Criteria criteria;
  criteria.text = std::string(type) + "?" + std::string(query);
  TRY_ASSIGN(criteria.query, search::ParseQuery(type, query, *app.registry, *app.extractor, options));
  if (criteria.query.criteria.empty()) {
    return Error(ErrorKind::kInvalid, "'" + criteria.text + "' has no criteria, so it would mean every " + std::string(type) + ". Name what the one meant has, such as identifier=system|value.");
  }
  return criteria;
}

void SetId(fhir::Document& document, std::string_view id) {
  Element* root = document.root;
  if (Element* present = root->Find("id")) return document.SetValue(present, fhir::ValueKind::kString, id);
  Element* added = document.New("id");
  document.SetValue(added, fhir::ValueKind::kString, id);
  added->parent = root;
  added->next = root->first_child;
  root->first_child = added;
  if (!root->last_child) root->last_child = added;
}

Result<PlannedEntry> PlanEntry(const App& app, const Element& entry, std::size_t index, fhir::IssueSink& issues) {
  PlannedEntry planned;
  planned.place = "Bundle.entry[" + std::to_string(index) + "]";
  planned.full_url = entry.ValueOf("fullUrl");
  const Element* request = entry.Find("request");
  if (!request) return Error(ErrorKind::kInvalid, "The entry has no request. Say request.method and request.url.").At(planned.place);
  TRY_ASSIGN(planned.verb, ParseVerb(request->ValueOf("method"), planned.place));
  planned.url = request->ValueOf("url");
  if (planned.url.empty()) return Error(ErrorKind::kInvalid, "The entry's request has no url.").At(planned.place + ".request");
  if (planned.verb != Verb::kGet) {
    const auto parsed = ParseUrl(app, planned.url, planned);
    if (!parsed) return Placed(parsed.error(), planned.place + ".request.url");
  }
  TRY(ReadConditions(app, *request, planned.place, planned));
  TRY(ReadExtensions(*request, planned.place, planned));
  const Element* resource = entry.Find("resource");
  if (planned.verb == Verb::kPost || planned.verb == Verb::kPut) {
    if (!resource) return Error(ErrorKind::kInvalid, "A " + std::string(request->ValueOf("method")) + " needs the resource to write.").At(planned.place);
    planned.document.root = planned.document.Copy(*resource);
    planned.document.root->name = {};
    TRY(CheckResource(app, planned, issues));
  }
  return planned;
}

Result<Plan> PlanTransaction(const App& app, const Element& bundle, fhir::IssueSink& issues) {
  Plan plan;
  for (const Element& entry : fhir::Repeats(bundle, "entry")) {
    if (plan.entries.size() == app.limits.bundle_entries) {
      return Error(ErrorKind::kTooLarge, "The Bundle has more than " + std::to_string(app.limits.bundle_entries) + " entries. Split it.").At("Bundle.entry");
    }
    TRY_ASSIGN(PlannedEntry planned, PlanEntry(app, entry, plan.entries.size(), issues));
    plan.entries.push_back(std::move(planned));
  }
  TRY(CompareTargets(plan));
  TRY(FindLinks(app, plan));
  return plan;
}

}  // namespace server::interactions
