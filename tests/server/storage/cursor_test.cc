// Page cursors cannot be made up, changed or used for another search.
#include "server/storage/cursor.h"

namespace {

using server::storage::OpenCursor;
using server::storage::SealCursor;

TEST(Cursor, ComesBackOnlyAsItWent) {
  const std::string payload("\x00\xFF\x01 key", 7);
  const std::string cursor = SealCursor("secret", "Patient?name=a", payload);
  EXPECT_EQ(*OpenCursor("secret", "Patient?name=a", cursor), payload);
  EXPECT_FALSE(OpenCursor("secret", "Patient?name=b", cursor));
  EXPECT_FALSE(OpenCursor("other", "Patient?name=a", cursor));
  for (std::size_t i = 0; i < cursor.size(); ++i) {
    std::string changed = cursor;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    const auto opened = OpenCursor("secret", "Patient?name=a", changed);
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().kind(), fhir::ErrorKind::kInvalid);
    EXPECT_FALSE(OpenCursor("secret", "Patient?name=a", cursor.substr(0, i))) << i;
  }
  EXPECT_FALSE(OpenCursor("secret", "Patient?name=a", cursor + "A"));
}

}  // namespace
