#include "http/connection.h"

#include <algorithm>

#include "base/log.h"
#include "http/problem.h"
#include "http/response_head.h"

namespace heed::http::detail {
namespace {

constexpr std::size_t kDiscardBytesMax = 64 * 1024;  // an unwanted body up to this is read to keep the connection
constexpr std::size_t kPipelineBacklogMax = 256 * 1024;
constexpr std::size_t kReserveMax = 64 * 1024;  // of a body announced, before it has come

SteadyTime now() { return std::chrono::steady_clock::now(); }

/// A handler that throws (it should not) costs a 500, not the process: its Reply answers when it is destroyed.
template <class F>
void guarded(F&& f) {
  try {
    f();
  } catch (const std::exception&) {
    log::error("http_handler_exception");
  }
}

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, Socket socket)
    : loop_(std::move(loop)),
      shared_(loop_->shared()),
      socket_(std::move(socket)),
      parser_(ParseLimits{.head_bytes_max = shared_.options.header_bytes_max}) {}

Connection::~Connection() = default;

void Connection::start() {
  boost::system::error_code ec;
  socket_.non_blocking(true, ec);
  socket_.set_option(asio::ip::tcp::no_delay(true), ec);
  auto endpoint = socket_.remote_endpoint(ec);
  if (!ec) {
    peer_ = endpoint.address();
    peer_text_ = peer_.to_string();
  }
  idle_since_ = now();
  read_more();
}

void Connection::close(bool reset) {
  if (closed_) {
    return;
  }
  auto self = shared_from_this();
  closed_ = true;
  boost::system::error_code ec;
  if (reset) {
    socket_.set_option(asio::socket_base::linger(true, 0), ec);
  }
  socket_.close(ec);
  if (current_) {
    record(answer_done_ ? status_ : 499);
    current_->gone_.store(true, std::memory_order_release);
  }
  retire_consumer(/*abort=*/true);
  shared_.bodies_bytes.fetch_sub(std::exchange(body_counted_, 0));
  current_.reset();
  in_.reset();
  capacity_ = begin_ = end_ = 0;
  std::string().swap(out_);
  out_sent_ = 0;
  loop_->remove(self);
}

void Connection::close_soon(bool reset) {
  loop_->post([self = shared_from_this(), reset] { self->close(reset); });
}

void Connection::drain() {
  if (!current_ && begin_ == end_ && backlog() == 0) {
    close();
  }
}

// ---- taking requests ----------------------------------------------------------------------------------------

void Connection::process() {
  if (processing_ || closed_) {
    process_again_ = true;
    return;
  }
  auto self = shared_from_this();
  processing_ = true;
  do {
    process_again_ = false;
    starved_ = false;
    while (step()) {
    }
  } while (process_again_ && !closed_);
  processing_ = false;
  if (closed_) {
    return;
  }
  if (starved_ && eof_) {
    if (current_ && !answer_done_) {
      close();  // the peer left in the middle of a body
      return;
    }
    close_after_ = true;
  }
  flush();
  read_more();
}

bool Connection::step() {
  if (closed_) {
    return false;
  }
  if (answer_done_ && consumer_) {
    retire_consumer(/*abort=*/true);
  }
  if (close_after_ || lingering_) {
    return false;
  }
  if (current_ && answer_done_ && body_done_) {
    next_request();
    return true;
  }
  if (current_ && body_done_) {
    return false;  // the answer is awaited
  }
  if (paused_ || held_back() || (!current_ && backlog() > kPipelineBacklogMax)) {
    return false;
  }
  std::string_view input(in_.get() + begin_, end_ - begin_);
  const std::size_t before = input.size();
  if (!current_ && before > 0 && head_since_ == SteadyTime{}) {
    head_since_ = now();
  }
  RequestParser::Step what = parser_.next(input);
  begin_ += before - input.size();
  switch (what) {
    case RequestParser::Step::NeedMore:
      starved_ = true;
      if (!current_ && begin_ == end_) {
        head_since_ = {};
      }
      return false;
    case RequestParser::Step::Head:
      on_head();
      return true;
    case RequestParser::Step::Data:
      on_data(parser_.data());
      return true;
    case RequestParser::Step::End:
      on_end();
      return true;
    case RequestParser::Step::Refused:
      on_refused();
      return true;
  }
  return false;
}

void Connection::begin_exchange() {
  const Request& request = parser_.request();
  Exchange::Facts facts;
  facts.method = request.method;
  facts.path = request.path;
  facts.request_id = loop_->new_request_id();
  if (!shared_.options.cors_origins.empty()) {
    facts.allowed_origin = shared_.allowed_origin(request.header("origin"));
  }
  facts.keep_alive = parser_.keep_alive();
  facts.http_1_0 = parser_.http_1_0();
  facts.started = head_since_;
  facts.write_buffer_max = shared_.options.write_buffer_max;
  facts.route = route_;
  current_ = std::make_shared<Exchange>(loop_, shared_from_this(), std::move(facts));
  status_ = 0;
  body_received_ = 0;
  body_done_ = answer_done_ = recorded_ = false;
  body_since_ = last_read_ = now();
}

void Connection::on_head() {
  Request& request = parser_.request();
  route_ = nullptr;
  Router::Impl::Match match = shared_.router.match(parser_.segments());
  if (match.routes != nullptr) {
    route_ = match.route_for(request.method);
  }
  begin_exchange();
  continue_owed_ = parser_.expects_continue() && parser_.has_body();
  sink_ = Sink::None;
  if (request.method == Method::Options && route_ == nullptr) {
    answer_options(match);
    return;
  }
  if (match.routes == nullptr) {
    answer(problem_of_status(404, "there is nothing at this address", current_->request_id()));
    return;
  }
  if (route_ == nullptr) {
    Response response = problem_of_status(405, "this address does not take this method", current_->request_id());
    response.headers.emplace_back("Allow", match.allow());
    answer(std::move(response));
    return;
  }
  for (std::size_t i = 0; i < route_->parameters.size(); ++i) {
    request.path_params.emplace_back(route_->parameters[i], std::move(match.values[i]));
  }
  request.request_id = current_->request_id();
  request.remote_address = remote_address(request);
  if (request.method == Method::Head && route_->method == Method::Get) {
    request.method = Method::Get;
  }
  if (route_->stream) {
    start_consumer(std::move(request));
    return;
  }
  if (parser_.content_length() > route_->options.body_bytes_max) {
    answer(problem_of_status(413, "the body may have " + std::to_string(route_->options.body_bytes_max) + " bytes",
                             current_->request_id()));
    return;
  }
  sink_ = Sink::Collect;
  request.body.reserve(std::min<std::size_t>(parser_.content_length(), kReserveMax));
  send_continue();
}

void Connection::start_consumer(Request request) {
  sink_ = Sink::Consume;
  auto exchange = current_;
  guarded([&] { consumer_ = route_->stream(std::move(request), Reply(exchange), BodyReader(exchange)); });
  if (answer_done_) {
    if (!consumer_ && sink_ == Sink::Consume) {
      sink_ = Sink::None;  // refused, and there is no body: nobody is there to be told of its end
    }
    return;
  }
  if (consumer_) {
    send_continue();
  } else {
    sink_ = Sink::None;
    paused_ = true;  // nobody wants the body: its answer decides what becomes of it
  }
}

void Connection::send_continue() {
  if (std::exchange(continue_owed_, false) && begin_ == end_ && status_ == 0) {  // never inside an answer
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
  }
}

void Connection::on_data(std::string_view bytes) {
  last_read_ = now();
  body_received_ += bytes.size();
  continue_owed_ = false;
  switch (sink_) {
    case Sink::Collect: {
      std::string& body = parser_.request().body;
      if (body.size() + bytes.size() > route_->options.body_bytes_max) {
        answer(problem_of_status(413, "the body may have " + std::to_string(route_->options.body_bytes_max) + " bytes",
                                 current_->request_id()));
        return;
      }
      if (shared_.bodies_bytes.fetch_add(bytes.size()) > shared_.options.bodies_bytes_max) {
        shared_.bodies_bytes.fetch_sub(bytes.size());
        answer(problem_of_status(503, "too many requests are being received; try again", current_->request_id()));
        return;
      }
      body_counted_ += bytes.size();
      body.append(bytes);
      return;
    }
    case Sink::Consume:
      guarded([&] { paused_ = !consumer_->on_data(bytes); });
      paused_ = paused_ && !answer_done_;
      return;
    case Sink::Discard:
      if (body_received_ > kDiscardBytesMax) {
        close_after_ = true;
      }
      return;
    case Sink::None:
      return;
  }
}

void Connection::on_end() {
  body_done_ = true;
  if (sink_ == Sink::Collect) {
    dispatch(std::move(parser_.request()));
  } else if (sink_ == Sink::Consume) {
    guarded([&] { consumer_->on_end(); });
  }
}

void Connection::dispatch(Request request) {
  auto exchange = current_;
  guarded([&] { route_->handler(std::move(request), Reply(exchange)); });
}

void Connection::on_refused() {
  if (!current_) {
    route_ = nullptr;
    begin_exchange();
  }
  refuse(parser_.refusal().status, parser_.refusal().detail);
}

/// The server ends the request by itself: an answer if none has begun, then the end of the connection.
void Connection::refuse(int status, std::string_view detail) {
  close_after_ = true;
  refused_ = true;
  if (status_ == 0) {
    append_answer(problem_of_status(status, detail, current_->request_id()));
    record(status);
  } else if (!answer_done_) {
    close_soon();  // the answer had begun; it ends torn
  }
  current_->gone_.store(true, std::memory_order_release);
  retire_consumer(/*abort=*/true);
  if (!processing_) {
    flush();
  }
}

void Connection::answer_options(const Router::Impl::Match& match) {
  const Request& request = parser_.request();
  if (match.routes == nullptr && request.path != "*") {
    answer(problem_of_status(404, "there is nothing at this address", current_->request_id()));
    return;
  }
  std::string allow = match.routes != nullptr ? match.allow() : "GET, HEAD, POST, PUT, DELETE, OPTIONS";
  Response response;
  response.status = 204;
  response.headers.emplace_back("Allow", allow);
  if (!current_->facts_.allowed_origin.empty()) {
    response.headers.emplace_back("Access-Control-Allow-Methods", allow);
    std::string_view wanted = request.header("access-control-request-headers");
    response.headers.emplace_back("Access-Control-Allow-Headers", wanted.empty()
                                                                      ? "Authorization, Content-Type, Idempotency-Key"
                                                                      : std::string(wanted));
    response.headers.emplace_back("Access-Control-Max-Age", "600");
  }
  answer(std::move(response));
}

// ---- answering ----------------------------------------------------------------------------------------------

bool Connection::discardable() const {
  return !continue_owed_ && !parser_.chunked() && parser_.content_length() - body_received_ <= kDiscardBytesMax;
}

HeadContext Connection::head_context() {
  const Exchange::Facts& facts = current_->facts_;
  HeadContext context;
  context.date = loop_->date();
  context.request_id = facts.request_id;
  context.path = facts.path;
  context.allowed_origin = facts.allowed_origin;
  context.vary_origin = !shared_.options.cors_origins.empty();
  context.close = close_after_ || !facts.keep_alive || loop_->draining();
  context.http_1_0 = facts.http_1_0;
  return context;
}

void Connection::append_answer(Response response) {
  status_ = response.status;
  HeadContext context = head_context();
  write_head(out_, response.status, response.content_type, response.body.size(), response.headers, context);
  if (!current_->bare() && !bodiless(response.status)) {
    out_ += response.body;
  }
  answer_done_ = true;
  close_after_ = context.close;
}

void Connection::respond(Exchange& exchange, Response response) {
  if (closed_ || current_.get() != &exchange || status_ != 0) {
    return;
  }
  answer(std::move(response));
  if (!processing_) {
    answer_complete();
  }
}

/// Writes a whole answer, also before the body has come; whoever calls it lets process() go on.
void Connection::answer(Response response) {
  abandon_body();
  append_answer(std::move(response));
  if (close_after_) {
    record(status_);
  }
}

/// With the answer there, what is left of the body is skipped if it is small and else ends the connection.
void Connection::abandon_body() {
  paused_ = false;
  if (!body_done_ && parser_.has_body()) {
    close_after_ = close_after_ || !discardable();
    sink_ = Sink::Discard;
  }
}

void Connection::answer_complete() {
  if (consumer_) {
    // The caller may be the consumer itself.
    loop_->post([self = shared_from_this()] { self->process(); });
    flush();
    return;
  }
  process();
}

void Connection::pump(Exchange& exchange) {
  if (closed_ || current_.get() != &exchange || answer_done_) {
    return;
  }
  Exchange::Outbox box = exchange.take_outbox();
  if (box.head) {
    if (status_ != 0) {
      return;  // the server has answered already (a timeout)
    }
    status_ = box.head->status;
    HeadContext context = head_context();
    context.framing = context.http_1_0 ? HeadContext::Framing::UntilClose : HeadContext::Framing::Chunked;
    context.close = context.close || context.http_1_0;
    write_head(out_, box.head->status, box.head->content_type, 0, box.head->headers, context);
  }
  out_ += box.bytes;
  note_unsent();
  if (box.torn) {
    flush();
    close_soon(/*reset=*/backlog() > 0);
    return;
  }
  if (box.finished) {
    answer_done_ = true;
    abandon_body();
    if (exchange.facts_.http_1_0 || !exchange.facts_.keep_alive || loop_->draining()) {
      close_after_ = true;
    }
    if (close_after_) {
      record(status_);
    }
    if (!processing_) {
      answer_complete();
    }
    return;
  }
  if (!processing_) {
    flush();
    if (sink_ == Sink::Consume && begin_ < end_) {
      // Was perhaps held back by what has just been sent; posted because the consumer may be the caller.
      loop_->post([self = shared_from_this()] { self->process(); });
    }
  }
}

void Connection::next_request() {
  record(status_);
  current_->gone_.store(true, std::memory_order_release);
  current_.reset();
  shared_.bodies_bytes.fetch_sub(std::exchange(body_counted_, 0));
  route_ = nullptr;
  sink_ = Sink::None;
  status_ = 0;
  answer_done_ = body_done_ = paused_ = false;
  parser_.reset();
  head_since_ = {};
  idle_since_ = now();
  if (loop_->draining()) {
    close_after_ = true;
  }
}

void Connection::retire_consumer(bool abort) {
  auto consumer = std::move(consumer_);
  if (consumer && abort && !body_done_) {
    guarded([&] { consumer->on_abort(); });
  }
}

void Connection::record(int status) {
  if (std::exchange(recorded_, true)) {
    return;
  }
  auto took = now() - current_->facts_.started;
  auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  shared_.count(route_, status, static_cast<double>(micros) / 1e6);
  if (shared_.options.on_finished) {
    Finished finished;
    finished.method = current_->facts_.method;
    finished.route = route_ != nullptr ? std::string_view(route_->pattern) : std::string_view{};
    finished.status = status;
    finished.micros = micros;
    finished.request_id = current_->facts_.request_id;
    finished.note = current_->note_.load(std::memory_order_relaxed);
    shared_.options.on_finished(finished);
  }
}

bool Connection::held_back() const {
  return sink_ == Sink::Consume && current_ && current_->pending() > shared_.options.write_buffer_max / 4;
}

void Connection::resume_body(Exchange& exchange) {
  if (closed_ || current_.get() != &exchange || sink_ != Sink::Consume || !paused_) {
    return;
  }
  paused_ = false;
  last_read_ = now();
  process();
}

}  // namespace heed::http::detail
