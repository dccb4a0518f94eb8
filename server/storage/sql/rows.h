// Reading the rows of single resources: by id, by key, by version.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.h"
#include "server/storage/sql/connection.h"
#include "server/storage/sql/layout.h"
#include "server/storage/store.h"

namespace server::storage::sql {

// A resource row, without its body.
struct ResourceRow {
  Key key = 0;
  std::int64_t type = 0;
  std::string id;
  std::int64_t home = 0;
  Sequence seq = 0;
  std::int64_t version = 0, updated_us = 0;
  Method method = Method::kCreate;
  std::optional<std::int64_t> as_of_us;
  std::string facts;
  bool deleted() const { return method == Method::kDelete; }
};

// Rows that one statement reads, where several are asked for.
constexpr std::size_t kRowsAtOnce = 16;

// Nothing when there is no such resource; a deleted one has its row.
fhir::Result<std::optional<ResourceRow>> FindRow(Connection& connection, Key key);
fhir::Result<std::optional<ResourceRow>> FindRow(Connection& connection, std::int64_t type, std::string_view id);
// Of each key, in their order.
fhir::Result<std::vector<std::optional<ResourceRow>>> FindRows(Connection& connection, const std::vector<Key>& keys);
// The type's number; kInvalid when FHIR has no such type.
fhir::Result<std::int64_t> KnownType(const Layout& layout, const std::string& name);
fhir::Result<std::string> BodyOf(Connection& connection, Sequence seq);
// Of a row whose version is not there.
fhir::Error MissingVersion();
// The row as the version it stands for, with that body.
Version VersionOf(const Layout& layout, const ResourceRow& row, std::string body);
// The version, unless its content is another's, as it can be in a damaged store: then kInternal.
fhir::Result<Version> Own(Version version);
// The row's current version with its body.
fhir::Result<Version> CurrentVersion(Connection& connection, const Layout& layout, const ResourceRow& row);
// The same of each row, in their order.
fhir::Result<std::vector<Version>> CurrentVersions(Connection& connection, const Layout& layout, const std::vector<ResourceRow>& rows);
// A version of the resource by its place in the change sequence.
fhir::Result<Version> VersionAt(Connection& connection, const Layout& layout, const ResourceRow& row, Sequence seq);

}  // namespace server::storage::sql
