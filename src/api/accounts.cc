#include "api/resources.h"

namespace heed::api {
namespace {

constexpr std::size_t kRelationsBytesMax = 8 << 20;
constexpr std::size_t kRefusedMax = 100;

void put_account(Call call) {
  thread_local JsonParser parser(32);
  auto account = post::parse_account(parser, call.request.path_param("id"), call.request.body);
  if (!account) {
    call.reply.send_error(account.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.parts().accounts.put(*std::move(account), [shared](Result<void> put) {
    if (put) {
      shared->reply.send(nothing());
    } else {
      shared->reply.send_error(put.error());
    }
  });
}

/// Answered when every key is destroyed; a case under a hold keeps its own until that ends.
void delete_account(Call call) {
  std::string id(call.request.path_param("id"));
  if (id.size() > post::kIdBytesMax) {
    call.reply.send_error(invalid("?id", "must have at most 255 bytes").value());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.parts().accounts.remove(id, [shared, id](Result<void> removed) {
    if (!removed) {
      shared->reply.send_error(removed.error());
      return;
    }
    shared->desk.plane().erase(id, [shared, id](Result<int> erased) {
      if (auto grants = shared->desk.grants()) {
        (*grants)->forget(shared->desk.hasher().account(id));
      }
      if (erased) {
        shared->reply.send(nothing());
      } else {
        shared->reply.send_error(erased.error());
      }
    });
  });
}

void put_relations(Call call) {
  struct Refused {
    std::uint64_t line;
    Error error;
  };
  thread_local JsonParser parser(8);
  std::vector<post::Relation> relations;
  std::vector<Refused> refused;
  std::size_t refused_count = 0;
  auto refuse = [&](std::uint64_t line, Error error) {
    if (++refused_count <= kRefusedMax) {
      refused.push_back({line, std::move(error)});
    }
  };
  post::LineSplitter lines(64 * 1024);
  auto take = [&](std::uint64_t line, std::string_view text, bool too_long) {
    if (too_long) {
      refuse(line, {Code::TooLarge, "a line may have 65536 bytes"});
      return;
    }
    auto relation = post::parse_relation(parser, text);
    if (relation) {
      relations.push_back(*std::move(relation));
    } else {
      refuse(line, std::move(relation).error());
    }
  };
  lines.feed(call.request.body, take);
  lines.finish(take);
  JsonWriter out;
  out.begin_object().field("accepted", static_cast<std::uint64_t>(relations.size()));
  out.field("refused", static_cast<std::uint64_t>(refused_count)).key("problems").begin_array();
  for (const Refused& r : refused) {
    out.begin_object()
        .field("line", r.line)
        .key("problem")
        .raw(http::problem_json(r.error, call.request.request_id))
        .end_object();
  }
  out.end_array().end_object();
  if (relations.empty()) {
    call.reply.send(json_answer(200, out.take()));
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.parts().accounts.relate(std::move(relations), [shared, body = out.take()](Result<void> done) mutable {
    if (done) {
      shared->reply.send(json_answer(200, std::move(body)));
    } else {
      shared->reply.send_error(done.error());
    }
  });
}

}  // namespace

Resource account_routes() {
  using namespace schema;
  const Who who = key(access::Scope::AccountsWrite);
  const Text name = string();
  const Text account = open_object({{"handle?", name},
                                    {"display_name?", name},
                                    {"earlier_names?", array(name)},
                                    {"avatar_hash?", name},
                                    {"verified?", boolean()},
                                    {"country?", name},
                                    {"locale?", name},
                                    {"state?", words({"active", "suspended", "deleted"})},
                                    {"created_at?", time()},
                                    {"followers?", integer()},
                                    {"email?", name}});
  const Text relation = object({{"from", string(255, 1)},
                                {"to", string(255, 1)},
                                {"kind", words({"follows", "blocks", "contact"})},
                                {"state?", boolean()}});
  return {{
              {http::Method::Put,
               "/v1/accounts/{id}",
               who,
               "accounts",
               "Tell about an account; replaces what was told before.",
               put_account,
               nullptr,
               {},
               takes_json(ref("Account"),
                          R"({"handle":"x","display_name":"X","verified":false,"locale":"en","state":"active"})"),
               gives_nothing()},
              {http::Method::Delete,
               "/v1/accounts/{id}",
               who,
               "accounts",
               "Erase a person: destroys the keys of all that is theirs. What a recorded hold protects stays until the "
               "hold ends.",
               delete_account,
               nullptr,
               {},
               {},
               gives_nothing()},
              {http::Method::Put,
               "/v1/relations",
               key(access::Scope::RelationsWrite),
               "accounts",
               "Who follows, blocks or knows whom, a relation a line.",
               put_relations,
               nullptr,
               {},
               {"application/x-ndjson", relation, R"({"from":"a1","to":"a2","kind":"follows","state":true})"},
               gives_json(object(
                   {{"accepted", integer()},
                    {"refused", integer()},
                    {"problems", array(object({{"line", integer(1)}, {"problem", ref("Problem")}}), kRefusedMax)}})),
               false,
               kRelationsBytesMax},
          },
          {{"Account", account}}};
}

}  // namespace heed::api
