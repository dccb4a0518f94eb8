// The store's state as a handler reads it: the transaction's own inside one, else a reader of its own.
#pragma once

#include <memory>

#include "fhir/base/result.h"
#include "server/app.h"
#include "server/http/route.h"

namespace server::interactions {

class Reading {
 public:
  static fhir::Result<Reading> Open(const http::Call& call, storage::Snapshot snapshot = storage::Snapshot::kOne) {
    Reading reading;
    reading.reader_ = call.reader;
    if (!reading.reader_) {
      TRY_ASSIGN(reading.own_, call.app.store->OpenReader(snapshot));
      reading.reader_ = reading.own_.get();
    }
    return reading;
  }
  storage::Reader* operator->() const { return reader_; }

 private:
  std::unique_ptr<storage::Reader> own_;
  storage::Reader* reader_ = nullptr;
};

}  // namespace server::interactions
