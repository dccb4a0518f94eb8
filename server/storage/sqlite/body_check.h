// A number kept with each stored body, from which it can be told later that the disk gave back the bytes it was given, and
// those of this version, not another's. No protection from people: whoever can write the file can write the number.
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/base/result.h"
#include "server/storage/sql/verify.h"
#include "server/storage/store.h"

namespace server::storage::sqlite {

std::int64_t BodyCheck(Key key, Sequence seq, std::string_view body);

// Every body that has its number against it.
fhir::Result<void> VerifyBodyChecks(sql::Verification& run);

}  // namespace server::storage::sqlite
