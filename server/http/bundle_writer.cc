// Bundles as text.
#include "server/http/bundle_writer.h"

#include "fhir/json/writer.h"
#include "server/http/versions.h"

namespace server::http {

using fhir::json::WriteString;

BundleWriter::BundleWriter(std::string_view type) {
  out_ = R"({"resourceType":"Bundle","type":")";
  out_ += type;
  out_ += '"';
}

void BundleWriter::Total(std::int64_t total) { out_ += ",\"total\":" + std::to_string(total); }

void BundleWriter::Link(std::string_view relation, std::string_view url) {
  out_ += linked_ ? "," : ",\"link\":[";
  linked_ = true;
  out_ += R"({"relation":)";
  WriteString(relation, out_);
  out_ += R"(,"url":)";
  WriteString(url, out_);
  out_ += '}';
}

void BundleWriter::BeginEntry() {
  if (!listed_) {
    if (linked_) out_ += ']';
    out_ += ",\"entry\":[{";
    listed_ = true;
  } else {
    out_ += ",{";
  }
}

void BundleWriter::FullUrl(std::string_view base, const storage::Version& version) {
  out_ += R"("fullUrl":)";
  std::string url(base);
  url += '/' + version.type + '/' + version.id;
  WriteString(url, out_);
}

void BundleWriter::SearchEntry(std::string_view base, const storage::SearchEntry& entry) {
  BeginEntry();
  FullUrl(base, entry.version);
  out_ += R"(,"resource":)";
  out_ += entry.version.body;
  out_ += entry.is_match ? R"(,"search":{"mode":"match"}})" : R"(,"search":{"mode":"include"}})";
}

void BundleWriter::ResourceEntry(std::string_view full_url, std::string_view resource) {
  BeginEntry();
  out_ += R"("fullUrl":)";
  WriteString(full_url, out_);
  out_ += R"(,"resource":)";
  out_ += resource;
  out_ += R"(,"search":{"mode":"match"}})";
}

void BundleWriter::OutcomeEntry(std::string_view outcome) {
  BeginEntry();
  out_ += R"("resource":)";
  out_ += outcome;
  out_ += R"(,"search":{"mode":"outcome"}})";
}

void BundleWriter::HistoryEntry(std::string_view base, const storage::Version& version) {
  using storage::Method;
  BeginEntry();
  FullUrl(base, version);
  if (!version.deleted()) {
    out_ += R"(,"resource":)";
    out_ += version.body;
  }
  const bool created = version.method == Method::kCreate;
  out_ += R"(,"request":{"method":")";
  out_ += created ? "POST" : version.deleted() ? "DELETE" : "PUT";
  out_ += R"(","url":)";
  WriteString(created ? version.type : version.type + "/" + version.id, out_);
  out_ += R"(},"response":{"status":")";
  out_ += created ? "201" : version.deleted() ? "204" : "200";
  out_ += R"(","etag":)";
  WriteString(ETag(version.version), out_);
  out_ += R"(,"lastModified":")" + Instant(version.last_updated_us) + "\"}}";
}

void BundleWriter::ResponseEntry(const Answered& answered) {
  BeginEntry();
  if (!answered.resource.empty()) {
    out_ += R"("resource":)";
    out_ += answered.resource;
    out_ += ',';
  }
  out_ += R"("response":{"status":")" + answered.status + '"';
  const auto member = [this](std::string_view name, std::string_view value) {
    if (value.empty()) return;
    out_ += ",\"";
    out_ += name;
    out_ += "\":";
    WriteString(value, out_);
  };
  member("location", answered.location);
  member("etag", answered.etag);
  member("lastModified", answered.last_modified);
  if (!answered.outcome.empty()) {
    out_ += R"(,"outcome":)";
    out_ += answered.outcome;
  }
  out_ += "}}";
}

std::string BundleWriter::Finish() && {
  if (listed_ || linked_) out_ += ']';
  out_ += '}';
  return std::move(out_);
}

}  // namespace server::http
