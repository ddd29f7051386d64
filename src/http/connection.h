#pragma once
#include <list>
#include <memory>
#include <string>

#include "http/exchange.h"
#include "http/loop.h"
#include "http/request_parser.h"
#include "http/response_head.h"

namespace heed::http::detail {

/// One client. Everything happens on its loop's thread. Requests are taken from the buffer one by one: the next
/// is not looked at before the answer to this one is complete, so pipelined answers are in order by nature.
/// Nothing waits for a reader: what cannot be sent at once stays in `out_`, bounded, and a client that does not
/// take it in time is closed. No timer of its own; the loop's sweep asks each connection what is overdue.
///
/// Callbacks into a BodyConsumer come only from process(), which never runs inside one; ends and destruction
/// of a consumer that a handler brings about are put off with post().
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, Socket socket);
  ~Connection();

  void start();
  /// `reset` drops what the kernel still has to send: for readers that do not take it.
  void close(bool reset = false);
  void drain();
  void sweep(SteadyTime now);

  // For Exchange.
  void respond(Exchange& exchange, Response response);
  void pump(Exchange& exchange);
  void resume_body(Exchange& exchange);

  std::list<std::shared_ptr<Connection>>::iterator place;  ///< in the loop's list

 private:
  enum class Sink { None, Collect, Consume, Discard };

  void process();
  bool step();
  void on_head();
  void on_data(std::string_view bytes);
  void on_end();
  void on_refused();
  void refuse(int status, std::string_view detail);
  void begin_exchange();
  void answer_options(const Router::Impl::Match& match);
  void dispatch(Request request);
  void start_consumer(Request request);
  void answer(Response response);
  void append_answer(Response response);
  void abandon_body();
  HeadContext head_context();
  void answer_complete();
  void next_request();
  void record(int status);
  void retire_consumer(bool abort);
  bool held_back() const;
  bool discardable() const;
  void send_continue();

  void read_more();
  void on_read(boost::system::error_code ec, std::size_t n);
  bool make_room();
  void flush();
  void note_unsent();
  std::size_t backlog() const { return out_.size() - out_sent_; }
  void linger();
  void close_soon(bool reset = false);
  std::string remote_address(const Request& request) const;

  const std::shared_ptr<Loop> loop_;
  Shared& shared_;
  Socket socket_;
  asio::ip::address peer_;
  std::string peer_text_;
  RequestParser parser_;

  // What has come and is not yet parsed: [begin_, end_) of `capacity_` bytes.
  std::unique_ptr<char[]> in_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;

  // The request at hand; `current_` is null between requests.
  std::shared_ptr<Exchange> current_;
  Route* route_ = nullptr;
  Sink sink_ = Sink::None;
  std::unique_ptr<BodyConsumer> consumer_;
  std::uint64_t body_received_ = 0;
  std::size_t body_counted_ = 0;  // of this body in shared_.bodies_bytes
  int status_ = 0;                // of the answer, once its head is written
  bool body_done_ = false;
  bool answer_done_ = false;
  bool paused_ = false;
  bool continue_owed_ = false;
  bool recorded_ = false;

  // What waits to be sent: out_ from out_sent_ on.
  std::string out_;
  std::size_t out_sent_ = 0;

  bool processing_ = false, process_again_ = false;
  bool reading_ = false, writing_ = false;
  bool hungry_ = false;       // the last read filled the buffer
  bool starved_ = false;      // the parser wants more bytes
  bool eof_ = false;          // the peer will send no more
  bool close_after_ = false;  // once out_ is sent
  bool refused_ = false;      // the input cannot be followed any further
  bool lingering_ = false;
  bool closed_ = false;
  std::size_t lingered_ = 0;
  SteadyTime idle_since_, head_since_, body_since_, last_read_, linger_since_, stalled_since_;
};

}  // namespace heed::http::detail
