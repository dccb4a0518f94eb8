// A Bundle as text, entry by entry: stored resources are spliced in as they are, never parsed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/storage/store.h"

namespace server::http {

class BundleWriter {
 public:
  // "searchset", "history", "transaction-response" …
  explicit BundleWriter(std::string_view type);
  // Links and total come before the entries.
  void Total(std::int64_t total);
  void Link(std::string_view relation, std::string_view url);
  // A searchset's entry: a match, or included.
  void SearchEntry(std::string_view base, const storage::SearchEntry& entry);
  // A searchset's match that is no stored resource.
  void ResourceEntry(std::string_view full_url, std::string_view resource);
  // A searchset's remarks about the search itself, an OperationOutcome as JSON.
  void OutcomeEntry(std::string_view outcome);
  // A history's entry: what was asked, what came of it.
  void HistoryEntry(std::string_view base, const storage::Version& version);
  struct Answered {
    std::string status;                        // "201"
    std::string location, etag, last_modified; // each may be empty
    std::string resource, outcome;             // JSON; each may be empty
  };
  void ResponseEntry(const Answered& answered);
  std::string Finish() &&;

 private:
  void BeginEntry();
  void FullUrl(std::string_view base, const storage::Version& version);

  std::string out_;
  bool linked_ = false, listed_ = false;
};

}  // namespace server::http
