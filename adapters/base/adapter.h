// What every outside system's adapter offers: bytes in their format to one FHIR R4 transaction, and
// stored resources back to bytes. Pure: no network, disk, clock or store; the caller reads the files.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters {

class PeopleFile;

// One file of mappings/ by its place there ("gp_connect/patient.map") and its content.
struct MappingFile {
  std::string name;
  std::string content;
};

// What an adapter is opened with. The files are read while it opens and need not outlive that.
struct AdapterContext {
  // Every file of the folder that --mappings names; empty: the ones embedded in the binary. Never a mix:
  // a file that the adapter needs and that is not given is an error that names it.
  std::span<const MappingFile> mappings;
};

// The accounting of one message (WriteReport in report.h makes it a Parameters resource). Entries are the
// source's own (Bundle entries, rows, segments groups); elements are its scalars.
struct Report {
  std::uint32_t entries_in = 0, entries_stored = 0, entries_merged = 0, entries_reported = 0;
  std::uint32_t elements_in = 0, elements_carried = 0, elements_merged = 0, elements_reported = 0;
  fhir::IssueSink outcome{1'000'000};  // one information or warning per element reported, and what else is to be said
};

// Where in the source a part of the transaction comes from: a FHIRPath that paths within it begin with ("Bundle.entry[3].resource") and
// the place in words ("row 17", "row 17, column Amount").
struct SourcePlace {
  std::string path, place;
};

struct Adapted {
  fhir::Document transaction;  // a Bundle of type transaction, entries in the order of their keys
  Report report;
  std::vector<SourcePlace> places;  // for refusals by what the server demands; the longest path that fits counts
};

struct Emitted {
  std::string bytes;                // the message in the outside system's format
  std::vector<std::string> files;   // of a set of several files: what belongs in each (PeopleFile::FileNames); bytes is empty then
  fhir::IssueSink outcome{10'000};  // what of the stored resources that format cannot say
};

// An opened adapter: its mappings are compiled. Immutable; may be used by many threads.
class Adapter {
 public:
  virtual ~Adapter() = default;
  // Fails with kInvalid for what cannot be read as the format at all, with kUnprocessable for a message that
  // must not be acted on (no person, two persons, an error of the sender's); findings go to the report.
  virtual fhir::Result<Adapted> Adapt(std::string_view bytes) const = 0;
  // `resources`: what is stored of one person with all it references. Fails with kUnsupported when the
  // adapter has no way back, with kUnprocessable when there is no person among them.
  virtual fhir::Result<Emitted> Emit(std::span<const fhir::Document> resources) const = 0;
  // How files of many people are read, in pieces (people_file.h); null when a message is of one person.
  virtual const PeopleFile* people_file() const { return nullptr; }
};

// A line of the catalogue.
struct AdapterDescriptor {
  std::string_view name;        // as the command line has it: "gp-connect"
  std::string_view summary;     // one sentence for help
  std::string_view media_type;  // of the bytes
  bool emits = false;           // Emit is supported
  // Compiles the mappings. Fails with kInvalid naming the file and place, kNotFound naming a missing file.
  fhir::Result<std::unique_ptr<Adapter>> (*open)(const AdapterContext& context) = nullptr;
};

}  // namespace adapters
