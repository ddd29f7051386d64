#include "casework/testing_room.h"

namespace heed::casework {

TestingRoom::TestingRoom()
    : clock(*parse_time("2026-07-01T18:00:00.000Z")),
      store(make_store()),
      keys(ledger::memory_key_ring()),
      hasher(sha256("person"), sha256("item")),
      ids(7) {
  env.policy = policy::default_policy();
  env.keys = keys.get();
  env.hasher = &hasher;
  env.ids = &ids;
}

ReportedItem TestingRoom::post(std::string id, std::string text, std::string author, std::vector<std::string> targets) {
  ReportedItem item;
  item.kind = ItemKind::Post;
  item.external_id = std::move(id);
  item.evidence.provenance = Provenance::Seen;
  item.evidence.author = std::move(author);
  item.evidence.targets = std::move(targets);
  item.evidence.created_at = clock.now();
  item.evidence.text = std::move(text);
  item.evidence.finding = evaluator.evaluate(item.evidence.text);
  JsonWriter json;
  json.begin_object().field("id", item.external_id).field("text", item.evidence.text).end_object();
  item.evidence.json = json.take();
  return item;
}

ReportCommand TestingRoom::report_by(std::string reporter, std::vector<ReportedItem> items) {
  ReportCommand command;
  command.identity_json = R"({"account":")" + reporter + R"("})";
  command.reporter = std::move(reporter);
  command.said_json = "{}";
  command.channel = "api";
  command.items = std::move(items);
  return command;
}

std::string TestingRoom::check() {
  auto now = view();
  auto faults = ledger::verify_chains(*now);
  if (!faults) {
    return faults.error().message;
  }
  if (!faults->empty()) {
    return faults->front().what;
  }
  auto empty = make_store();
  CaseProjector projector;
  auto difference = ledger::compare_replay(*now, *empty, projector);
  return difference ? *difference : difference.error().message;
}

}  // namespace heed::casework
