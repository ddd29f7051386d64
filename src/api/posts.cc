#include <deque>

#include "api/post_answer.h"
#include "api/resources.h"

namespace heed::api {
namespace {

constexpr std::size_t kLinesWaitingMax = 1000;    // answers that wait for a commit
constexpr std::size_t kBytesBehindMax = 1 << 20;  // answers that wait behind those
constexpr std::size_t kOnePostBytesMax = 4 << 20;

/// The answers of one stream, in order. A line that opens a case is answered when that is durable; what comes after it
/// queues behind it. The connection's thread adds, the writer's thread completes.
class Answers : public std::enable_shared_from_this<Answers> {
 public:
  Answers(http::Reply reply, http::BodyReader reader) : reply_(std::move(reply)), reader_(std::move(reader)) {}

  /// Begins the answer, with the first bytes of the body: a client that asked for "100 Continue" gets that first.
  void begin() {
    std::lock_guard lock(mutex_);
    if (!std::exchange(begun_, true)) {
      writer_ = reply_.stream(200, "application/x-ndjson");
    }
  }
  /// Answers that are ready; clears `bytes`. False when reading should stop until the plane has caught up.
  bool add(std::string& bytes) {
    std::lock_guard lock(mutex_);
    if (bytes.empty()) {
      return !full();
    }
    if (slots_.empty()) {
      writer_.write(std::move(bytes));
    } else {
      behind_ += bytes.size();
      if (!slots_.back().ready) {
        slots_.push_back({first_ + slots_.size(), true, {}});
      }
      slots_.back().bytes += bytes;
    }
    bytes.clear();
    return !full();
  }
  /// A place for an answer that comes later.
  std::uint64_t reserve() {
    std::lock_guard lock(mutex_);
    ++waiting_;
    slots_.push_back({first_ + slots_.size(), false, {}});
    return slots_.back().number;
  }
  void fill(std::uint64_t number, std::string bytes) {
    std::lock_guard lock(mutex_);
    --waiting_;
    Slot& slot = slots_[number - first_];
    slot.ready = true;
    slot.bytes = std::move(bytes);
    std::string out;
    while (!slots_.empty() && slots_.front().ready) {
      out += slots_.front().bytes;
      slots_.pop_front();
      ++first_;
    }
    behind_ -= std::min(behind_, out.size());
    if (!out.empty()) {
      writer_.write(std::move(out));
    }
    if (slots_.empty() && ended_) {
      writer_.finish();
    } else if (paused_ && waiting_ <= kLinesWaitingMax / 2 && behind_ <= kBytesBehindMax / 2) {
      paused_ = false;
      reader_.resume();
    }
  }
  void end() {
    std::lock_guard lock(mutex_);
    ended_ = true;
    if (slots_.empty()) {
      writer_.finish();
    }
  }

 private:
  struct Slot {
    std::uint64_t number;
    bool ready;
    std::string bytes;
  };
  bool full() {
    paused_ = waiting_ > kLinesWaitingMax || behind_ > kBytesBehindMax;
    return paused_;
  }

  std::mutex mutex_;  // guards all
  http::Reply reply_;
  http::BodyWriter writer_;
  http::BodyReader reader_;
  std::deque<Slot> slots_;
  std::uint64_t first_ = 0;  ///< number of slots_.front()
  std::size_t waiting_ = 0, behind_ = 0;
  bool begun_ = false, paused_ = false, ended_ = false;
};

void add_problem(std::string& out, std::uint64_t line, const Error& error, std::string_view request_id) {
  out.append("{\"line\":").append(std::to_string(line)).append(",\"problem\":");
  out.append(http::problem_json(error, request_id)).append("}\n");
}

/// One post after the other, as they come.
class PostStream final : public http::BodyConsumer {
 public:
  PostStream(Call call, http::BodyReader reader)
      : desk_(call.desk),
        request_id_(call.request.request_id),
        answers_(std::make_shared<Answers>(std::move(call.reply), std::move(reader))) {}

  bool on_data(std::string_view bytes) override {
    PostTools& tools = PostTools::here(desk_);
    const Time now = desk_.now();
    answers_->begin();
    lines_.feed(bytes, [&](std::uint64_t line, std::string_view text, bool too_long) {
      take(tools, now, line, text, too_long);
    });
    return answers_->add(out_);
  }
  void on_end() override {
    PostTools& tools = PostTools::here(desk_);
    const Time now = desk_.now();
    answers_->begin();
    lines_.finish(
        [&](std::uint64_t line, std::string_view text, bool too_long) { take(tools, now, line, text, too_long); });
    answers_->add(out_);
    answers_->end();
  }
  void on_abort() override { answers_->end(); }

 private:
  void take(PostTools& tools, Time now, std::uint64_t line, std::string_view text, bool too_long) {
    if (too_long) {
      add_problem(out_, line, {Code::TooLarge, "a line may have " + std::to_string(post::kTextBytesMax * 4) + " bytes"},
                  request_id_);
      return;
    }
    if (auto parsed = post::parse_post(tools.parser, text, now, tools.post); !parsed) [[unlikely]] {
      add_problem(out_, line, parsed.error(), request_id_);
      return;
    }
    auto taken = take_post(desk_, tools, now);
    if (!taken) [[unlikely]] {
      add_problem(out_, line, taken.error(), request_id_);
      return;
    }
    if (taken->signal == nullptr) [[likely]] {
      write_answer(out_, tools.post.id, tools.assessment, tools.signals, {});
      out_ += '\n';
      return;
    }
    answers_->add(out_);
    const std::uint64_t place = answers_->reserve();
    std::string answer;
    write_answer(answer, tools.post.id, tools.assessment, tools.signals, {});
    desk_.plane().on_signal(std::move(*taken->signal),
                            [answers = answers_, place, line, answer = std::move(answer),
                             id = request_id_](Result<casework::SignalPlace> opened) mutable {
                              if (!opened) {
                                answer.clear();
                                add_problem(answer, line, opened.error(), id);
                              } else {
                                answer.pop_back();  // the brace
                                answer.append(",\"case_id\":\"").append(opened->case_id.text()).append("\"}\n");
                              }
                              answers->fill(place, std::move(answer));
                            });
  }

  Desk& desk_;
  const std::string request_id_;
  const std::shared_ptr<Answers> answers_;
  post::LineSplitter lines_;
  std::string out_;
};

/// Answers for one post: at once, or when its case is durable.
void answer_one(Desk& desk, http::Reply reply, PostTools& tools, Result<Taken> taken) {
  if (!taken) {
    reply.send_error(taken.error());
    return;
  }
  std::string answer;
  write_answer(answer, tools.post.id, tools.assessment, tools.signals, {});
  if (taken->signal == nullptr) {
    reply.send(json_answer(200, std::move(answer)));
    return;
  }
  desk.plane().on_signal(std::move(*taken->signal), [reply = std::move(reply), answer = std::move(answer)](
                                                        Result<casework::SignalPlace> opened) mutable {
    if (!opened) {
      reply.send_error(opened.error());
      return;
    }
    answer.pop_back();
    answer.append(",\"case_id\":\"").append(opened->case_id.text()).append("\"}");
    reply.send(json_answer(200, std::move(answer)));
  });
}

class OnePost final : public http::BodyConsumer {
 public:
  explicit OnePost(Call call) : call_(std::move(call)) {}
  bool on_data(std::string_view bytes) override {
    if (body_.size() + bytes.size() > kOnePostBytesMax) {
      call_.reply.send_error({Code::TooLarge, "one post may have " + std::to_string(kOnePostBytesMax) + " bytes"});
      return true;
    }
    body_.append(bytes);
    return true;
  }
  void on_end() override {
    PostTools& tools = PostTools::here(call_.desk);
    const Time now = call_.desk.now();
    if (auto parsed = post::parse_post(tools.parser, body_, now, tools.post); !parsed) {
      call_.reply.send_error(parsed.error());
      return;
    }
    auto taken = take_post(call_.desk, tools, now);
    answer_one(call_.desk, std::move(call_.reply), tools, std::move(taken));
  }
  void on_abort() override {}

 private:
  Call call_;
  std::string body_;
};

std::unique_ptr<http::BodyConsumer> post_posts(Call call, http::BodyReader reader) {
  if (call.request.header("content-type").starts_with("application/x-ndjson")) {
    return std::make_unique<PostStream>(std::move(call), std::move(reader));
  }
  return std::make_unique<OnePost>(std::move(call));
}

/// An edit: the whole post as it is now.
void put_post(Call call) {
  PostTools& tools = PostTools::here(call.desk);
  const Time now = call.desk.now();
  if (auto parsed = post::parse_post(tools.parser, call.request.body, now, tools.post); !parsed) {
    call.reply.send_error(parsed.error());
    return;
  }
  if (tools.post.id != call.request.path_param("id")) {
    call.reply.send_error(invalid("/id", "must be the id in the path").value());
    return;
  }
  auto taken = take_post(call.desk, tools, now, /*as_edit=*/true);
  answer_one(call.desk, std::move(call.reply), tools, std::move(taken));
}

/// A deletion: leaves a tombstone, also of an unknown id; evidence that was frozen stays.
Result<http::Response> remove_post(Call& call) {
  Desk& desk = call.desk;
  const std::string id(call.request.path_param("id"));
  if (id.size() > post::kIdBytesMax) {
    return invalid("?id", "must have at most 255 bytes");
  }
  auto at = TRY(query_time(call.request, "at"));
  auto versions = TRY(desk.parts().posts.find(id));
  if (!versions.empty() && versions.back().change == post::StoredPost::Change::Delete) {
    return nothing();
  }
  auto kind = casework::ItemKind::Post;
  post::PostRecord record;
  record.at = desk.now();
  record.created_at = at.value_or(desk.now());
  record.change = post::StoredPost::Change::Delete;
  record.id = id;
  const post::StoredPost* newest = nullptr;
  for (const post::StoredPost& version : versions) {
    newest = version.json.empty() ? newest : &version;
  }
  if (newest != nullptr) {
    record.author = newest->author;
    thread_local JsonParser parser(32);
    if (auto json = parser.parse(newest->json)) {
      kind = casework::value_of<casework::ItemKind>(json->get_string("kind", "post")).value_or(kind);
    }
  }
  TRY(desk.parts().posts.append(record));
  if (newest != nullptr) {
    casework::ReportedItem item;
    item.kind = kind;
    item.external_id = id;
    item.evidence.deleted = true;
    desk.plane().on_changed(std::move(item), /*deleted=*/true);
  }
  return nothing();
}

void delete_post(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), [](Call& c, ledger::View&) { return remove_post(c); });
}

}  // namespace

Resource post_routes() {
  using namespace schema;
  const Who who = key(access::Scope::PostsWrite);
  const Text line = either({ref("PostAnswer"), object({{"line", integer(1)}, {"problem", ref("Problem")}})});
  return {{
              {http::Method::Post,
               "/v1/posts",
               who,
               "posts",
               "Tell of new posts; each is assessed and kept for the configured days.",
               nullptr,
               post_posts,
               {},
               {"application/x-ndjson", ref("Post"), kPostExample, "application/json"},
               {200, "application/x-ndjson", line}},
              {http::Method::Put,
               "/v1/posts/{id}",
               who,
               "posts",
               "Tell of an edit: the whole post as it is now. Earlier versions stay evidence.",
               put_post,
               nullptr,
               {},
               takes_json(ref("Post"), kPostExample),
               gives_json(ref("PostAnswer")),
               false,
               kOnePostBytesMax},
              {http::Method::Delete,
               "/v1/posts/{id}",
               who,
               "posts",
               "Tell of a deletion.",
               delete_post,
               nullptr,
               {{"at", time(), "When it was deleted; now when not given."}},
               {},
               gives_nothing()},
          },
          {{"Post", post_schema()}, {"PostAnswer", answer_schema()}}};
}

}  // namespace heed::api
