#pragma once
#include <memory>
#include <utility>

#include "api/desk.h"

namespace heed::api {

/// Runs `f(call) → Result<Response>` on the thread for what is slow (password hashes, waiting for the disk) and answers
/// with what it gives; 429 when too much waits.
template <class F>
void on_errand(Call call, F f) {
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = shared->desk.errand([shared, f = std::move(f)]() mutable {
    Result<http::Response> answer = f(*shared);
    if (answer) {
      shared->reply.send(*std::move(answer));
    } else {
      shared->reply.send_error(std::move(answer).error());
    }
  });
  if (!queued) {
    shared->reply.send_error({Code::TooMany, "too much of this waits; try again shortly"});
  }
}

/// The same after the body, or the path, was read on this thread: `read(call) → Result<T>`, `f(call, T)`.
template <class R, class F>
void on_errand(Call call, R read, F f) {
  auto form = read(call);
  if (!form) {
    call.reply.send_error(std::move(form).error());
    return;
  }
  on_errand(std::move(call), [form = *std::move(form), f = std::move(f)](Call& c) mutable { return f(c, form); });
}

/// {"id","name","alias","roles"} of a member of staff, into the object that is open.
void write_member(JsonWriter& out, const access::Staff& staff);
void write_role_names(JsonWriter& out, std::uint32_t roles);  ///< as an array
Result<std::uint32_t> read_roles(FieldReader& in);            ///< "roles"; faults go to `in`
/// 201 with who is logged in and the csrf value, and the cookies that log them in.
http::Response logged_in(const Desk& desk, const access::Authenticator::LogIn& in);

}  // namespace heed::api
