// The handlers behind the catalogue; each is described there and implemented in the file of its name.
#pragma once

#include "server/http/route.h"

namespace server::interactions {

using Answer = fhir::Result<http::Response>;

Answer Capabilities(const http::Call& call);
Answer Read(const http::Call& call);
Answer ReadVersion(const http::Call& call);
Answer History(const http::Call& call);
Answer Create(const http::Call& call);
Answer Update(const http::Call& call);
Answer Delete(const http::Call& call);
Answer Search(const http::Call& call);
Answer SearchByPost(const http::Call& call);
Answer Bundle(const http::Call& call);

}  // namespace server::interactions
