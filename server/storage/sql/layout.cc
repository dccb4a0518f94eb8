// See layout.h.
#include "server/storage/sql/layout.h"

#include <map>
#include <utility>

#include "server/storage/bytes.h"

namespace server::storage::sql {

namespace {

using fhir::Result;
using fhir::schema::SearchParameter;

constexpr std::string_view kTypeListCode = "";   // the slot that lists a type's live resources

// 16 bytes for the hash, 32 for cursors.
Result<void> LoadSecret(Connection& connection, Layout& layout, bool read_only) {
  std::string secret;
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT value FROM meta WHERE name='secret'"));
    TRY_ASSIGN(const bool found, cursor.Step());
    if (found) secret = std::string(cursor.Bytes(0));
  }
  if (secret.empty() && !read_only) {
    for (int i = 0; i < 6; ++i) PutWord(secret, layout.random());
    TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO meta(name, value) VALUES('secret', ?1)"));
    TRY(cursor.BindBlob(1, secret).Run());
  }
  ByteReader reader{secret};
  const std::uint64_t low = reader.Word(), high = reader.Word();
  layout.hasher = Hasher(HashKey{low, high});
  layout.cursor_secret = std::string(reader.bytes);
  if (!reader.ok) return fhir::Error(fhir::ErrorKind::kUnavailable, "The store's secret is missing: it is damaged. Restore a backup.");
  return {};
}

Result<void> LoadTypes(Connection& connection, Layout& layout, bool read_only) {
  std::int64_t last = 0;
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT id, name FROM type ORDER BY id"));
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      last = cursor.Int(0);
      layout.slots.AddType(last, cursor.Bytes(1));
    }
  }
  for (const std::string_view name : layout.registry.ResourceTypes()) {
    if (read_only || layout.slots.TypeNumber(name) != 0) continue;
    TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO type(id, name) VALUES(?1, ?2)"));
    TRY(cursor.Bind(1, ++last).BindText(2, name).Run());
    layout.slots.AddType(last, name);
  }
  return {};
}

Result<void> LoadSlots(Connection& connection, Layout& layout, bool read_only) {
  std::map<std::pair<std::int64_t, std::string>, Slot> known;
  Slot last = kHomeSlot;
  {
    TRY_ASSIGN(Cursor cursor, connection.Query("SELECT id, type, code FROM slot ORDER BY id"));
    while (true) {
      TRY_ASSIGN(const bool found, cursor.Step());
      if (!found) break;
      last = cursor.Int(0);
      known[{cursor.Int(1), std::string(cursor.Bytes(2))}] = last;
    }
  }
  const auto add = [&](std::int64_t type, std::string_view code, const SearchParameter* parameter) -> Result<void> {
    const auto found = known.find({type, std::string(code)});
    if (found != known.end()) {
      layout.slots.AddSlot(found->second, type, parameter);
    } else if (!read_only) {
      TRY_ASSIGN(Cursor cursor, connection.Query("INSERT INTO slot(id, type, code) VALUES(?1, ?2, ?3)"));
      TRY(cursor.Bind(1, ++last).Bind(2, type).BindText(3, code).Run());
      known[{type, std::string(code)}] = last;   // a second definition of one code shares its slot
      layout.slots.AddSlot(last, type, parameter);
    }
    return {};
  };
  for (std::int64_t type = 1; type <= layout.slots.type_count(); ++type) {
    TRY(add(type, kTypeListCode, nullptr));
    for (const SearchParameter* parameter : layout.extractor->ParametersOf(layout.slots.TypeName(type))) {
      TRY(add(type, parameter->code, parameter));
    }
  }
  return {};
}

}  // namespace

Result<void> LoadLayout(Connection& connection, Layout& layout, bool read_only) {
  TRY(LoadSecret(connection, layout, read_only));
  TRY(LoadTypes(connection, layout, read_only));
  TRY(LoadSlots(connection, layout, read_only));
  layout.placement = Placement::Create(layout.slots);
  return {};
}

}  // namespace server::storage::sql
