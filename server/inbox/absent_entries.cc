// Compares the Provenance of messages.
#include "server/inbox/absent_entries.h"

#include <set>

#include "fhir/json/reader.h"
#include "server/search/parse.h"

namespace server::inbox {
namespace {

using fhir::Element;

std::string SenderOf(const Element& provenance) {
  const Element* who = provenance.Walk("agent", "who", "identifier");
  return who ? std::string(who->ValueOf("system")) + "|" + std::string(who->ValueOf("value")) : std::string();
}

std::set<std::string> TargetsOf(const Element& provenance) {
  std::set<std::string> targets;
  for (const Element& target : fhir::Repeats(provenance, "target")) targets.emplace(target.ValueOf("reference"));
  return targets;
}

}  // namespace

fhir::Result<std::vector<std::string>> EntriesAbsentFrom(const App& app, storage::Reader& reader, std::string_view provenance_id) {
  TRY_ASSIGN(const storage::Version version, reader.Read("Provenance", provenance_id));
  TRY_ASSIGN(const fhir::Document message, fhir::json::Read(version.body));
  const std::set<std::string> held = TargetsOf(*message.root);
  const auto patient = held.lower_bound("Patient/");
  if (patient == held.end() || !patient->starts_with("Patient/")) return std::vector<std::string>();
  TRY_ASSIGN(search::Query query, search::ParseQuery("Provenance", "_count=100&target=" + *patient, *app.registry, *app.extractor));
  std::set<std::string> absent;
  do {
    TRY_ASSIGN(storage::SearchPage page, reader.Search(query));
    for (const storage::SearchEntry& entry : page.entries) {
      TRY_ASSIGN(const fhir::Document other, fhir::json::Read(entry.version.body));
      if (SenderOf(*other.root) != SenderOf(*message.root)) continue;
      for (const std::string& target : TargetsOf(*other.root)) {
        const std::size_t slash = target.find('/');
        if (slash == std::string::npos || held.contains(target) || absent.contains(target)) continue;
        const auto stored = reader.Read(std::string_view(target).substr(0, slash), std::string_view(target).substr(slash + 1));
        if (stored && !stored->deleted()) absent.insert(target);
      }
    }
    query.cursor = std::move(page.next_cursor);
  } while (!query.cursor.empty());
  return std::vector<std::string>(absent.begin(), absent.end());
}

}  // namespace server::inbox
