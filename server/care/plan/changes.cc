// Changes of a plan.
#include "server/care/plan/changes.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "fhir/json/reader.h"
#include "fhir/schema/registry.h"
#include "server/care/parts.h"
#include "server/care/plan/difference.h"
#include "server/care/plan/stored.h"
#include "server/http/versions.h"

namespace server::care::plan {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Repeats;
using fhir::Result;

namespace {

constexpr std::size_t kMostVersions = 20'000;
constexpr std::int64_t kStoredWithUs = 5'000'000;

// One version of one part.
struct Moment {
  std::int64_t at_us = 0;
  std::string type, id;
  std::int64_t version = 0;
  storage::Method method = storage::Method::kCreate;
  std::int64_t next_us = 0;                // when the next version came; 0: none yet
  auto Order() const { return std::tie(at_us, type, id, version); }
  std::string Cursor() const { return std::to_string(at_us) + "/" + type + "/" + id + "/" + std::to_string(version); }
};

struct Said {
  std::int64_t at_us = 0;
  Document provenance;
};

class Finding {
 public:
  Finding(const App& app, storage::Reader& reader, const ChangesAsked& asked) : app_(app), reader_(reader), asked_(asked) {}

  Result<Changes> Run() {
    TRY(Parts());
    std::ranges::sort(moments_, [](const Moment& a, const Moment& b) { return b.Order() < a.Order(); });
    Changes changes;
    Document& out = changes.parameters;
    out.root = out.NewResource("Parameters");
    out.AddNumber(AddParameter(out, out.root, "total"), "valueInteger", std::to_string(moments_.size()));
    std::size_t first = 0;
    if (!asked_.cursor.empty()) {
      TRY_ASSIGN(first, After(asked_.cursor));
    }
    const std::size_t end = std::min(moments_.size(), first + static_cast<std::size_t>(asked_.count));
    for (std::size_t i = first; i < end; ++i) {
      TRY(Describe(moments_[i], out));
    }
    if (end < moments_.size() && end > 0) changes.next = moments_[end - 1].Cursor();
    return changes;
  }

 private:
  // The place behind the moment that the cursor names.
  Result<std::size_t> After(const std::string& cursor) const {
    Moment last;
    const std::size_t a = cursor.find('/'), b = cursor.find('/', a + 1), c = cursor.rfind('/');
    const auto number = [](std::string_view text, std::int64_t& value) { return !text.empty() && std::from_chars(text.data(), text.data() + text.size(), value).ptr == text.data() + text.size(); };
    if (a == std::string::npos || b == std::string::npos || c == b || !number(std::string_view(cursor).substr(0, a), last.at_us) || !number(std::string_view(cursor).substr(c + 1), last.version)) {
      return Error(ErrorKind::kInvalid, "_cursor is not one that was given here. Follow the 'next' of the page before.").WithIssueType("value");
    }
    last.type = cursor.substr(a + 1, b - a - 1);
    last.id = cursor.substr(b + 1, c - b - 1);
    const auto found = std::ranges::find_if(moments_, [&](const Moment& moment) { return moment.Order() < last.Order(); });
    return static_cast<std::size_t>(found - moments_.begin());
  }

  Result<void> Parts() {
    auto plan = reader_.Read("CarePlan", asked_.plan);
    if (!plan) return std::move(plan).error();
    wanted_.push_back("CarePlan/" + asked_.plan);
    seen_.insert(wanted_[0]);
    // Parts of parts: a contingency plan has a review, a budget none that counts here.
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const auto part = SplitReference(wanted_[i]);
      TRY(Versions(part->type, part->id));
      if (part->type != "CarePlan") continue;
      TRY_ASSIGN(const std::vector<Document> within, Search(app_, reader_, "CarePlan", "part-of=" + wanted_[i]));
      for (const Document& one : within) Want("CarePlan/" + std::string(one.root->ValueOf("id")));
    }
    return {};
  }

  void Want(std::string reference) {
    const auto split = SplitReference(reference);
    constexpr std::string_view kTypes = " CarePlan Goal Condition Task ServiceRequest Account ClinicalImpression Observation QuestionnaireResponse CareTeam RelatedPerson ";
    if (!split || kTypes.find(" " + split->type + " ") == std::string_view::npos) return;
    reference = split->type + "/" + split->id;
    if (seen_.insert(reference).second) wanted_.push_back(std::move(reference));
  }

  void WantAll(const Element& plan) {
    for (const char* name : {"goal", "addresses", "supportingInfo", "careTeam"}) {
      for (const Element& reference : Repeats(plan, name)) Want(std::string(reference.ValueOf("reference")));
    }
    for (const Element& activity : Repeats(plan, "activity")) {
      if (const Element* reference = activity.Walk("reference", "reference")) Want(std::string(reference->value()));
    }
  }

  // The moments of one part in the time asked for; of a plan's versions also what they refer to.
  Result<void> Versions(const std::string& type, const std::string& id) {
    std::int64_t before = 0, next_us = 0;
    do {
      auto page = reader_.History(type, id, before, 100);
      if (!page && page.error().kind() == ErrorKind::kNotFound) return {};
      if (!page) return std::move(page).error();
      for (const storage::Version& version : page->versions) {
        if (++versions_ > kMostVersions) return Error(ErrorKind::kTooLarge, "The plan and its parts have more than " + std::to_string(kMostVersions) + " versions. Ask for its parts' histories one by one.");
        if (type == "CarePlan" && !version.body.empty()) {
          TRY_ASSIGN(const Document document, fhir::json::Read(version.body));
          WantAll(*document.root);
        }
        const bool is_in = (!asked_.since_us || version.last_updated_us >= *asked_.since_us) && (!asked_.until_us || version.last_updated_us < *asked_.until_us);
        if (is_in) moments_.push_back({version.last_updated_us, type, id, version.version, version.method, next_us});
        next_us = version.last_updated_us;
      }
      before = page->next_before_version;
    } while (before != 0);
    return {};
  }

  Result<std::optional<Document>> Body(const Moment& moment, std::int64_t version) {
    if (version < 1) return std::optional<Document>();
    TRY_ASSIGN(const storage::Version stored, reader_.ReadVersion(moment.type, moment.id, version));
    if (stored.body.empty()) return std::optional<Document>();
    TRY_ASSIGN(Document document, fhir::json::Read(stored.body));
    return std::optional<Document>(std::move(document));
  }

  // The Provenances that name a part, in each of their versions.
  Result<const std::vector<Said>*> SaidOf(const std::string& reference) {
    const auto known = said_.find(reference);
    if (known != said_.end()) return &known->second;
    std::vector<Said>& said = said_[reference];
    TRY_ASSIGN(std::vector<Document> found, Search(app_, reader_, "Provenance", "target=" + reference));
    for (const Document& current : found) {
      TRY_ASSIGN(const storage::HistoryPage page, reader_.History("Provenance", current.root->ValueOf("id"), 0, 100));
      for (const storage::Version& version : page.versions) {
        if (version.body.empty()) continue;
        TRY_ASSIGN(const Document provenance, fhir::json::Read(version.body));
        // Without its targets: each of hundreds of parts would hold the names of all.
        Said& one = said.emplace_back();
        one.at_us = version.last_updated_us;
        one.provenance.root = one.provenance.NewResource("Provenance");
        for (const Element& child : fhir::Children(*provenance.root)) {
          if (child.name == "id" || child.name == "agent" || child.name == "entity") AddCopy(one.provenance, one.provenance.root, child.name, child, child.in_array);
        }
      }
    }
    return &said;
  }

  Result<void> Describe(const Moment& moment, Document& out) {
    TRY_ASSIGN(const std::optional<Document> after, Body(moment, moment.version));
    TRY_ASSIGN(const std::optional<Document> before, Body(moment, moment.version - 1));
    Element* change = AddParameter(out, out.root, "change");
    AddReference(out, AddParameter(out, change, "resource"), "valueReference", moment.type + "/" + moment.id);
    out.AddString(AddParameter(out, change, "version"), "valueString", std::to_string(moment.version));
    out.AddString(AddParameter(out, change, "when"), "valueInstant", http::Instant(moment.at_us));
    out.AddString(AddParameter(out, change, "action"), "valueCode", moment.method == storage::Method::kDelete ? "delete" : moment.method == storage::Method::kCreate ? "create" : "update");
    TRY(Who(moment, after ? after->root : nullptr, out, change));
    if (!after) return {};   // everything that was there went
    for (const Difference& difference : Differences(before ? before->root : nullptr, after->root)) {
      Element* element = AddParameter(out, change, "element");
      out.AddString(AddParameter(out, element, "path"), "valueString", difference.path);
      if (difference.before) out.AddString(AddParameter(out, element, "before"), "valueString", *difference.before);
      if (difference.after) out.AddString(AddParameter(out, element, "after"), "valueString", *difference.after);
    }
    return {};
  }

  Result<void> Who(const Moment& moment, const Element* resource, Document& out, Element* change) {
    TRY_ASSIGN(const std::vector<Said>* said, SaidOf(moment.type + "/" + moment.id));
    const Said* best = nullptr;
    for (const Said& one : *said) {
      const bool with_it = one.at_us >= moment.at_us && one.at_us <= moment.at_us + kStoredWithUs && (moment.next_us == 0 || one.at_us < moment.next_us);
      if (with_it && (!best || one.at_us < best->at_us)) best = &one;
    }
    std::set<std::string> sources;
    if (const Element* source = resource ? resource->Walk("meta", "source") : nullptr) sources.insert(std::string(source->value()));
    if (best) {
      const Element& provenance = *best->provenance.root;
      for (const Element& agent : Repeats(provenance, "agent")) {
        if (const Element* who = agent.Find("who")) AddCopy(out, AddParameter(out, change, "by"), "valueReference", *who);
      }
      for (const Element& entity : Repeats(provenance, "entity")) {
        const Element* what = entity.Find("what");
        if (!what) continue;
        const Element* identifier = what->Find("identifier");
        for (const std::string_view text : {what->ValueOf("reference"), what->ValueOf("display"), identifier ? identifier->ValueOf("value") : std::string_view()}) {
          if (!text.empty()) sources.insert(std::string(text));
        }
      }
      AddReference(out, AddParameter(out, change, "provenance"), "valueReference", "Provenance/" + std::string(provenance.ValueOf("id")));
    }
    for (const std::string& source : sources) out.AddString(AddParameter(out, change, "source"), "valueString", source);
    return {};
  }

  const App& app_;
  storage::Reader& reader_;
  const ChangesAsked& asked_;
  std::vector<std::string> wanted_;
  std::set<std::string> seen_;
  std::vector<Moment> moments_;
  std::map<std::string, std::vector<Said>> said_;
  std::size_t versions_ = 0;
};

}  // namespace

Result<Changes> FindChanges(const App& app, storage::Reader& reader, const ChangesAsked& asked) { return Finding(app, reader, asked).Run(); }

}  // namespace server::care::plan
