#pragma once
#include <string>
#include <string_view>

namespace heed::adapters::perspective {

/// The service's description in Google's discovery format, with us as its root: Google's generic clients read
/// it and need no other setting. `root` is a URL without a slash at its end.
std::string discovery_document(std::string_view root);

/// Where the caller reached us: `public_url` when configured, else from the Host header, with https where a
/// proxy says so in X-Forwarded-Proto. A Host that is no host name gives "": it goes into a document that
/// others may keep.
std::string root_url(std::string_view public_url, std::string_view host, std::string_view forwarded_proto);

}  // namespace heed::adapters::perspective
