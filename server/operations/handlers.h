// The handlers behind the catalogue; each is described there and implemented in the file of its name.
#pragma once

#include "server/http/route.h"

namespace server::operations {

using Answer = fhir::Result<http::Response>;

Answer Apply(const http::Call& call);
Answer BudgetAgree(const http::Call& call);
Answer BudgetClose(const http::Call& call);
Answer BudgetPropose(const http::Call& call);
Answer BudgetReconcile(const http::Call& call);
Answer BudgetRecord(const http::Call& call);
Answer BudgetStatement(const http::Call& call);
Answer Changes(const http::Call& call);
Answer Everything(const http::Call& call);
Answer Extract(const http::Call& call);
Answer InboxBytes(const http::Call& call);
Answer InboxList(const http::Call& call);
Answer InboxReceive(const http::Call& call);
Answer InboxReplay(const http::Call& call);
Answer InboxShow(const http::Call& call);
Answer Live(const http::Call& call);
Answer PathwayFigures(const http::Call& call);
Answer Populate(const http::Call& call);
Answer MakeDocument(const http::Call& call);
Answer Ready(const http::Call& call);
Answer Metrics(const http::Call& call);
Answer ReviewNow(const http::Call& call);
Answer TaskTransition(const http::Call& call);
Answer Validate(const http::Call& call);

}  // namespace server::operations
