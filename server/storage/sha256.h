// SHA-256 of bytes that come in pieces, as hex.
#pragma once

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace server::storage {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Add(std::string_view bytes);
  // 64 hex digits in lower case. Once, at the end.
  std::string Finish();

 private:
  evp_md_ctx_st* context_;
};

}  // namespace server::storage
