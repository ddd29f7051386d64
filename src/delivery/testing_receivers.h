#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

/// Receivers of webhooks and mails for tests, in this process, on 127.0.0.1 and a port of the system's choice. They
/// record what comes and can be down, silent, broken or choosy. Any thread. Nothing here sleeps: `wait_for` returns
/// as soon as there is enough, or false after `at_most` of real time.
namespace heed::delivery {

struct ReceivedRequest {
  std::string method, path, body;
  std::map<std::string, std::string> headers;  ///< names in lower case
};

/// How a request is answered.
struct TestingAnswer {
  int status = 200;
  std::vector<std::string> headers = {};  ///< "Retry-After: 7"
  std::string body = {};
  enum class How : std::uint8_t {
    Answer,
    Silence,   ///< takes the request and says nothing until the sender gives up
    HangUp,    ///< closes without a word
    HalfHead,  ///< a part of the status line, then closes
    Garbage,   ///< bytes that are no HTTP
    SlowBody,  ///< the head, a first byte of the body, then silence
  } how = How::Answer;
};

class TestingHttpReceiver {
 public:
  TestingHttpReceiver();
  ~TestingHttpReceiver();
  int port() const;
  std::string url(std::string_view path = "/hook") const;

  void answer_with(TestingAnswer answer);                     ///< from now on
  void answer_next_with(std::vector<TestingAnswer> answers);  ///< one each, before the standing one
  void down();                                                ///< connections are refused and open ones cut
  void up();                                                  ///< again on the same port

  std::vector<ReceivedRequest> received() const;
  bool wait_for(std::size_t requests, Millis at_most = std::chrono::seconds(20)) const;
  std::size_t connections() const;  ///< accepted so far

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ReceivedMail {
  std::string from;             ///< envelope
  std::vector<std::string> to;  ///< envelope
  std::string data;             ///< CRLF lines, dots unstuffed
};

class TestingSmtpReceiver {
 public:
  /// Where an answer can be replaced.
  enum class Stage : std::uint8_t { Greeting, Mail, Recipient, Data, Message };
  TestingSmtpReceiver();
  ~TestingSmtpReceiver();
  int port() const;
  std::string url() const;

  /// "450 4.2.0 later"; "" goes back to yes, "silence" says nothing until the sender gives up.
  void answer_with(Stage stage, std::string line);
  void down();
  void up();

  std::vector<ReceivedMail> received() const;  ///< those answered with 250
  bool wait_for(std::size_t mails, Millis at_most = std::chrono::seconds(20)) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::delivery
