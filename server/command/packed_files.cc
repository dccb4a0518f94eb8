// A head before each file, and an end.
#include "server/command/packed_files.h"

#include <memory>

#include "adapters/base/multipart.h"
#include "adapters/base/people_file.h"

namespace server::command {
namespace {

using fhir::Result;

class Packing {
 public:
  Packing(std::vector<std::string> files, const Fields& fields, const Terminal& terminal) : files_(std::move(files)), terminal_(terminal) {
    for (const auto& [name, value] : fields) {
      next_ += adapters::PartHead(kBoundary, name, {}, is_first_) + value;
      is_first_ = false;
    }
  }

  Result<std::string_view> Next() {
    for (;;) {
      if (!next_.empty()) {
        given_ = std::move(next_);
        next_.clear();
        return std::string_view(given_);
      }
      if (open_) {
        TRY_ASSIGN(const std::string_view piece, open_());
        if (!piece.empty()) return piece;
        open_ = nullptr;
      }
      if (at_ < files_.size()) {
        const std::string& file = files_[at_++];
        TRY_ASSIGN(open_, OpenInput(file, terminal_));
        const std::string name = file.substr(file.find_last_of('/') + 1);
        next_ = adapters::PartHead(kBoundary, name.substr(0, name.find('.')), name, is_first_);
        is_first_ = false;
      } else if (!ended_) {
        ended_ = true;
        next_ = adapters::ClosingBoundary(kBoundary);
      } else {
        return std::string_view();
      }
    }
  }

 private:
  const std::vector<std::string> files_;
  const Terminal terminal_;
  std::size_t at_ = 0;
  inbox::ByteSource open_;
  std::string next_, given_;
  bool is_first_ = true, ended_ = false;
};

}  // namespace

bool IsSet(const adapters::Adapter& adapter) { return adapter.people_file() && !adapter.people_file()->FileNames().empty(); }

Fields FieldsOf(const Arguments& arguments) {
  Fields fields;
  for (const char* name : {"load", "extracted"}) {
    const std::string option = std::string("--") + name;
    if (arguments.Has(option)) fields.emplace_back(name, arguments.Get(option));
  }
  return fields;
}

Result<inbox::ByteSource> OpenPacked(const std::vector<std::string>& files, const Fields& fields, const Terminal& terminal) {
  for (const std::string& file : files) {
    TRY(OpenInput(file, terminal));   // all of them are there before anything is kept
  }
  auto packing = std::make_shared<Packing>(files, fields, terminal);
  return inbox::ByteSource([packing] { return packing->Next(); });
}

}  // namespace server::command
