#include "adapters/coral/coral.h"

#include <memory>

#include "adapters/coral/phase.h"
#include "adapters/coral/signature.h"

namespace heed::adapters::coral {
namespace {

constexpr std::size_t kBodyBytesMax = 1 << 20;

struct Room {
  explicit Room(Parts given)
      : parts(std::move(given)),
        judged(parts.metrics.counter("heed_adapter_texts_total", "Texts scored for other people's protocols",
                                     {{"adapter", "coral"}})) {}
  Parts parts;
  Counter& judged;
};

Result<std::string> judge(Room& room, const http::Request& request) {
  if (!signed_by(request.header("x-coral-signature"), request.body, room.parts.secrets)) {
    return fail(Code::Unauthorized, "the signature is missing or not valid");
  }
  auto scorer = room.parts.scorer();
  if (scorer == nullptr) {
    return fail(Code::Unavailable, "starting; try again shortly");
  }
  thread_local JsonParser parser(32);
  const std::string text = TRY(read_comment(parser, request.body));
  room.judged.add();
  return phase_answer(scorer->judge(text));
}

}  // namespace

void add_routes(http::Router& router, Parts parts) {
  auto room = std::make_shared<Room>(std::move(parts));
  router.add(http::Method::Post, std::string(kPath),
             [room](http::Request request, http::Reply reply) {
               reply.note("coral");
               auto answer = judge(*room, request);
               if (!answer) {
                 reply.send_error(answer.error());
               } else if (answer->empty()) {
                 reply.send({.status = 204, .content_type = ""});
               } else {
                 reply.send({.body = *std::move(answer)});
               }
             },
             {.body_bytes_max = kBodyBytesMax});
}

}  // namespace heed::adapters::coral
