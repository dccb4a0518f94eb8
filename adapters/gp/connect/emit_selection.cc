// Resources tell their record by the identifier that the way in gave them (system …/id/gp-connect/<practice>). For
// those whose own identifier said everything already, the messages' Provenance tells it, and for what belongs to
// nobody, that the record points to it. Without a Provenance all that carry no other source's key count as the record's.
#include "adapters/gp/connect/emit_selection.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "fhir/base/date_time.h"

namespace adapters::gp::connect {

using fhir::Document;
using fhir::Element;
using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::string_view kSnomed = "http://snomed.info/sct";
constexpr std::string_view kEndedAllergies = "1103671000000101";
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kRequests = {
    {{"ProcedureRequest", "714311000000108"}, {"ReferralRequest", "792931000000107"}}};

std::string IdSystems() { return std::string(kBase) + "id/gp-connect/"; }

std::string NameOf(const Element& resource) { return std::string(resource.resource_type()) + "/" + std::string(resource.ValueOf("id")); }

const Kind* KindOf(const Element& resource) {
  if (resource.resource_type() == "ServiceRequest") {
    for (const Element& category : fhir::Repeats(resource, "category")) {
      for (const auto& [type, code] : kRequests) {
        if (HasCoding(category, kSnomed, code)) return FindKind(type);
      }
    }
    return nullptr;  // derived from an entry, or of another source
  }
  const Kind* kind = FindKind(resource.resource_type());
  return kind && kind->r4_type == resource.resource_type() ? kind : nullptr;
}

// Practices whose records the resource is in, with the GP system's id in each.
std::map<std::string, std::string> PracticesOf(const Element& resource) {
  std::map<std::string, std::string> practices;
  const std::string systems = IdSystems();
  for (const Element& identifier : fhir::Repeats(resource, "identifier")) {
    const std::string_view system = identifier.ValueOf("system");
    if (system.starts_with(systems)) practices[std::string(system.substr(systems.size()))] = identifier.ValueOf("value");
  }
  return practices;
}

bool HasForeignKey(const Element& resource) {
  const std::string ours = std::string(kBase) + "id/";
  for (const Element& identifier : fhir::Repeats(resource, "identifier")) {
    const std::string_view system = identifier.ValueOf("system");
    if (system.starts_with(ours) && !system.starts_with(IdSystems()) && system != std::string(kBase) + "id/nhs-number-unverified")
      return true;
  }
  return !resource.Find("identifier");
}

std::int64_t WhenStored(const Element& resource) {
  const Element* updated = resource.Walk("meta", "lastUpdated");
  const auto moment = updated ? fhir::DateTime::Parse(updated->value()) : std::nullopt;
  return moment ? static_cast<std::int64_t>(moment->FirstMicrosecond()) : 0;
}

// The practice whose message the Provenance is of; empty when it is none.
std::string_view PracticeOfMessage(const Element& provenance) {
  const Element* practice = provenance.Walk("agent", "who", "identifier");
  const Element* message = provenance.Walk("entity", "what", "identifier");
  if (provenance.resource_type() != "Provenance" || !practice || !message) return {};
  return message->ValueOf("system") == std::string(kBase) + "id/message-sha256" ? practice->ValueOf("value") : std::string_view();
}

// The practice with what was stored last, messages counted. When a Patient was stored tells nothing: joining it with
// another source's is a new version too.
std::string NewestPractice(std::span<const Document> resources, std::size_t& count) {
  std::map<std::string, std::int64_t> stored;
  for (const Document& document : resources) {
    for (const auto& [practice, id] : PracticesOf(*document.root)) {
      auto& newest = stored[practice];
      if (document.root->resource_type() != "Patient") newest = std::max(newest, WhenStored(*document.root));
    }
  }
  for (const Document& document : resources) {
    const auto of = stored.find(std::string(PracticeOfMessage(*document.root)));
    if (of != stored.end()) of->second = std::max(of->second, WhenStored(*document.root));
  }
  count = stored.size();
  const auto newest = std::ranges::max_element(stored, {}, &std::pair<const std::string, std::int64_t>::second);
  return newest == stored.end() ? std::string() : newest->first;
}

// FHIR: letters, digits, '-' and '.'; a made-up key has a '/' in it and is no id.
bool IsId(std::string_view text) {
  return !text.empty() && text.find('/') == std::string_view::npos && text.find(' ') == std::string_view::npos;
}

class Selector {
 public:
  Selector(std::span<const Document> resources, fhir::IssueSink& outcome) : resources_(resources), outcome_(outcome) {}

  Result<Selection> Run() {
    std::size_t practices = 0;
    selection_.practice = NewestPractice(resources_, practices);
    const bool any_patient = std::ranges::any_of(resources_, [](const Document& d) { return d.root->resource_type() == "Patient"; });
    if (!any_patient) return Error(ErrorKind::kUnprocessable, "There is no Patient among the resources, so there is no record to write.");
    if (practices == 0) {
      return Error(ErrorKind::kUnprocessable,
                   "Nothing that is stored of this person came from a GP Connect record, so there is none to write back.");
    }
    if (practices > 1) {
      outcome_.Report(Severity::kInformation, "informational",
                      "Records of " + std::to_string(practices) +
                          " practices are stored of this person; the newest was written, that of practice " + selection_.practice + ".");
    }
    TakeAll();
    if (std::ranges::none_of(selection_.items, [](const Item& item) { return item.kind->type == "Patient"; })) {
      return Error(ErrorKind::kUnprocessable,
                   "The Patient among the resources is not of a GP Connect record, so there is none to write back.");
    }
    for (const Item& item : selection_.items) selection_.by_reference.emplace(NameOf(*item.resource), &item);
    PutContainedWhereItStood();
    return std::move(selection_);
  }

 private:
  void LeaveOut(const Element& resource, std::string_view why) {
    outcome_.Report(Severity::kInformation, "not-supported", NameOf(resource) + " was left out: " + std::string(why) + ".",
                    std::string(resource.resource_type()));
  }

  // What the messages of the practice that is written brought.
  void ReadProvenance() {
    for (const Document& document : resources_) {
      if (PracticeOfMessage(*document.root) != selection_.practice) continue;
      has_provenance_ = true;
      for (const Element& target : fhir::Repeats(*document.root, "target")) {
        const std::string name(target.ValueOf("reference"));
        auto& newest = brought_[name];
        newest = std::max(newest, WhenStored(*document.root));
      }
    }
  }

  // Of several Patients that the practice has of the person, the one that its messages brought last.
  void ChoosePatient() {
    std::int64_t newest = -1;
    for (const Document& document : resources_) {
      if (document.root->resource_type() != "Patient" || !PracticesOf(*document.root).contains(selection_.practice)) continue;
      const std::string name = NameOf(*document.root);
      const auto brought = brought_.find(name);
      const std::int64_t when = brought == brought_.end() ? 0 : brought->second;
      if (when < newest || (when == newest && name > patient_)) continue;
      newest = when;
      patient_ = name;
    }
  }

  // It is another Patient of the person, or about one.
  bool IsOfAnotherPatient(const Element& resource) const {
    if (resource.resource_type() == "Patient") return NameOf(resource) != patient_;
    for (const std::string_view member : {"subject", "patient"}) {
      const Element* reference = resource.Walk(member, "reference");
      if (!reference || !reference->value().starts_with("Patient/")) continue;
      return reference->value().substr(0, reference->value().find("/_history/")) != patient_;
    }
    return false;
  }

  void Take(const Document& document) {
    const Element& resource = *document.root;
    if (resource.resource_type() == "Provenance" || !seen_.insert(NameOf(resource)).second) return;
    const Kind* kind = KindOf(resource);
    if (!kind) return LeaveOut(resource, "GP Connect has no such resource");
    const auto practices = PracticesOf(resource);
    const auto here = practices.find(selection_.practice);
    if (here == practices.end() && !practices.empty()) return LeaveOut(resource, "it is of another practice's record");
    if (here == practices.end() && HasForeignKey(resource)) return LeaveOut(resource, "it did not come from a GP Connect record");
    if (IsOfAnotherPatient(resource)) return LeaveOut(resource, "it is of another Patient of this person");
    std::string name(here != practices.end() ? std::string_view(here->second) : resource.Find("identifier")->ValueOf("value"));
    std::string id = IsId(name) ? name : std::string();
    Item item{&resource, document.leaf_count, kind, std::move(id), std::move(name), nullptr};
    const bool sure = here != practices.end() || !has_provenance_ || brought_.contains(NameOf(resource));
    if (sure) {
      selection_.items.push_back(std::move(item));
    } else if (kind->is_nobodys) {
      nobodys_.emplace(NameOf(resource), std::move(item));
    } else {
      LeaveOut(resource, "it did not come from this GP Connect record");
    }
  }

  // What belongs to nobody is of the record when something in the record points to it.
  void TakePointedTo(const Element& element) {
    for (const Element& child : fhir::Children(element)) {
      const auto found = child.name == "reference" ? nobodys_.find(child.value()) : nobodys_.end();
      if (found != nobodys_.end()) {
        selection_.items.push_back(std::move(found->second));
        nobodys_.erase(found);
      }
      TakePointedTo(child);
    }
  }

  void TakeAll() {
    ReadProvenance();
    ChoosePatient();
    for (const Document& document : resources_) Take(document);
    for (std::size_t i = 0; i < selection_.items.size(); ++i) TakePointedTo(*selection_.items[i].resource);  // it grows
    for (const auto& [name, item] : nobodys_) LeaveOut(*item.resource, "nothing in the record points to it");
  }

  // Who points to whom, by one walk over all references.
  void NoteUses(const Element& element, const Item& from) {
    for (const Element& child : fhir::Children(element)) {
      if (child.name == "reference" && child.has_value()) {
        if (const Item* target = selection_.Find(child.text)) users_[target].insert(&from);
      }
      NoteUses(child, from);
    }
  }

  // What the ids of contained resources start with; the way in makes a name up for a container without id.
  std::string NameAsContainer(const Item& item) const {
    if (!item.id.empty()) return item.id + ".";
    const Element* code = item.resource->Walk("code", "coding", "code");
    return patient_id_ + "/" + std::string(code ? code->value() : item.kind->type) + ".";
  }

  static bool IsEndedAllergies(const Item& item) {
    const Element* code = item.kind->type == "List" ? item.resource->Find("code") : nullptr;
    return code && HasCoding(*code, kSnomed, kEndedAllergies);
  }

  // Does the id within `container` lead to the item's name again? An ended allergy that is named by an identifier
  // of its own is contained too, wherever it stood: GP Connect wants it so.
  bool Fits(const Item& item, const Item& container, std::string& id) const {
    const std::string prefix = NameAsContainer(container);
    if (item.name.starts_with(prefix) && item.name.size() > prefix.size()) {
      id = item.name.substr(prefix.size());
      return true;
    }
    const Element* first = item.resource->Find("identifier");
    if (item.kind->type != "AllergyIntolerance" || !IsEndedAllergies(container) || !first || first->ValueOf("value") != item.name)
      return false;
    id = item.name;
    return true;
  }

  // Contained is what only its container points to, or nobody; others can point into a List with an id ("List/id#id").
  bool Contain(Item& item, const Item& container) {
    std::string id;
    if (&item == &container || container.container || !Fits(item, container, id) || !IsId(id)) return false;
    const auto users = users_.find(&item);
    const std::size_t count = users == users_.end() ? 0 : users->second.size();
    const bool listed = count > 0 && users->second.contains(&container);
    if (count > (listed ? 1U : 0U) && !(listed && IsEndedAllergies(container) && !container.id.empty())) return false;
    const Element* status = item.resource->Walk("clinicalStatus", "coding", "code");
    if (!listed && item.name == id && !(status && status->value() == "resolved")) return false;
    item.container = &container;
    item.id = std::move(id);
    return true;
  }

  void PutContainedWhereItStood() {
    for (const Item& item : selection_.items) {
      if (item.kind->type == "Patient") patient_id_ = item.id;
      NoteUses(*item.resource, item);
    }
    std::vector<const Item*> lists;
    for (const Item& item : selection_.items) {
      if (IsEndedAllergies(item)) lists.push_back(&item);
    }
    for (Item& item : selection_.items) {
      if (item.kind->type == "Patient" || item.kind->type == "List") continue;
      std::vector<const Item*> containers(users_[&item].begin(), users_[&item].end());
      std::ranges::sort(containers, {}, [](const Item* user) { return NameOf(*user->resource); });
      containers.insert(containers.end(), lists.begin(), lists.end());
      for (const Item* container : containers) {
        if (Contain(item, *container)) break;
      }
    }
  }

  std::span<const Document> resources_;
  fhir::IssueSink& outcome_;
  Selection selection_;
  bool has_provenance_ = false;
  std::map<std::string, std::int64_t> brought_;        // "Type/id" by the practice's messages, when last
  std::string patient_;                                // "Patient/id" whose record is written
  std::set<std::string, std::less<>> seen_;            // "Type/id" taken or left out
  std::map<std::string, Item, std::less<>> nobodys_;   // it is yet to be seen whether the record points to them
  std::map<const Item*, std::set<const Item*>> users_;
  std::string patient_id_;
};

}  // namespace

bool HasCoding(const Element& concept_element, std::string_view system, std::string_view code) {
  for (const Element& coding : fhir::Repeats(concept_element, "coding")) {
    if (coding.ValueOf("code") == code && coding.ValueOf("system") == system) return true;
  }
  return false;
}

std::string_view RequestCategory(std::string_view stu3_type) {
  for (const auto& [type, code] : kRequests) {
    if (type == stu3_type) return code;
  }
  return {};
}

const Item* Selection::Find(std::string_view reference) const {
  if (const std::size_t history = reference.find("/_history/"); history != std::string_view::npos) reference = reference.substr(0, history);
  const auto at = by_reference.find(reference);
  return at == by_reference.end() ? nullptr : at->second;
}

Result<Selection> Select(std::span<const Document> resources, fhir::IssueSink& outcome) { return Selector(resources, outcome).Run(); }

}  // namespace adapters::gp::connect
