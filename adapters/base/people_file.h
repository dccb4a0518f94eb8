// Files of many people: what an adapter offers when one file holds rows of thousands. The caller feeds the
// file in pieces, stages the rows by person on its disk, then has each person's rows adapted by themselves, so
// that memory does not grow with the file and one person is one transaction. Pure, as all adapters.
//
// A file speaks of a scope (whose people) and a period. Files of one scope overlap; what a later one covers,
// it says alone. So a person is adapted from the file's rows, from what is stored of that person out of
// earlier files, and from which later files were taken already: the order of arrival makes no difference.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/base/adapter.h"
#include "fhir/base/result.h"
#include "fhir/model/element.h"

namespace adapters {

struct FileOptions {
  std::string encoding = "utf-8";  // or "windows-1252"; the reader refuses any other
  bool strict = false;             // a bad row refuses the file
};

// A row on its way through the staging.
struct Row {
  std::string person;          // the source's own id of the person, within the scope
  std::uint64_t number = 0;    // where it stands in the file (the header is row 1), no two alike; of a set of files: in the set
  bool bad = false;            // it names the person, but what it says was refused and reported
  std::string bytes;           // the adapter's own form; empty for a bad one
};

// What a whole file says of itself.
struct FileFacts {
  std::string scope;           // "503"; also part of identifier systems
  std::string from, to;        // first and last day of its period, YYYY-MM-DD; no last day: the one on which it was received
  std::uint64_t rows = 0, bad_rows = 0;
  bool speaks_of_all = true;   // false: it says nothing of people whom it does not name, although files of the format may
};

// Reads one file, fed in pieces of any size. One thread.
class RowReader {
 public:
  using Sink = std::function<fhir::Result<void>(Row)>;
  virtual ~RowReader() = default;
  // kInvalid for what refuses the file whole (a missing column, the wrong encoding, with `strict` a bad row);
  // the sink's own error as it is. Not to be called again afterwards.
  virtual fhir::Result<void> Read(std::string_view bytes, const Sink& sink) = 0;
  // At the end of the file. kInvalid when it ends within a quoted cell, or holds no row.
  virtual fhir::Result<FileFacts> Finish(const Sink& sink) = 0;
  // Entries and elements of the rows that went no further than here (entries_in counts these alone), and the
  // findings about them and about the file.
  virtual Report& report() = 0;
};

// A file of a scope. The one that ends later ranks later; of two that end on one day, the one received later.
struct Submission {
  std::string id;                  // of the message
  std::string from, to;            // YYYY-MM-DD
  std::int64_t received_us = 0;    // microseconds since 1970 UTC
};

struct PersonPart {
  std::string scope, person;
  Submission file;                              // the one being taken
  std::span<const Row> rows;                    // of this person; none: the file does not name the person
  std::span<const Submission> later;            // taken already, ranking after `file`
  std::span<const fhir::Document> stored;       // at home with the person's own Patient, with what they refer to; bound
};

// What to write of a period.
struct EmitOptions {
  std::string from, to;            // YYYY-MM-DD; both empty: not said
  std::string release;             // "1", "2"; the adapter refuses what it does not know with kInvalid
  std::string what = {};           // of an adapter with several kinds of file, which; empty: the first. The same
  std::string layout = {};         // of one whose columns are named by layouts, which; empty: its own choice. The same
};

// The part of an Adapter that such a file needs (Adapter::people_file). Immutable, for many threads.
class PeopleFile {
 public:
  virtual ~PeopleFile() = default;
  virtual std::unique_ptr<RowReader> OpenFile(const FileOptions& options) const = 0;
  // One person's transaction, and the accounting of these rows. Entries that take the place of what `stored`
  // holds have ifMatch with its version: kPrecondition at execution means to read again and adapt again.
  // A transaction without entries: nothing is to be changed. kUnprocessable: the part is to be held, for the reason said.
  virtual fhir::Result<Adapted> AdaptPerson(const PersonPart& part) const = 0;
  // The cells of a staged row that are not empty: for the accounting of rows that are held.
  virtual std::uint32_t ElementsOf(const Row&) const { return 0; }
  // Does a file say all there is of its period? Then AdaptPerson is also asked, without rows, for those whom the file does not name.
  virtual bool withdraws() const { return true; }
  // System of the identifier by which a person's own Patient is found; its value is Row::person.
  virtual std::string PersonSystem(std::string_view scope) const = 0;
  // System of the identifiers of the Organizations whose values are the scopes there are.
  virtual std::string_view ScopeSystem() const = 0;
  // A row's place in words, "row 17"; of a set of several files with the file's name.
  virtual std::string RowName(const Row& row) const { return "row " + std::to_string(row.number); }
  // Of a format that is a set of several files: their names, and the first bytes of each. None: one file.
  virtual std::vector<std::string> FileNames() const { return {}; }
  virtual std::vector<std::string> FileHeads() const { return {}; }
  // The first bytes of a file written.
  virtual fhir::Result<std::string> EmitHead(const EmitOptions& options) const = 0;
  // The person's rows of that period, from the resources alone; `stored` as in PersonPart.
  virtual fhir::Result<Emitted> EmitPerson(std::span<const fhir::Document> stored, const EmitOptions& options) const = 0;
};

}  // namespace adapters
