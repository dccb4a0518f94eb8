// What a review works through: pages of what a search finds.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "fhir/base/result.h"
#include "fhir/model/element.h"
#include "server/app.h"
#include "server/storage/store.h"

namespace server::care::review {

// What all parts of one review have in common.
struct Round {
  App& app;
  std::string today;                   // "2026-03-01", UTC
  std::string now;                     // instant
  std::function<fhir::Result<void>()> go_on;   // asked between pages; an error ends the review
};

inline constexpr int kPage = 100;      // resources looked at, and written, at a time

struct Stored {
  fhir::Document document;
  std::int64_t version = 0;
  std::string id() const { return std::string(document.root->ValueOf("id")); }
};

// One page of "code=…&status=…", not percent-encoded, in a reader of its own: nobody is held up by what is done with it.
fhir::Result<storage::SearchPage> Search(const Round& round, const std::string& type, const std::string& raw, const std::string& cursor = {});
// The resources of a page.
fhir::Result<std::vector<Stored>> Read(const storage::SearchPage& found);
// Gives `work` page after page, to the last one or its error; go_on's error ends it too.
fhir::Result<void> EachPage(const Round& round, const std::string& type, const std::string& raw,
                            const std::function<fhir::Result<void>(std::vector<Stored>& page)>& work);

}  // namespace server::care::review
