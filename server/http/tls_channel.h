// The channel over TLS: the handshake first, then requests and answers inside it.
#pragma once

#include <memory>

#include "server/http/channel.h"
#include "server/http/tls_identity.h"

namespace server::http {

// Null when there is no memory for it. The socket is made non-blocking; the identity lives as long as the channel.
std::unique_ptr<Channel> MakeTlsChannel(const Poco::Net::StreamSocket& socket, std::shared_ptr<const TlsIdentity> identity);

}  // namespace server::http
