// Searching page by page.
#include "server/care/review/pages.h"

#include <memory>
#include <utility>

#include "fhir/json/reader.h"
#include "server/search/parse.h"

namespace server::care::review {

using fhir::Document;
using fhir::Result;

Result<storage::SearchPage> Search(const Round& round, const std::string& type, const std::string& raw, const std::string& cursor) {
  TRY_ASSIGN(search::Query query, search::ParseQuery(type, raw + "&_count=" + std::to_string(kPage), *round.app.registry, *round.app.extractor));
  query.cursor = cursor;
  TRY_ASSIGN(const std::unique_ptr<storage::Reader> reader, round.app.store->OpenReader());
  return reader->Search(query);
}

Result<std::vector<Stored>> Read(const storage::SearchPage& found) {
  std::vector<Stored> page;
  for (const storage::SearchEntry& entry : found.entries) {
    TRY_ASSIGN(Document document, fhir::json::Read(entry.version.body));
    page.push_back({std::move(document), entry.version.version});
  }
  return page;
}

Result<void> EachPage(const Round& round, const std::string& type, const std::string& raw, const std::function<Result<void>(std::vector<Stored>& page)>& work) {
  for (std::string cursor;;) {
    TRY(round.go_on());
    TRY_ASSIGN(const storage::SearchPage found, Search(round, type, raw, cursor));
    TRY_ASSIGN(std::vector<Stored> page, Read(found));
    TRY(work(page));
    cursor = found.next_cursor;
    if (cursor.empty()) return {};
  }
}

}  // namespace server::care::review
