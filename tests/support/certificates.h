// Keys and certificates made for one test, as PEM files in its folder: good ones, and each kind of bad one.
#pragma once

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <ctime>
#include <filesystem>
#include <string>

namespace careloom_test {

struct PairOptions {
  std::string key_kind = "P-256";        // a curve's name, "RSA-2048" or another number of bits, "ED25519"
  std::string name = "localhost";        // subjectAltName
  long starts_in_seconds = -3600, ends_in_seconds = 90L * 24 * 3600;   // from now
  bool sha1 = false;                     // signed with it, by an authority of its own
  bool other_key = false;                // the key file holds another key
  std::string password = {};             // of the key file
};

struct Pair {
  std::string certificate, key;          // paths
};

inline EVP_PKEY* MakeKey(const std::string& kind) {
  if (kind.starts_with("RSA-")) return EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(std::stoi(kind.substr(4))));
  if (kind == "ED25519") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  return EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", kind.c_str());
}

// Writes `stem`.crt and `stem`.key (mode 0600) into the folder, over what is there.
inline Pair MakePair(const std::filesystem::path& folder, const std::string& stem, const PairOptions& options = {}) {
  const Pair pair{folder / (stem + ".crt"), folder / (stem + ".key")};
  EVP_PKEY *key = MakeKey(options.key_kind), *authority = options.sha1 ? MakeKey("P-256") : key, *written = options.other_key ? MakeKey(options.key_kind) : key;
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), static_cast<std::uint64_t>(std::time(nullptr)) * 1000 + static_cast<std::uint64_t>(std::rand() % 1000));
  X509_gmtime_adj(X509_getm_notBefore(certificate), options.starts_in_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), options.ends_in_seconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* common_name = reinterpret_cast<const unsigned char*>(options.name.c_str());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
  if (options.sha1) {
    X509_NAME* issuer = X509_NAME_new();
    X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("An old authority"), -1, -1, 0);
    X509_set_issuer_name(certificate, issuer);
    X509_NAME_free(issuer);
  } else {
    X509_set_issuer_name(certificate, subject);
  }
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + options.name).c_str());
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, authority, options.key_kind == "ED25519" ? nullptr : options.sha1 ? EVP_sha1() : EVP_sha256());
  // Beside it first, then over it: a reader sees the old file or the new one.
  std::FILE* out = std::fopen((pair.certificate + ".new").c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  out = std::fopen((pair.key + ".new").c_str(), "w");
  ::fchmod(::fileno(out), 0600);
  PEM_write_PrivateKey(out, written, options.password.empty() ? nullptr : EVP_aes_256_cbc(), reinterpret_cast<const unsigned char*>(options.password.data()),
                       static_cast<int>(options.password.size()), nullptr, nullptr);
  std::fclose(out);
  std::rename((pair.key + ".new").c_str(), pair.key.c_str());
  std::rename((pair.certificate + ".new").c_str(), pair.certificate.c_str());
  X509_free(certificate);
  if (written != key) EVP_PKEY_free(written);
  if (authority != key) EVP_PKEY_free(authority);
  EVP_PKEY_free(key);
  return pair;
}

}  // namespace careloom_test
