#include "delivery/testing_receivers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "base/file.h"

namespace heed::delivery {
namespace {

/// A listening socket and a thread per connection.
class Listener {
 public:
  explicit Listener(std::function<void(int fd)> serve) : serve_(std::move(serve)) { up(); }
  ~Listener() { down(); }
  int port() const { return port_; }
  std::size_t connections() const {
    std::lock_guard lock(mutex_);
    return accepted_;
  }

  void up() {
    if (thread_.joinable()) {
      return;
    }
    stop_ = Fd(eventfd(0, EFD_CLOEXEC));
    listening_ = Fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    int on = 1;
    setsockopt(listening_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    HEED_ASSERT(bind(listening_.get(), raw, sizeof address) == 0 && listen(listening_.get(), 256) == 0);
    socklen_t size = sizeof address;
    HEED_ASSERT(getsockname(listening_.get(), raw, &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { accept_all(); });
  }

  void down() {
    if (!thread_.joinable()) {
      return;
    }
    std::uint64_t one = 1;
    HEED_ASSERT(write(stop_.get(), &one, sizeof one) == sizeof one);
    thread_.join();
    listening_.reset();
    {
      std::lock_guard lock(mutex_);
      for (Connection& connection : connections_) {
        shutdown(connection.fd.get(), SHUT_RDWR);
      }
    }
    for (Connection& connection : connections_) {  // nothing adds to it any more
      connection.thread.join();
    }
    connections_.clear();
  }

 private:
  struct Connection {
    Fd fd;
    std::thread thread;
  };

  void accept_all() {
    for (;;) {
      pollfd fds[2] = {{listening_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
      poll(fds, 2, -1);
      if ((fds[1].revents & POLLIN) != 0) {
        return;
      }
      int fd = accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) {
        continue;
      }
      std::lock_guard lock(mutex_);
      ++accepted_;
      Connection& connection = connections_.emplace_back();
      connection.fd = Fd(fd);
      connection.thread = std::thread([this, fd] {
        serve_(fd);
        shutdown(fd, SHUT_RDWR);  // closed at down(), so that the number is not used again meanwhile
      });
    }
  }

  const std::function<void(int fd)> serve_;
  int port_ = 0;
  Fd listening_, stop_;
  std::thread thread_;
  mutable std::mutex mutex_;
  std::size_t accepted_ = 0;
  std::list<Connection> connections_;
};

bool say(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (n <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

/// Appends what comes; false at the end.
bool hear(int fd, std::string& buffer) {
  char chunk[16384];
  ssize_t n = recv(fd, chunk, sizeof chunk, 0);
  if (n > 0) {
    buffer.append(chunk, static_cast<std::size_t>(n));
  }
  return n > 0;
}
void hear_until_gone(int fd) {
  std::string ignored;
  while (hear(fd, ignored)) {
    ignored.clear();
  }
}

/// Everything up to `end`, which is taken out too; false when the connection ended before.
bool hear_until(int fd, std::string& buffer, std::string_view end, std::string& out) {
  std::size_t at;
  while ((at = buffer.find(end)) == buffer.npos) {
    if (!hear(fd, buffer)) {
      return false;
    }
  }
  out = buffer.substr(0, at);
  buffer.erase(0, at + end.size());
  return true;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(tolower(c)); });
  return out;
}

ReceivedRequest parse_head(std::string_view head) {
  ReceivedRequest request;
  std::size_t end = std::min(head.find("\r\n"), head.size());
  std::string_view line = head.substr(0, end);
  std::size_t space = std::min(line.find(' '), line.size());
  request.method = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  request.path = line.substr(0, line.find(' '));
  while (end < head.size()) {
    std::size_t next = std::min(head.find("\r\n", end + 2), head.size());
    std::string_view field = head.substr(end + 2, next - end - 2);
    std::size_t colon = std::min(field.find(':'), field.size());
    std::size_t value = std::min(field.find_first_not_of(' ', colon + 1), field.size());
    request.headers[lower(field.substr(0, colon))] = field.substr(value);
    end = next;
  }
  return request;
}

/// Things that came, and who waits for them.
template <class T>
class Inbox {
 public:
  void add(T thing) {
    std::lock_guard lock(mutex_);
    things_.push_back(std::move(thing));
    came_.notify_all();
  }
  std::vector<T> all() const {
    std::lock_guard lock(mutex_);
    return things_;
  }
  bool wait_for(std::size_t count, Millis at_most) const {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, at_most, [&] { return things_.size() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable came_;
  std::vector<T> things_;
};

}  // namespace

struct TestingHttpReceiver::Impl {
  void serve(int fd) {
    std::string buffer, head;
    while (hear_until(fd, buffer, "\r\n\r\n", head)) {
      ReceivedRequest request = parse_head(head);
      std::size_t length = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
      while (buffer.size() < length) {
        if (!hear(fd, buffer)) {
          return;
        }
      }
      request.body = buffer.substr(0, length);
      buffer.erase(0, length);
      TestingAnswer answer = next_answer();
      inbox.add(std::move(request));
      if (!give(fd, answer)) {
        return;
      }
    }
  }

  TestingAnswer next_answer() {
    std::lock_guard lock(mutex);
    if (next.empty()) {
      return standing;
    }
    TestingAnswer answer = std::move(next.front());
    next.pop_front();
    return answer;
  }

  static bool give(int fd, const TestingAnswer& answer) {
    using How = TestingAnswer::How;
    std::string head = "HTTP/1.1 " + std::to_string(answer.status) + " Testing\r\n";
    for (const std::string& header : answer.headers) {
      head += header + "\r\n";
    }
    head += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n\r\n";
    switch (answer.how) {
      case How::Answer:
        return say(fd, head + answer.body);
      case How::Silence:
        hear_until_gone(fd);
        return false;
      case How::HangUp:
        return false;
      case How::HalfHead:
        say(fd, "HTTP/1.");
        return false;
      case How::Garbage:
        say(fd, std::string("\x16\x03\x01\0\xFF\xFE garbage\r\n\r\n", 19));
        return false;
      case How::SlowBody:
        say(fd, "HTTP/1.1 " + std::to_string(answer.status) + " Testing\r\nContent-Length: 100\r\n\r\nx");
        hear_until_gone(fd);
        return false;
    }
    return false;
  }

  std::mutex mutex;
  TestingAnswer standing;
  std::deque<TestingAnswer> next;
  Inbox<ReceivedRequest> inbox;
  Listener listener{[this](int fd) { serve(fd); }};
};

TestingHttpReceiver::TestingHttpReceiver() : impl_(std::make_unique<Impl>()) {}
TestingHttpReceiver::~TestingHttpReceiver() = default;
int TestingHttpReceiver::port() const { return impl_->listener.port(); }
std::string TestingHttpReceiver::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port()) + std::string(path);
}
void TestingHttpReceiver::answer_with(TestingAnswer answer) {
  std::lock_guard lock(impl_->mutex);
  impl_->standing = std::move(answer);
}
void TestingHttpReceiver::answer_next_with(std::vector<TestingAnswer> answers) {
  std::lock_guard lock(impl_->mutex);
  std::move(answers.begin(), answers.end(), std::back_inserter(impl_->next));
}
void TestingHttpReceiver::down() { impl_->listener.down(); }
void TestingHttpReceiver::up() { impl_->listener.up(); }
std::vector<ReceivedRequest> TestingHttpReceiver::received() const { return impl_->inbox.all(); }
bool TestingHttpReceiver::wait_for(std::size_t requests, Millis at_most) const {
  return impl_->inbox.wait_for(requests, at_most);
}
std::size_t TestingHttpReceiver::connections() const { return impl_->listener.connections(); }

struct TestingSmtpReceiver::Impl {
  /// Says what is asked for at this stage, or `yes`; false when the dialogue is to go no further.
  bool answer(int fd, Stage stage, std::string_view yes) {
    std::string line;
    {
      std::lock_guard lock(mutex);
      line = answers[stage];
    }
    if (line == "silence") {
      hear_until_gone(fd);
      return false;
    }
    say(fd, (line.empty() ? std::string(yes) : line) + "\r\n");
    return line.empty() || line.starts_with('2') || line.starts_with('3');
  }

  void serve(int fd) {
    if (!answer(fd, Stage::Greeting, "220 test.example ESMTP")) {
      return;
    }
    std::string buffer, line;
    ReceivedMail mail;
    while (hear_until(fd, buffer, "\r\n", line)) {
      std::string verb = lower(std::string_view(line).substr(0, 4));
      std::string path = line.substr(std::min(line.find('<'), line.size() - 1) + 1);
      path = path.substr(0, path.find('>'));
      if (verb == "ehlo" || verb == "helo") {
        say(fd, "250-test.example\r\n250 8BITMIME\r\n");
      } else if (verb == "mail") {
        mail = {path, {}, {}};
        answer(fd, Stage::Mail, "250 2.1.0 ok");
      } else if (verb == "rcpt") {
        if (answer(fd, Stage::Recipient, "250 2.1.5 ok")) {
          mail.to.push_back(path);
        }
      } else if (verb == "data") {
        if (answer(fd, Stage::Data, "354 go ahead") && !take_message(fd, buffer, mail)) {
          return;
        }
      } else if (verb == "quit") {
        say(fd, "221 2.0.0 bye\r\n");
        return;
      } else {
        say(fd, "500 5.5.1 what?\r\n");
      }
    }
  }

  bool take_message(int fd, std::string& buffer, ReceivedMail& mail) {
    std::string line;
    for (;;) {
      if (!hear_until(fd, buffer, "\r\n", line)) {
        return false;
      }
      if (line == ".") {
        break;
      }
      mail.data += line.substr(line.starts_with('.') ? 1 : 0) + "\r\n";
    }
    std::string said;
    {
      std::lock_guard lock(mutex);
      said = answers[Stage::Message];
    }
    if (said.empty() || said.starts_with('2')) {
      inbox.add(mail);
    }
    return answer(fd, Stage::Message, "250 2.0.0 taken") || said != "silence";
  }

  std::mutex mutex;
  std::map<Stage, std::string> answers;
  Inbox<ReceivedMail> inbox;
  Listener listener{[this](int fd) { serve(fd); }};
};

TestingSmtpReceiver::TestingSmtpReceiver() : impl_(std::make_unique<Impl>()) {}
TestingSmtpReceiver::~TestingSmtpReceiver() = default;
int TestingSmtpReceiver::port() const { return impl_->listener.port(); }
std::string TestingSmtpReceiver::url() const { return "smtp://127.0.0.1:" + std::to_string(port()); }
void TestingSmtpReceiver::answer_with(Stage stage, std::string line) {
  std::lock_guard lock(impl_->mutex);
  impl_->answers[stage] = std::move(line);
}
void TestingSmtpReceiver::down() { impl_->listener.down(); }
void TestingSmtpReceiver::up() { impl_->listener.up(); }
std::vector<ReceivedMail> TestingSmtpReceiver::received() const { return impl_->inbox.all(); }
bool TestingSmtpReceiver::wait_for(std::size_t mails, Millis at_most) const {
  return impl_->inbox.wait_for(mails, at_most);
}

}  // namespace heed::delivery
