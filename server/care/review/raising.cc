// Flags and Tasks of a watch.
#include "server/care/review/raising.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "fhir/json/reader.h"
#include "fhir/pathway/follow.h"
#include "server/care/review/batch.h"
#include "server/search/parse.h"

namespace server::care::review {

using fhir::Document;
using fhir::Element;
using fhir::Result;
using fhir::pathway::SetCoding;
using fhir::pathway::SetText;

namespace {

constexpr std::string_view kDetailUrl = "http://hl7.org/fhir/StructureDefinition/flag-detail";   // what the flag is about
constexpr std::string_view kOpen = "draft,requested,received,accepted,ready,in-progress,on-hold";

// `parent` gets a copy of an element of another document, under that name.
void CopyTo(Document& document, Element* parent, const Element* from, std::string_view name) {
  if (!from) return;
  Element* copy = document.Copy(*from);
  copy->name = name;
  copy->in_array = false;
  document.Attach(parent, copy);
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

struct Stored {
  Document document;
  std::int64_t version = 0;
};

class Watching {
 public:
  Watching(const Round& round, const Watch& watch) : round_(round), watch_(watch), criteria_(watch.criteria) {
    constexpr std::string_view kToday = "{today}";
    if (const std::size_t at = criteria_.find(kToday); at != std::string::npos) criteria_.replace(at, kToday.size(), round.today);
    tally_.watch = watch.name;
  }

  Result<Tally> Both() {
    TRY(Each("Flag", "status=active&code=" + std::string(kWatchSystem) + "|" + watch_.name, [this](std::vector<Stored>& page) { return Clear(page); }));
    TRY(Each(watch_.type, criteria_, [this](std::vector<Stored>& page) { return Raise(page); }));
    return tally_;
  }

 private:
  Result<storage::SearchPage> Search(const std::string& type, const std::string& raw, const std::string& cursor = {}) const {
    TRY_ASSIGN(search::Query query, search::ParseQuery(type, raw + "&_count=" + std::to_string(kPage), *round_.app.registry, *round_.app.extractor));
    query.cursor = cursor;
    TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, round_.app.store->OpenReader());
    return reader->Search(query);
  }

  // Each page of a search in a reader of its own: nobody is held up meanwhile.
  template <typename Work>
  Result<void> Each(const std::string& type, const std::string& raw, const Work& work) {
    for (std::string cursor;;) {
      TRY(round_.go_on());
      TRY_ASSIGN(storage::SearchPage found, Search(type, raw, cursor));
      TRY_ASSIGN(std::vector<Stored> page, Read(found));
      TRY(work(page));
      cursor = found.next_cursor;
      if (cursor.empty()) return {};
    }
  }

  static Result<std::vector<Stored>> Read(const storage::SearchPage& found) {
    std::vector<Stored> page;
    for (const storage::SearchEntry& entry : found.entries) {
      TRY_ASSIGN(Document document, fhir::json::Read(entry.version.body));
      page.push_back({std::move(document), entry.version.version});
    }
    return page;
  }

  std::string KeyOf(std::string_view id) const { return watch_.name + "/" + watch_.type + "/" + std::string(id); }

  // Those of the ids that have the reason now.
  Result<std::set<std::string, std::less<>>> Having(const std::vector<std::string>& ids) {
    std::set<std::string, std::less<>> having;
    if (ids.empty()) return having;
    std::string raw = criteria_ + "&_id=";
    for (const std::string& id : ids) raw += (raw.ends_with('=') ? "" : ",") + id;
    TRY_ASSIGN(const storage::SearchPage found, Search(watch_.type, raw));
    TRY_ASSIGN(const std::vector<Stored> page, Read(found));
    for (const Stored& one : page) having.insert(std::string(one.document.root->ValueOf("id")));
    return having;
  }

  Result<void> Clear(std::vector<Stored>& flags) {
    const std::string begin = KeyOf({});
    std::vector<std::string> ids;
    for (const Stored& flag : flags) {
      const std::string value = ValueIn(*flag.document.root);
      if (value.starts_with(begin)) ids.push_back(value.substr(begin.size()));
    }
    TRY_ASSIGN(const auto having, Having(ids));
    std::vector<Item> items;
    for (Stored& flag : flags) {
      const std::string value = ValueIn(*flag.document.root);
      if (!value.starts_with(begin) || having.contains(value.substr(begin.size()))) continue;
      TRY_ASSIGN(std::vector<Stored> tasks, TasksOf(value.substr(begin.size())));
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
    tally_.cleared += stored;
    tally_.failed += static_cast<std::int64_t>(items.size()) - stored;
    return {};
  }

  // What was raised with the flag of that resource and is open.
  Result<std::vector<Stored>> TasksOf(const std::string& id) {
    const std::string raw = "code=" + std::string(kWatchSystem) + "|" + watch_.name + "&focus=" + watch_.type + "/" + id + "&status=" + std::string(kOpen);
    TRY_ASSIGN(const storage::SearchPage found, Search("Task", raw));
    return Read(found);
  }

  Result<void> Raise(std::vector<Stored>& page) {
    if (page.empty()) return {};
    std::string raw = "identifier=";
    for (const Stored& one : page) raw += (raw.ends_with('=') ? "" : ",") + IdentifierToken(KeyOf(one.document.root->ValueOf("id")));
    TRY_ASSIGN(const storage::SearchPage found, Search("Flag", raw));
    TRY_ASSIGN(std::vector<Stored> flags, Read(found));
    std::map<std::string, Stored*> known;
    for (Stored& flag : flags) known[ValueIn(*flag.document.root)] = &flag;
    std::vector<Item> items;
    for (const Stored& one : page) {
      ++tally_.found;
      const auto flag = known.find(KeyOf(one.document.root->ValueOf("id")));
      if (flag != known.end() && flag->second->document.root->ValueOf("status") == "active") continue;
      if (!one.document.root->Find(watch_.person)) {
        ++tally_.failed;   // a Flag is about somebody
        continue;
      }
      Item& item = items.emplace_back();
      item.entries.push_back(FlagFor(*one.document.root, flag == known.end() ? nullptr : flag->second));
      item.entries.push_back(TaskFor(*one.document.root, item.entries[0].version));
    }
    TRY_ASSIGN(const std::int64_t stored, Store(round_.app, items));
    tally_.raised += stored;
    tally_.failed += static_cast<std::int64_t>(items.size()) - stored;
    return {};
  }

  // A new Flag, or the one that was there before, active again from today on.
  Item::Entry FlagFor(const Element& about, Stored* before) const {
    Item::Entry entry;
    Document& flag = entry.resource;
    if (before) {
      flag.root = flag.Copy(*before->document.root);
      entry.version = before->version;
      SetText(flag, flag.root, "status", "active");
      if (Element* period = flag.root->Find("period")) Document::Detach(period);
    } else {
      entry.identifier = KeyOf(about.ValueOf("id"));
      flag.root = flag.NewResource("Flag");
      Element* detail = flag.Add(flag.root, "extension", true);
      flag.AddString(detail, "url", kDetailUrl);
      flag.AddString(flag.Add(detail, "valueReference"), "reference", watch_.type + "/" + std::string(about.ValueOf("id")));
      AddIdentifier(flag, entry.identifier);
      flag.AddString(flag.root, "status", "active");
      SetCoding(flag, flag.root, "code", kWatchSystem, watch_.name);
      CopyTo(flag, flag.root, about.Find(watch_.person), "subject");
    }
    flag.AddString(flag.Add(flag.root, "period"), "start", round_.today);
    return entry;
  }

  // One for each time that the flag becomes active: from that version of it, 0 for the first.
  Item::Entry TaskFor(const Element& about, std::int64_t version) const {
    Item::Entry entry;
    entry.identifier = KeyOf(about.ValueOf("id")) + "/" + std::to_string(version);
    Document& task = entry.resource;
    task.root = task.NewResource("Task");
    AddIdentifier(task, entry.identifier);
    task.AddString(task.root, "status", "requested");
    task.AddString(task.root, "intent", "order");
    SetCoding(task, task.root, "code", kWatchSystem, watch_.name);
    task.AddString(task.root, "description", watch_.text);
    task.AddString(task.Add(task.root, "focus"), "reference", watch_.type + "/" + std::string(about.ValueOf("id")));
    CopyTo(task, task.root, about.Find(watch_.person), "for");
    task.AddString(task.root, "authoredOn", round_.now);
    CopyTo(task, task.root, about.Find(watch_.owner), "owner");
    return entry;
  }

  const Round& round_;
  const Watch& watch_;
  std::string criteria_;
  Tally tally_;
};

}  // namespace

Result<Tally> Run(const Round& round, const Watch& watch) { return Watching(round, watch).Both(); }

}  // namespace server::care::review
