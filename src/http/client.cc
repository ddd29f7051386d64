#include "http/client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/file.h"

namespace heed::http {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime now() { return std::chrono::steady_clock::now(); }

tl::unexpected<Error> unavailable(const std::string& what, int errno_value) {
  return fail(Code::Unavailable, what + ": " + std::strerror(errno_value));
}

bool has_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

bool same(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? static_cast<char>(x | 0x20) : x) == y; });
}

/// Waits until `fd` is ready for one of `events`, or Timeout.
Result<short> wait_ready(int fd, short events, SteadyTime deadline) {
  while (true) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now()).count();
    pollfd p{fd, events, 0};
    int n = ::poll(&p, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000)));
    if (n > 0) {
      return p.revents;
    }
    if (n == 0) {
      return fail(Code::Timeout, "the server did not answer in time");
    }
    if (errno != EINTR) {
      return unavailable("poll", errno);
    }
  }
}

}  // namespace

struct Client::Impl {
  Impl(std::string h, std::uint16_t p, ClientOptions o) : host(std::move(h)), port(p), options(std::move(o)) {}

  Result<void> connect() {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (int rc = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found); rc != 0) {
      return fail(Code::Unavailable, "cannot resolve " + host + ": " + ::gai_strerror(rc));
    }
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> list(found, ::freeaddrinfo);
    Result<void> last = fail(Code::Unavailable, "no address for " + host);
    for (addrinfo* at = found; at != nullptr; at = at->ai_next) {
      last = connect_to(*at);
      if (last) {
        return last;
      }
    }
    return last;
  }

  Result<void> connect_to(const addrinfo& address) {
    Fd socket(::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol));
    if (!socket) {
      return unavailable("socket", errno);
    }
    std::string what = "cannot connect to " + host + " port " + std::to_string(port);
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
      if (errno != EINPROGRESS) {
        return unavailable(what, errno);
      }
      TRY(wait_ready(socket.get(), POLLOUT, now() + options.connect_timeout));
      int error = 0;
      socklen_t size = sizeof error;
      ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) {
        return unavailable(what, error);
      }
    }
    int one = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fd = std::move(socket);
    input.clear();
    return {};
  }

  /// A kept connection that has something to say before it was asked has ended (or is confused): not used again.
  bool usable() {
    if (!fd) {
      return false;
    }
    pollfd p{fd.get(), POLLIN, 0};
    if (::poll(&p, 1, 0) != 0 || !input.empty()) {
      fd.reset();
      return false;
    }
    return true;
  }

  Result<std::string> head(std::string_view method, std::string_view target, const HeaderList& headers,
                           std::string_view framing, bool json_default) {
    std::string out;
    out.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: ");
    bool v6 = host.find(':') != std::string::npos;
    out.append(v6 ? "[" + host + "]" : host).append(":").append(std::to_string(port)).append("\r\n").append(framing);
    if (has_break(target) || target.find(' ') != std::string_view::npos || has_break(method)) {
      return fail(Code::InvalidInput, "the address has a blank or a line break; escape it");
    }
    bool typed = false;
    for (const HeaderList* list : {&std::as_const(options.headers), &headers}) {
      for (const auto& [name, value] : *list) {
        if (has_break(name) || has_break(value)) {
          return fail(Code::InvalidInput, "a header has a line break");
        }
        typed = typed || same(name, "content-type");
        out.append(name).append(": ").append(value).append("\r\n");
      }
    }
    if (json_default && !typed) {
      out.append("Content-Type: application/json\r\n");
    }
    return out.append("\r\n");
  }

  Result<std::string> whole_request(std::string_view method, std::string_view target, std::string_view body,
                                    const HeaderList& headers) {
    std::string framing;
    bool sends = !body.empty() || method == "POST" || method == "PUT";
    if (sends) {
      framing = "Content-Length: " + std::to_string(body.size()) + "\r\n";
    }
    std::string out = TRY(head(method, target, headers, framing, /*json_default=*/!body.empty()));
    return out.append(body);
  }

  /// Takes what the socket has; nothing there is no error. `ended` is set at its end.
  Result<void> receive(bool& ended) {
    char buffer[64 * 1024];
    while (true) {
      ssize_t n = ::recv(fd.get(), buffer, sizeof buffer, 0);
      if (n > 0) {
        any_byte = true;
        input.append(buffer, static_cast<std::size_t>(n));
        return {};
      }
      if (n == 0) {
        ended = true;
        return {};
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return {};
      }
      if (errno != EINTR) {
        return unavailable("the connection to " + host + " broke", errno);
      }
    }
  }

  /// Decodes what has come into `body`.
  Result<void> decode(std::string& body) {
    std::string_view view = input;
    Result<void> fed = parser.feed(view, body);
    input.erase(0, input.size() - view.size());
    if (fed && body.size() > options.body_bytes_max) {
      return fail(Code::TooLarge, "the answer is larger than the client takes");
    }
    return fed;
  }

  /// Sends all of `bytes`, taking what comes meanwhile: a server may answer before it has read everything.
  Result<void> send_all(std::string_view bytes, SteadyTime deadline, const std::function<Result<void>()>& on_input) {
    while (!bytes.empty()) {
      ssize_t n = ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      if (errno == EINTR) {
        continue;
      }
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        if (errno == EPIPE || errno == ECONNRESET) {
          refused_more = true;  // its answer may lie in our buffer
          return {};
        }
        return unavailable("cannot send to " + host, errno);
      }
      short events = TRY(wait_ready(fd.get(), POLLOUT | POLLIN, deadline));
      if ((events & (POLLIN | POLLHUP)) != 0) {
        bool ended = false;
        TRY(receive(ended));
        TRY(on_input());
        if (ended || parser.done()) {
          refused_more = true;
          return {};
        }
      }
    }
    return {};
  }

  /// Reads to the end of the answer. `on_body` takes and may clear the decoded bytes; false stops.
  Result<void> read_answer(std::string& body, std::chrono::milliseconds idle, SteadyTime deadline,
                           const std::function<bool()>& on_body) {
    bool ended = false;
    while (true) {
      TRY(decode(body));
      if (on_body && !body.empty() && !on_body()) {
        fd.reset();
        return {};
      }
      if (parser.done()) {
        break;
      }
      if (ended) {
        fd.reset();
        TRY(parser.feed_end());
        break;
      }
      TRY(wait_ready(fd.get(), POLLIN, idle.count() > 0 ? now() + idle : deadline));
      TRY(receive(ended));
    }
    if (!parser.keep_alive() || refused_more) {
      fd.reset();
    }
    return {};
  }

  Result<void> begin(bool head_request) {
    parser.reset(head_request);
    any_byte = refused_more = false;
    reused = usable();
    return reused ? Result<void>{} : connect();
  }

  Result<ClientResponse> once(std::string_view method, const std::string& bytes,
                              const std::function<bool(std::string_view)>* on_bytes) {
    TRY(begin(method == "HEAD"));
    SteadyTime deadline = now() + options.timeout;
    ClientResponse response;
    TRY(send_all(bytes, deadline, [&] { return decode(response.body); }));
    if (on_bytes == nullptr) {
      TRY(read_answer(response.body, {}, deadline, nullptr));
    } else {
      TRY(read_answer(response.body, options.timeout, deadline, [&] {
        if (parser.head().status / 100 != 2) {
          return true;  // a problem is collected
        }
        bool more = (*on_bytes)(response.body);
        response.body.clear();
        return more;
      }));
    }
    static_cast<ResponseHead&>(response) = std::move(parser.head());
    return response;
  }

  Result<ClientResponse> exchange(std::string_view method, std::string_view target, std::string_view body,
                                  const HeaderList& headers, const std::function<bool(std::string_view)>* on_bytes) {
    std::string bytes = TRY(whole_request(method, target, body, headers));
    Result<ClientResponse> result = once(method, bytes, on_bytes);
    if (!result) {
      fd.reset();
      bool harmless = method != "POST" || std::any_of(headers.begin(), headers.end(), [](const auto& header) {
                        return same(header.first, "idempotency-key");
                      });
      if (reused && !any_byte && harmless && result.error().code == Code::Unavailable) {
        result = once(method, bytes, on_bytes);
        if (!result) {
          fd.reset();
        }
      }
    }
    return result;
  }

  Result<void> upload_input() {
    TRY(decode(upload_body));
    if (!upload_body.empty() && parser.head().status / 100 == 2) {
      on_upload(upload_body);
      upload_body.clear();
    }
    return {};
  }

  Result<void> upload(std::string_view bytes) {
    Result<void> sent = send_all(bytes, now() + options.timeout, [&] { return upload_input(); });
    if (!sent) {
      fd.reset();
    }
    return sent;
  }

  std::string host;
  std::uint16_t port;
  ClientOptions options;
  Fd fd;
  std::string input;  // received, not yet decoded
  ResponseParser parser;
  bool reused = false;
  bool any_byte = false;
  bool refused_more = false;  // the server has stopped reading
  bool uploading = false;
  std::string upload_body;
  std::function<void(std::string_view)> on_upload;
};

Client::Client(std::string host, std::uint16_t port, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(host), port, std::move(options))) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Result<Client> Client::from_url(std::string_view url, ClientOptions options) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) {
    return fail(Code::InvalidInput, "the address of a server begins with http://");
  }
  url.remove_prefix(kScheme.size());
  std::string_view authority = url.substr(0, url.find('/'));
  std::uint16_t port = 80;
  std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    std::string_view text = authority.substr(colon + 1);
    auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
      return fail(Code::InvalidInput, "the address of the server has a bad port");
    }
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']')) {
    authority = authority.substr(1, authority.size() - 2);
  }
  if (authority.empty()) {
    return fail(Code::InvalidInput, "the address of the server has no host");
  }
  return Client(std::string(authority), port, std::move(options));
}

Result<ClientResponse> Client::request(std::string_view method, std::string_view target, std::string_view body,
                                       const HeaderList& headers) {
  return impl_->exchange(method, target, body, headers, nullptr);
}

Result<ClientResponse> Client::stream(std::string_view method, std::string_view target, std::string_view body,
                                      const HeaderList& headers,
                                      const std::function<bool(std::string_view)>& on_bytes) {
  return impl_->exchange(method, target, body, headers, &on_bytes);
}

Result<void> Client::open_upload(std::string_view method, std::string_view target, const HeaderList& headers,
                                 std::function<void(std::string_view)> on_bytes) {
  std::string head =
      TRY(impl_->head(method, target, headers, "Transfer-Encoding: chunked\r\n", /*json_default=*/false));
  impl_->on_upload = std::move(on_bytes);
  impl_->upload_body.clear();
  TRY(impl_->begin(/*head_request=*/false));
  return impl_->upload(head);
}

Result<void> Client::write_upload(std::string_view bytes) {
  if (!impl_->fd || impl_->refused_more) {
    return fail(Code::Unavailable, "the server has ended the upload");
  }
  if (bytes.empty()) {
    return {};
  }
  char size[20];
  auto end = std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr;
  std::string chunk(size, end);
  chunk.append("\r\n").append(bytes).append("\r\n");
  return impl_->upload(chunk);
}

Result<ClientResponse> Client::finish_upload() {
  if (!impl_->fd) {
    return fail(Code::Unavailable, "no upload is open");
  }
  if (!impl_->refused_more) {
    TRY(impl_->upload("0\r\n\r\n"));
  }
  ClientResponse response;
  Result<void> read = impl_->read_answer(impl_->upload_body, impl_->options.timeout, {}, [&] {
    if (impl_->parser.head().status / 100 == 2) {
      impl_->on_upload(impl_->upload_body);
      impl_->upload_body.clear();
    }
    return true;
  });
  if (!read) {
    impl_->fd.reset();
    return tl::unexpected(std::move(read).error());
  }
  static_cast<ResponseHead&>(response) = std::move(impl_->parser.head());
  response.body = std::move(impl_->upload_body);
  return response;
}

void Client::close() { impl_->fd.reset(); }

}  // namespace heed::http
