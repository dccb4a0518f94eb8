// Which elements are the form's, as a table, and the merging by it.
#include "server/care/plan/merge.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "server/care/plan/gather.h"
#include "server/care/plan/stored.h"

namespace server::care::plan {

using fhir::Children;
using fhir::Document;
using fhir::Element;
using fhir::Repeats;

namespace {

struct Share {
  std::string_view type;
  std::string_view own;     // the form's: gone from the form, gone from the resource
  std::string_view kept;    // made only where there is none yet
};

constexpr std::array kShares = {
    Share{"CarePlan", " addresses goal activity supportingInfo author contributor ", " status intent category title created period subject careTeam "},
    Share{"Condition", " code ", " clinicalStatus category subject "},
    Share{"Goal", " outcomeCode achievementStatus addresses description ", " subject expressedBy "},
    Share{"Task", " restriction owner ", " status intent code for focus basedOn "},
    Share{"CareTeam", " participant ", " status subject "},
    Share{"RelatedPerson", " relationship name telecom ", " patient "},
    Share{"ClinicalImpression", " date summary assessor ", " status subject "},
    Share{"Observation", " effectiveDateTime performer valueCodeableConcept ", " status code subject "},
    Share{"activity", " ", " "},
    Share{"restriction", " ", " "},
    Share{"period", " end ", " "},
    Share{"detail", " code goal scheduledTiming performer description ", " "},
};

constexpr std::string_view kOwnExtensions =
    " strength plan-agreement care-funding-source last-updated location trigger-factor plan-name who-to-contact coping-strategy relapse-indicator anticipatory-medicine"
    " importance stage-of-goal stage-of-activity review-interval completed-by document-location comment confidence further-action review-date ";

bool Holds(std::string_view list, std::string_view name) { return list.find(" " + std::string(name) + " ") != std::string_view::npos; }

const Share& ShareOf(std::string_view type) {
  static constexpr Share kNone{"", " ", " "};
  for (const Share& share : kShares) {
    if (share.type == type) return share;
  }
  return kNone;
}

std::string_view ReferenceOf(const Element& element) { return element.ValueOf("reference"); }
bool IsContained(const Element& reference) { return ReferenceOf(reference).starts_with('#'); }

// Stored, of a name that is the form's, and yet not what a form wrote.
bool IsOfOthers(const Element& element) {
  if (element.name == "activity") return element.Find("reference") || IsStage(element);
  if (element.name == "supportingInfo") return !ReferenceOf(element).empty() && !ReferenceOf(element).starts_with("Account/");
  if (element.name == "participant") {
    const Element* member = element.Find("member");
    return member && !IsContained(*member) && !ReferenceOf(*member).starts_with("RelatedPerson/");
  }
  if (element.name == "author" || element.name == "contributor" || element.name == "owner" || element.name == "performer" || element.name == "assessor") return !IsContained(element);
  return false;
}

// A concept of which the form shows all that it can: the first coding and the text.
bool SaysTheSame(const Element& stored, const Element& made) {
  const Element* a = stored.Find("coding");
  const Element* b = made.Find("coding");
  return (a == nullptr) == (b == nullptr) && (!a || fhir::Equal(*a, *b)) && stored.ValueOf("text") == made.ValueOf("text");
}

bool IsSame(const Element& a, const Element& b) { return !ReferenceOf(a).empty() && ReferenceOf(a) == ReferenceOf(b); }

class Merging {
 public:
  explicit Merging(Document& document) : document_(document) {}

  // `to` is a copy of what is stored.
  void Into(Element* to, const Element& made, std::string_view type) {
    const Share& share = ShareOf(type);
    DropExtensions(to);
    std::set<std::string_view> names;
    for (const Element& child : Children(made)) names.insert(child.name);
    for (Element* child = to->first_child; child;) {
      Element* next = child->next;
      if (Holds(share.own, child->name) && !names.contains(child->name) && !IsOfOthers(*child)) Document::Detach(child);
      child = next;
    }
    for (const std::string_view name : names) {
      const bool is_kept = Holds(share.kept, name) && to->Find(name);
      if (name == "id" || name == "meta" || (is_kept && name != "careTeam")) continue;
      if (is_kept) {
        PutInFront(to, made, name);
      } else if (name == "extension") {
        for (const Element& extension : Repeats(made, name)) Add(to, extension);
      } else if ((name == "status" || name == "lifecycleStatus") && to->Find(name) && !made.Find(name)->Find("extension")) {
        continue;   // the form says nothing of it
      } else if (name == "detail" || name == "restriction" || name == "period") {
        Inside(to, *made.Find(name));
      } else {
        Replace(to, made, name);
      }
    }
  }

  // Contained resources that the form made are not needed any more.
  void DropUnreferred(Element* root) {
    std::set<std::string> referred;
    Note(*root, referred);
    for (Element* child = root->first_child; child;) {
      Element* next = child->next;
      if (child->name == "contained" && !referred.contains("#" + std::string(child->ValueOf("id")))) Document::Detach(child);
      child = next;
    }
  }

 private:
  static void Note(const Element& element, std::set<std::string>& referred) {
    if (element.name == "reference" && element.text.starts_with('#')) referred.insert(std::string(element.text));
    for (const Element& child : Children(element)) Note(child, referred);
  }

  void Add(Element* to, const Element& from) { document_.Attach(to, document_.Copy(from)); }

  static void DropExtensions(Element* to) {
    const std::string base = ExtensionUrl("");
    for (Element* child = to->first_child; child;) {
      Element* next = child->next;
      const std::string_view url = child->ValueOf("url");
      if (child->name == "extension" && url.starts_with(base) && Holds(kOwnExtensions, url.substr(base.size()))) Document::Detach(child);
      child = next;
    }
  }

  void Inside(Element* to, const Element& made) {
    Element* present = to->Find(made.name);
    if (!present) return Add(to, made);
    Into(present, made, made.name);
  }

  // Beside the teams that are there, and before them: the form's own is read back.
  void PutInFront(Element* to, const Element& made, std::string_view name) {
    std::vector<Element*> before;
    for (Element* child = to->first_child; child; child = child->next) {
      if (child->name == name) before.push_back(child);
    }
    const Element& own = *made.Find(name);
    if (std::ranges::any_of(before, [&](const Element* child) { return IsSame(*child, own); })) return;
    for (Element* child : before) Document::Detach(child);
    Add(to, own);
    for (Element* child : before) document_.Attach(to, child);
  }

  static const Element* SameActivity(const Element& stored, const Element& made) {
    return !stored.ValueOf("id").empty() && stored.ValueOf("id") == made.ValueOf("id") ? &stored : nullptr;
  }

  void Replace(Element* to, const Element& made, std::string_view name) {
    std::vector<Element*> before;
    for (Element* child = to->first_child; child; child = child->next) {
      if (child->name == name) before.push_back(child);
    }
    const Element& first = *made.Find(name);
    if (before.size() == 1 && !first.NextRepeat() && first.Find("coding") && SaysTheSame(*before[0], first)) return;
    if (name == "contained") {
      for (const Element& one : Repeats(made, name)) Contained(to, one);
      return;
    }
    for (Element* child : before) Document::Detach(child);
    // What is others' comes first, in its order: the stages before the actions. A single element has room for one.
    const bool is_list = first.in_array;
    for (Element* child : before) {
      if (is_list && IsOfOthers(*child) && name != "supportingInfo") document_.Attach(to, child);
    }
    for (const Element& one : Repeats(made, name)) {
      bool is_there = false;
      for (Element* child : before) {
        const Element* a = name == "activity" ? child->Find("reference") : child;
        const Element* b = name == "activity" ? one.Find("reference") : &one;
        is_there = is_there || (is_list && child->parent && a && b && IsSame(*a, *b));
      }
      if (is_there) continue;
      Element* stored = nullptr;
      for (Element* child : before) {
        if (name == "activity" && !child->parent && SameActivity(*child, one)) stored = child;
      }
      if (!stored) {
        Add(to, one);
        continue;
      }
      document_.Attach(to, stored);
      Into(stored, one, "activity");
    }
    for (Element* child : before) {
      if (!is_list || name != "supportingInfo" || child->parent || !IsOfOthers(*child)) continue;
      bool is_there = false;
      for (const Element& one : Repeats(*to, name)) is_there = is_there || IsSame(one, *child);
      if (!is_there) document_.Attach(to, child);
    }
  }

  void Contained(Element* to, const Element& made) {
    for (Element* child = to->first_child; child; child = child->next) {
      if (child->name != "contained" || child->ValueOf("id") != made.ValueOf("id")) continue;
      Document::Detach(child);
      break;
    }
    Add(to, made);
  }

  Document& document_;
};

}  // namespace

Document MergeForm(const Element& stored, const Element& made) {
  Document document;
  document.root = document.Copy(stored);
  document.root->name = {};
  Merging merging(document);
  merging.Into(document.root, made, stored.resource_type());
  merging.DropUnreferred(document.root);
  return document;
}

}  // namespace server::care::plan
