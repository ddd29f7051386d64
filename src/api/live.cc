#include "api/live.h"

#include "api/desk.h"

namespace heed::api {
namespace {

constexpr int kQuietTicksMax = 15;  // then a comment, so that proxies keep the connection

bool same_or_more(const access::Principal& before, const access::Principal& now) {
  return before.caller == now.caller && before.id == now.id && before.person == now.person &&
         before.guest_case == now.guest_case && before.delegation == now.delegation &&
         (before.delegated & now.delegated) == before.delegated && (before.roles & now.roles) == before.roles &&
         (before.scopes & now.scopes) == before.scopes;
}

}  // namespace

bool wants_events(const http::Request& request) {
  return request.header("accept").find("text/event-stream") != std::string_view::npos;
}

std::string event_text(std::string_view kind, std::string_view id, std::string_view json) {
  std::string out = "event: ";
  out.append(kind).append("\n");
  if (!id.empty()) {
    out.append("id: ").append(id).append("\n");
  }
  out.append("data: ").append(json).append("\n\n");
  return out;
}

void Live::open(Call call, Poll poll) {
  auto stream = std::make_shared<Stream>();
  {
    std::lock_guard lock(mutex_);
    if (streams_.size() >= streams_max_) {
      call.reply.send_error({Code::TooMany, "too many streams are open; ask again without text/event-stream"});
      return;
    }
    // Whole before others see it.
    stream->request.method = http::Method::Get;
    stream->request.headers = std::move(call.request.headers);
    stream->who = std::move(call.who);
    stream->poll = std::move(poll);
    stream->writer =
        call.reply.stream(200, "text/event-stream", {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}});
    streams_.push_back(stream);
  }
  stream->writer.write(": heed\n\n");
  look(stream);
}

bool Live::still_may(Stream& stream) {
  auto who = desk_.authenticate(stream.request, /*changes=*/false);
  if (!who && who.error().code != Code::Unauthorized && who.error().code != Code::Denied) {
    return true;  // the directory could not be asked; the next second will tell
  }
  return who && same_or_more(stream.who, *who);
}

void Live::tick(Time) {
  std::list<std::shared_ptr<Stream>> streams;
  {
    std::lock_guard lock(mutex_);
    streams_.remove_if([](const auto& s) { return s->over.load() || s->writer.closed(); });
    streams = streams_;
  }
  for (const auto& stream : streams) {
    if (!still_may(*stream)) {
      if (stream->over.exchange(true)) {
        continue;  // another look has ended it
      }
      stream->writer.write(event_text("end", "", R"({"reason":"no longer allowed"})"));
      stream->writer.finish();
      continue;
    }
    look(stream);
  }
}

void Live::look(const std::shared_ptr<Stream>& stream) {
  if (stream->busy.exchange(true)) {
    return;
  }
  bool queued = desk_.plane().read([stream](ledger::View& view) {
    if (stream->over.load()) {
      return;
    }
    const std::size_t before = stream->writer.pending();
    auto polled = stream->poll(view, stream->writer);
    if (!polled) {
      stream->over = true;
      stream->writer.finish();
      return;
    }
    stream->quiet = stream->writer.pending() > before ? 0 : stream->quiet + 1;
    if (stream->quiet >= kQuietTicksMax) {
      stream->writer.write(": still here\n\n");
      stream->quiet = 0;
    }
    stream->busy = false;
  });
  if (!queued) {
    stream->busy = false;
  }
}

std::size_t Live::size() const {
  std::lock_guard lock(mutex_);
  return streams_.size();
}

}  // namespace heed::api
