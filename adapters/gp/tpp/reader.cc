// Parts, fields, the manifest, and what the set is as a whole. Its rows: reader_rows.cc.
#include "adapters/gp/tpp/reader.h"

#include <algorithm>

#include "adapters/base/cell_text.h"

namespace adapters::gp::tpp {

using fhir::Error;
using fhir::ErrorKind;
using fhir::Result;
using fhir::Severity;

namespace {

constexpr std::size_t kMaxFindings = 10'000;
constexpr std::size_t kMaxFieldBytes = 100;
constexpr std::string_view kManifest = "srmanifest";

// "20260331_0200" of a manifest as a day; empty: no such day.
std::string ManifestDay(std::string_view text) {
  if (text.size() < 8 || (text.size() > 8 && text[8] != '_')) return {};
  return ReadDate(std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" + std::string(text.substr(6, 2)));
}

bool IsManifest(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower.find(kManifest) != std::string::npos;
}

}  // namespace

TppReader::TppReader(std::shared_ptr<const Tables> tables, const FileOptions& options) : tables_(std::move(tables)), options_(options) {
  report_.outcome = fhir::IssueSink(kMaxFindings);
}

Result<void> TppReader::Read(std::string_view bytes, const Sink& sink) {
  if (!started_) {
    if (options_.encoding != "utf-8" && options_.encoding != "windows-1252") {
      return Error(ErrorKind::kInvalid, "'" + options_.encoding + "' is not an encoding of such files; it may be utf-8 or windows-1252.");
    }
    start_ += bytes;
    if (start_.size() < 2) return {};
    started_ = true;
    is_set_ = MultipartReader::Begins(start_);
    if (!is_set_) BeginFile(In::kTable, kNone);
    const std::string first = std::move(start_);
    return Read(first, sink);
  }
  if (!is_set_) return TakeData(bytes, sink);
  return parts_.Read(bytes, {[&](const Part& part) { return BeginPart(part); }, [&](std::string_view data) { return TakeData(data, sink); },
                             [&] { return EndPart(sink); }});
}

Result<void> TppReader::BeginPart(const Part& part) {
  part_name_ = part.is_file && !part.file_name.empty() ? part.file_name : part.name;
  field_.clear();
  if (!part.is_file) {
    if (part.name != "load" && part.name != "extracted") {
      return Error(ErrorKind::kInvalid, "There is no field '" + part.name.substr(0, kMaxFieldBytes) + "'. A set has files and the fields load (full or delta) and extracted (YYYY-MM-DD).");
    }
    part_name_ = part.name;
    in_ = In::kField;
    return {};
  }
  if (IsManifest(part.file_name) || IsManifest(part.name)) {
    BeginFile(In::kManifest, kNone);
    return {};
  }
  std::size_t table = tables_->OfFile(part.file_name);
  if (table == kNone) table = tables_->OfFile(part.name);
  BeginFile(In::kTable, table);
  return {};
}

void TppReader::BeginFile(In in, std::size_t table) {
  in_ = in;
  table_ = table;
  has_header_ = false;
  header_.clear();
  manifest_header_.clear();
  unknown_rows_ = file_rows_ = 0;
  faults_.clear();
  csv_ = std::make_unique<CsvReader>(options_.encoding == "windows-1252" ? Encoding::kWindows1252 : Encoding::kUtf8);
}

Result<void> TppReader::TakeData(std::string_view bytes, const Sink& sink) {
  if (in_ == In::kField) {
    field_ += bytes;
    if (field_.size() > kMaxFieldBytes) return Error(ErrorKind::kInvalid, "The field " + part_name_ + " is longer than 100 bytes.");
    return {};
  }
  auto read = csv_->Read(bytes, [&](const CsvRow& row) { return TakeRow(row, sink); });
  if (read || read.error().path().starts_with("SR") || part_name_.empty()) return read;
  return Error(read.error().kind(), read.error().text()).At(part_name_ + ": " + read.error().path());
}

Result<void> TppReader::EndPart(const Sink& sink) {
  if (in_ == In::kField) return TakeField();
  auto read = csv_->Finish([&](const CsvRow& row) { return TakeRow(row, sink); });
  if (!read) return read;
  if (in_ == In::kTable && !has_header_) {
    return Error(ErrorKind::kInvalid, "The file is empty; its first row must hold the column headers.").At(part_name_);
  }
  if (in_ == In::kUnknown) {
    report_.outcome.Report(Severity::kWarning, "not-supported", "The table is none of those that are read (" + tables_->Names() + "); its " + std::to_string(unknown_rows_) +
                               " rows were left out.", part_name_);
  }
  if (in_ == In::kTable && file_rows_ > 1) {
    const auto most = std::ranges::max_element(faults_);
    if (most != faults_.end() && *most * 2 > file_rows_) {
      const std::string& column = table().columns[static_cast<std::size_t>(most - faults_.begin())].name;
      report_.outcome.Report(Severity::kError, "structure", std::to_string(*most) + " of " + std::to_string(file_rows_) + " rows were refused for what stands in " + column +
                                 ". The columns may be shifted: compare the header with a row.", table().name + " column " + column);
    }
  }
  in_ = In::kNothing;
  return {};
}

Result<void> TppReader::TakeField() {
  const std::string value(TrimCell(field_));
  in_ = In::kNothing;
  if (value.empty()) return {};
  return part_name_ == "load" ? Load(value, "load") : Extracted(value == ReadDate(value) ? value : std::string(), "extracted");
}

Result<void> TppReader::Load(std::string_view load, const std::string& where) {
  if (load != "full" && load != "delta") return Error(ErrorKind::kInvalid, "The load is neither full nor delta.").At(where);
  if (!load_.empty() && load_ != load) {
    return Error(ErrorKind::kInvalid, "The set is said to be full in one place and a delta in another. Send the tables that are full in a set of their own.").At(where);
  }
  load_ = load;
  return {};
}

Result<void> TppReader::Extracted(std::string day, const std::string& where) {
  if (day.empty()) return Error(ErrorKind::kInvalid, "The day of the extract is no day; write it as 2026-03-31.").At(where);
  extracted_ = std::max(extracted_, day);
  return {};
}

Result<void> TppReader::TakeRow(const CsvRow& row, const Sink& sink) {
  if (in_ == In::kManifest) return TakeManifestRow(row);
  if (!has_header_) return ReadHeader(row);
  if (in_ != In::kUnknown) return TakeDataRow(row, sink);
  ++unknown_rows_;
  ++report_.entries_in;
  ++report_.entries_reported;
  for (const std::string_view cell : row.cells) {
    if (TrimCell(cell).empty()) continue;
    ++report_.elements_in;
    ++report_.elements_reported;
  }
  return {};
}

// FileName, IsDelta, IsReference, DateExtractFrom, DateExtractTo: a row for each file of the extract.
Result<void> TppReader::TakeManifestRow(const CsvRow& row) {
  if (manifest_header_.empty()) {
    for (const std::string_view cell : row.cells) manifest_header_.emplace_back(TrimCell(cell));
    return {};
  }
  const auto cell = [&](std::string_view name) -> std::string_view {
    const auto at = std::ranges::find(manifest_header_, name);
    const auto place = static_cast<std::size_t>(at - manifest_header_.begin());
    return place < row.cells.size() ? TrimCell(row.cells[place]) : std::string_view();
  };
  if (tables_->OfFile(cell("FileName")) == kNone) return {};
  const std::string place = PlaceOf("SRManifest", row.number);
  const std::string_view is_delta = cell("IsDelta");
  if (is_delta == "Y" || is_delta == "N") { TRY(Load(is_delta == "Y" ? "delta" : "full", place)); }
  if (!cell("DateExtractFrom").empty()) since_ = std::max(since_, ManifestDay(cell("DateExtractFrom")));
  if (!cell("DateExtractTo").empty()) { TRY(Extracted(ManifestDay(cell("DateExtractTo")), place + ", column DateExtractTo")); }
  return {};
}

Result<void> TppReader::CheckWhole() const {
  if (load_ != "full") return {};
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < tables_->all().size(); ++i) {
    if (!seen_.contains(i)) missing.push_back(tables_->at(i).name);
  }
  if (missing.empty()) return {};
  return Error(ErrorKind::kInvalid, "The set is said to be full, and lacks " + NamesOf(missing) + ". What a full set does not hold is taken back, so it must have every table: "
                                    "add each with its header alone if it has no row, or send the set as a delta.").At("load");
}

Result<FileFacts> TppReader::Finish(const Sink& sink) {
  if (!started_) return Error(ErrorKind::kInvalid, "The file is empty. Send a table with its header, or a set of several as multipart/form-data.");
  if (is_set_) {
    TRY(parts_.Finish());
  } else {
    TRY(EndPart(sink));
  }
  TRY(CheckWhole());
  if (facts_.scope.empty()) {
    const std::vector<fhir::Issue>& issues = report_.outcome.issues();
    return Error(ErrorKind::kInvalid, "No row says of which organisation the set is" + (issues.empty() ? std::string(".") : "; the first finding: " + issues.front().text))
        .At(issues.empty() ? std::string() : issues.front().expression);
  }
  facts_.from = load_ == "full" ? std::string(kEver) : since_ > kEver ? since_ : extracted_;
  facts_.to = extracted_;
  facts_.speaks_of_all = load_ == "full";
  return facts_;
}

}  // namespace adapters::gp::tpp
