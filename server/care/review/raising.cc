// Flags and Tasks of a watch.
#include "server/care/review/raising.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "fhir/pathway/follow.h"
#include "server/care/parts.h"
#include "server/care/review/batch.h"
#include "server/care/review/budgets.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::Result;
using fhir::pathway::SetCoding;
using fhir::pathway::SetText;

namespace {

constexpr std::string_view kDetailUrl = "http://hl7.org/fhir/StructureDefinition/flag-detail";   // what the flag is about
constexpr std::string_view kOpen = "draft,requested,received,accepted,ready,in-progress,on-hold";

void CopyTo(Document& document, const Element* from, std::string_view name) {
  if (from) AddCopy(document, document.root, name, *from);
}

void AddIdentifier(Document& document, std::string_view value) {
  Element* identifier = document.Add(document.root, "identifier", true);
  document.AddString(identifier, "system", kIdentifierSystem);
  document.AddString(identifier, "value", value);
}

// The value of our identifier; empty when there is none.
std::string ValueIn(const Element& resource) {
  for (const Element& identifier : fhir::Repeats(resource, "identifier")) {
    if (identifier.ValueOf("system") == kIdentifierSystem) return std::string(identifier.ValueOf("value"));
  }
  return {};
}

// Watches that search for the same: what is found is judged once for all of them.
class Watching {
 public:
  Watching(const Round& round, std::span<const Watch> watches) : round_(round), watches_(watches), type_(watches[0].type), criteria_(watches[0].criteria) {
    constexpr std::string_view kToday = "{today}";
    if (const std::size_t at = criteria_.find(kToday); at != std::string::npos) criteria_.replace(at, kToday.size(), round.today);
    for (const Watch& watch : watches) {
      tallies_.push_back({watch.name, 0, 0, 0, 0});
      if (watch.found == Watch::Found::kUnreturned) unreturned_days_ = watch.days;
    }
  }

  Result<std::vector<Tally>> All() {
    for (std::size_t i = 0; i < watches_.size(); ++i) {
      TRY(EachPage(round_, "Flag", "status=active&code=" + std::string(kWatchSystem) + "|" + watches_[i].name, [&](std::vector<Stored>& page) { return Clear(i, page); }));
    }
    TRY(EachPage(round_, type_, criteria_, [&](std::vector<Stored>& page) -> Result<void> {
      std::vector<std::optional<Verdict>> verdicts;
      for (const Stored& one : page) {
        TRY_ASSIGN(verdicts.emplace_back(), VerdictOn(*one.document.root));
      }
      for (std::size_t i = 0; i < watches_.size(); ++i) {
        TRY(Raise(i, page, verdicts));
      }
      return {};
    }));
    return tallies_;
  }

 private:
  // Of what the criteria found; nothing: it cannot be told.
  Result<std::optional<Verdict>> VerdictOn(const Element& found) const {
    if (std::ranges::all_of(watches_, [](const Watch& watch) { return watch.found == Watch::Found::kSearch; })) return std::optional<Verdict>(Verdict{});
    return JudgeBudget(round_.app, std::string(found.ValueOf("id")), unreturned_days_);
  }

  static bool Holds(const Watch& watch, const Verdict& verdict) {
    switch (watch.found) {
      case Watch::Found::kSearch: return true;
      case Watch::Found::kOver: return verdict.over;
      case Watch::Found::kUnder: return verdict.under;
      case Watch::Found::kUnreturned: return verdict.unreturned;
    }
    return false;
  }

  // Of which resource a flag is: its id; empty for what is no flag of this watch. Anybody may write a Flag, so it is looked at.
  std::string IdIn(const Watch& watch, const Element& flag) const {
    const std::string value = ValueIn(flag), begin = KeyOf(watch, {});
    const std::string id = value.starts_with(begin) ? value.substr(begin.size()) : std::string();
    return IsId(id) ? id : std::string();
  }

  std::string KeyOf(const Watch& watch, std::string_view id) const { return watch.name + "/" + type_ + "/" + std::string(id); }

  // Those of the ids of which it cannot be said that the reason has gone.
  Result<std::set<std::string, std::less<>>> Having(const Watch& watch, const std::vector<std::string>& ids) {
    std::set<std::string, std::less<>> having;
    if (ids.empty()) return having;
    std::string raw = criteria_ + "&_id=";
    for (const std::string& id : ids) raw += (raw.ends_with('=') ? "" : ",") + id;
    TRY_ASSIGN(const storage::SearchPage found, Search(round_, type_, raw));
    TRY_ASSIGN(const std::vector<Stored> page, Read(found));
    for (const Stored& one : page) {
      TRY_ASSIGN(const std::optional<Verdict> verdict, VerdictOn(*one.document.root));
      if (!verdict || Holds(watch, *verdict)) having.insert(std::string(one.document.root->ValueOf("id")));
    }
    return having;
  }

  Result<void> Clear(std::size_t which, std::vector<Stored>& flags) {
    const Watch& watch = watches_[which];
    std::vector<std::string> ids;
    for (const Stored& flag : flags) {
      std::string id = IdIn(watch, *flag.document.root);
      if (!id.empty()) ids.push_back(std::move(id));
    }
    TRY_ASSIGN(const auto having, Having(watch, ids));
    std::vector<Item> items;
    for (Stored& flag : flags) {
      const std::string id = IdIn(watch, *flag.document.root);
      if (id.empty() || having.contains(id)) continue;
      TRY_ASSIGN(std::vector<Stored> tasks, TasksOf(watch, id));
      Item& item = items.emplace_back();
      SetText(flag.document, flag.document.root, "status", "inactive");
      Element* period = flag.document.root->Find("period");
      if (!period) period = flag.document.Add(flag.document.root, "period");
      const std::string start(period->ValueOf("start").substr(0, round_.today.size()));
      SetText(flag.document, period, "end", std::max(round_.today, start));   // clocks may be set back
      item.entries.push_back({std::move(flag.document), flag.version, {}});
      for (Stored& task : tasks) {
        SetText(task.document, task.document.root, "status", "completed");
        const std::string authored(task.document.root->ValueOf("authoredOn"));
        SetText(task.document, task.document.root, "lastModified", std::max(round_.now, authored));
        item.entries.push_back({std::move(task.document), task.version, {}});
      }
    }
    TRY_ASSIGN(const std::int64_t stored, Store(round_.app, items));
    tallies_[which].cleared += stored;
    tallies_[which].failed += static_cast<std::int64_t>(items.size()) - stored;
    return {};
  }

  // What was raised with the flag of that resource and is open.
  Result<std::vector<Stored>> TasksOf(const Watch& watch, const std::string& id) {
    const std::string raw = "code=" + std::string(kWatchSystem) + "|" + watch.name + "&focus=" + type_ + "/" + id + "&status=" + std::string(kOpen);
    TRY_ASSIGN(const storage::SearchPage found, Search(round_, "Task", raw));
    return Read(found);
  }

  Result<void> Raise(std::size_t which, const std::vector<Stored>& page, const std::vector<std::optional<Verdict>>& verdicts) {
    const Watch& watch = watches_[which];
    Tally& tally = tallies_[which];
    std::vector<const Element*> having;
    std::string raw = "identifier=";
    for (std::size_t i = 0; i < page.size(); ++i) {
      if (!verdicts[i]) ++tally.failed;
      if (!verdicts[i] || !Holds(watch, *verdicts[i])) continue;
      having.push_back(page[i].document.root);
      raw += (raw.ends_with('=') ? "" : ",") + IdentifierToken(KeyOf(watch, having.back()->ValueOf("id")));
    }
    if (having.empty()) return {};
    TRY_ASSIGN(const storage::SearchPage found, Search(round_, "Flag", raw));
    TRY_ASSIGN(std::vector<Stored> flags, Read(found));
    std::map<std::string, Stored*> known;
    for (Stored& flag : flags) known[ValueIn(*flag.document.root)] = &flag;
    std::vector<Item> items;
    for (const Element* one : having) {
      ++tally.found;
      const auto flag = known.find(KeyOf(watch, one->ValueOf("id")));
      if (flag != known.end() && flag->second->document.root->ValueOf("status") == "active") continue;
      if (!one->Find(watch.person)) {
        ++tally.failed;   // a Flag is about somebody
        continue;
      }
      Item& item = items.emplace_back();
      item.entries.push_back(FlagFor(watch, *one, flag == known.end() ? nullptr : flag->second));
      item.entries.push_back(TaskFor(watch, *one, item.entries[0].version));
    }
    TRY_ASSIGN(const std::int64_t stored, Store(round_.app, items));
    tally.raised += stored;
    tally.failed += static_cast<std::int64_t>(items.size()) - stored;
    return {};
  }

  // A new Flag, or the one that was there before, active again from today on.
  Item::Entry FlagFor(const Watch& watch, const Element& about, Stored* before) const {
    Item::Entry entry;
    Document& flag = entry.resource;
    if (before) {
      flag.root = flag.Copy(*before->document.root);
      entry.version = before->version;
      SetText(flag, flag.root, "status", "active");
      if (Element* period = flag.root->Find("period")) Document::Detach(period);
    } else {
      entry.identifier = KeyOf(watch, about.ValueOf("id"));
      flag.root = flag.NewResource("Flag");
      Element* detail = flag.Add(flag.root, "extension", true);
      flag.AddString(detail, "url", kDetailUrl);
      flag.AddString(flag.Add(detail, "valueReference"), "reference", type_ + "/" + std::string(about.ValueOf("id")));
      AddIdentifier(flag, entry.identifier);
      flag.AddString(flag.root, "status", "active");
      SetCoding(flag, flag.root, "code", kWatchSystem, watch.name);
      CopyTo(flag, about.Find(watch.person), "subject");
    }
    flag.AddString(flag.Add(flag.root, "period"), "start", round_.today);
    return entry;
  }

  // One for each time that the flag becomes active: from that version of it, 0 for the first.
  Item::Entry TaskFor(const Watch& watch, const Element& about, std::int64_t version) const {
    Item::Entry entry;
    entry.identifier = KeyOf(watch, about.ValueOf("id")) + "/" + std::to_string(version);
    Document& task = entry.resource;
    task.root = task.NewResource("Task");
    AddIdentifier(task, entry.identifier);
    task.AddString(task.root, "status", "requested");
    task.AddString(task.root, "intent", "order");
    SetCoding(task, task.root, "code", kWatchSystem, watch.name);
    task.AddString(task.root, "description", watch.text);
    task.AddString(task.Add(task.root, "focus"), "reference", type_ + "/" + std::string(about.ValueOf("id")));
    CopyTo(task, about.Find(watch.person), "for");
    task.AddString(task.root, "authoredOn", round_.now);
    CopyTo(task, about.Find(watch.owner), "owner");
    return entry;
  }

  const Round& round_;
  const std::span<const Watch> watches_;
  const std::string type_;
  std::string criteria_;
  int unreturned_days_ = 0;
  std::vector<Tally> tallies_;
};

}  // namespace

Result<std::vector<Tally>> Run(const Round& round, std::span<const Watch> watches) { return Watching(round, watches).All(); }

}  // namespace server::care::review
