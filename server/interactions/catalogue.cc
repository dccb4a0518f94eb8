// The interactions, one a line.
#include "server/interactions/catalogue.h"

#include <array>

#include "server/interactions/handlers.h"

namespace server::interactions {

using http::kKnownClient;
using http::kOpen;
using http::Level;
using http::Route;

std::span<const Route> Catalogue() {
  static constexpr std::array kRoutes = {
      Route{"capabilities", "GET", "/metadata", Level::kSystem, false, kOpen, Capabilities, "what this server does"},
      Route{"read", "GET", "/[type]/[id]", Level::kInstance, false, kKnownClient, Read, "the current version of a resource"},
      Route{"vread", "GET", "/[type]/[id]/_history/[version]", Level::kInstance, false, kKnownClient, ReadVersion, "one version of a resource"},
      Route{"update", "PUT", "/[type]/[id]", Level::kInstance, true, kKnownClient, Update, "a new version, or a first one under the caller's id"},
      Route{"update", "PUT", "/[type]", Level::kType, true, kKnownClient, Update, "update of what a search finds, or create"},
      Route{"patch", "PATCH", "/[type]/[id]", Level::kInstance, true, kKnownClient, nullptr, "a change to parts of a resource", "Read the resource, change it and PUT it with If-Match."},
      Route{"patch", "PATCH", "/[type]", Level::kType, true, kKnownClient, nullptr, "a change to parts of what a search finds", "Search, change what is found and PUT it with If-Match."},
      Route{"delete", "DELETE", "/[type]/[id]", Level::kInstance, true, kKnownClient, Delete, "the end of a resource; its versions stay"},
      Route{"delete", "DELETE", "/[type]", Level::kType, true, kKnownClient, Delete, "deletion of the one resource a search finds"},
      Route{"history-instance", "GET", "/[type]/[id]/_history", Level::kInstance, false, kKnownClient, History, "the versions of a resource, newest first"},
      Route{"history-type", "GET", "/[type]/_history", Level::kType, false, kKnownClient, nullptr, "the versions of all resources of a type", "Search with _lastUpdated, or ask for the history of one resource."},
      Route{"create", "POST", "/[type]", Level::kType, true, kKnownClient, Create, "a new resource under an id of the server's"},
      Route{"search-type", "GET", "/[type]", Level::kType, false, kKnownClient, Search, "resources of a type that meet criteria"},
      Route{"search-type", "POST", "/[type]/_search", Level::kType, false, kKnownClient, SearchByPost, "the same, criteria in the body"},
      Route{"search-compartment", "GET", "/[type]/[id]/[other]", Level::kInstance, false, kKnownClient, nullptr, "search within a compartment", "Search the type with patient=[id], or use Patient/[id]/$everything."},
      Route{"search-system", "GET", "/", Level::kSystem, false, kKnownClient, nullptr, "search over all types", "Search each type by itself, in one batch when there are several."},
      Route{"search-system", "POST", "/_search", Level::kSystem, false, kKnownClient, nullptr, "search over all types", "Search each type by itself, in one batch when there are several."},
      Route{"history-system", "GET", "/_history", Level::kSystem, false, kKnownClient, nullptr, "the versions of all resources", "Ask for the history of one resource."},
      Route{"transaction", "POST", "/", Level::kSystem, true, kKnownClient, Bundle, "a Bundle of requests: all or none (transaction), or each by itself (batch)"},
  };
  return kRoutes;
}

}  // namespace server::interactions
