#include <cstdio>

#include "app/commands.h"
#include "app/office.h"
#include "base/bytes.h"
#include "store/memory/memory_store.h"

namespace heed::app {
namespace {

std::string_view public_key(const Rooms& rooms) {
  const auto& key = rooms.secrets().signing.public_key;
  return {reinterpret_cast<const char*>(key.data()), key.size()};
}

/// Faults with the part of the installation they lie in.
class Findings {
 public:
  void add(std::string part, std::string what) {
    list_.emplace_back(std::move(part), ledger::Fault{.case_id = {}, .seq = 0, .pos = 0, .what = std::move(what)});
  }
  void add(std::string part, ledger::Fault fault) { list_.emplace_back(std::move(part), std::move(fault)); }
  /// A part that could not be looked through to its end is a fault as well.
  void add(std::string part, const Error& error) { add(std::move(part), "could not be checked: " + error.message); }

  void print(Output& out) const {
    out.columns({{"part", "Part"}, {"case", "Case"}, {"seq", "Seq"}, {"pos", "Pos"}, {"what", "What"}}, "faults");
    for (const auto& [part, fault] : list_) {
      Output::Cell case_id, seq, pos;
      if (fault.case_id) {
        case_id = fault.case_id.text();
      }
      if (fault.seq != 0) {
        seq = cell(fault.seq);
      }
      if (fault.pos != 0) {
        pos = cell(fault.pos);
      }
      out.row({part, case_id, seq, pos, fault.what});
    }
  }
  bool empty() const { return list_.empty(); }

 private:
  std::vector<std::pair<std::string, ledger::Fault>> list_;
};

/// "" or the first difference between the projections and what the events alone give.
Result<std::string> replayed_difference(Office& office, ledger::View& view) {
  casework::CaseProjector projector;
  auto memory = store::open_memory_store(projector.tables());
  return ledger::compare_replay(view, *memory, projector, [&](std::uint64_t done, std::uint64_t total) {
    office.progress("replay", done, total);
  });
}

void verify_ledger(Office& office, Findings& findings, Output& out, bool replayed) {
  Rooms& rooms = office.rooms();
  std::vector<ledger::ChainHead> anchors;
  std::vector<store::AccessHead> access_anchors;
  auto anchor = read_anchor(rooms.places().anchor(), public_key(rooms));
  if (!anchor) {
    findings.add("anchor", anchor.error().message);
  } else if (*anchor) {
    anchors.push_back((*anchor)->head);
    if ((*anchor)->access.seq > 0) {
      access_anchors.push_back((*anchor)->access);
    }
    out.fact("anchor", "Anchor",
             "commit " + std::to_string((*anchor)->head.commit) + " of " + format_time((*anchor)->at));
  } else {
    out.fact("anchor", "Anchor", "none yet");
  }
  auto accesses = rooms.access_log().verify(access_anchors);
  if (!accesses) {
    findings.add("access log", accesses.error());
  } else {
    for (auto& fault : *accesses) {
      findings.add("access log", {.case_id = {}, .seq = fault.seq, .pos = 0, .what = std::move(fault.what)});
    }
  }
  auto view = rooms.store().view();
  if (!view) {
    findings.add("ledger", view.error());
    return;
  }
  if (auto head = (*view)->head(); head) {
    out.fact("commit", "Commits", cell(head->commit))
        .fact("pos", "Events", cell(head->pos))
        .fact("hash", "Head", to_hex(heed::view(head->hash)));
  }
  auto faults = ledger::verify_chains(**view, anchors);
  if (!faults) {
    findings.add("chain", faults.error());
  } else {
    for (ledger::Fault& fault : *faults) {
      findings.add("chain", std::move(fault));
    }
  }
  if (replayed) {
    auto difference = replayed_difference(office, **view);
    if (!difference) {
      findings.add("projections", difference.error());
    } else if (!difference->empty()) {
      findings.add("projections", "differ from what the events give: " + *difference);
    }
  }
}

Result<Output> verify(Office& office, const Arguments& arguments) {
  Findings findings;
  Output out;
  verify_ledger(office, findings, out, !arguments.flag("--no-replay"));

  auto pages = office.rooms().store().integrity_check();
  if (!pages) {
    findings.add("file", pages.error());
  } else {
    for (std::string& message : *pages) {
      findings.add("file", std::move(message));
    }
  }
  for (std::string& message : office.rooms().ring().verify()) {
    findings.add("keys", std::move(message));
  }
  auto posts = office.posts();
  if (!posts) {
    findings.add("recent posts", posts.error());
  } else {
    for (const auto& fault : (*posts)->faults_at_open()) {
      findings.add("recent posts", fault.hour + ": " + fault.what);
    }
    for (const auto& fault : (*posts)->verify()) {
      findings.add("recent posts", fault.hour + ": " + fault.what);
    }
  }
  out.fact("sound", "Sound", findings.empty());
  findings.print(out);
  out.exit = findings.empty() ? kOk : kFaults;
  return out;
}

Result<Output> replay(Office& office, const Arguments& arguments) {
  auto view = TRY(office.rooms().store().view());
  Output out;
  if (arguments.flag("--dump")) {
    casework::CaseProjector projector;
    auto memory = store::open_memory_store(projector.tables());
    TRY(ledger::replay(*view, *memory, projector));
    auto made = TRY(memory->view());
    out.document("dump", TRY(ledger::dump(*made, projector.tables())));
    return out;
  }
  std::string difference = TRY(replayed_difference(office, *view));
  ledger::ChainHead head = TRY(view->head());
  out.fact("events", "Events", cell(head.pos)).fact("equal", "Equal", difference.empty());
  if (!difference.empty()) {
    out.fact("difference", "First difference", difference);
    out.exit = kFaults;
  }
  return out;
}

Result<Output> head(Office& office, const Arguments&) {
  auto view = TRY(office.rooms().store().view());
  ledger::ChainHead head = TRY(view->head());
  Output out;
  out.fact("commit", "Commit", cell(head.commit))
      .fact("pos", "Pos", cell(head.pos))
      .fact("hash", "Hash", to_hex(heed::view(head.hash)));
  Anchor anchor{.head = head, .access = TRY(office.rooms().access_log().head()), .at = office.now()};
  std::string text = anchor_text(anchor, office.rooms().secrets().signing);
  text.pop_back();
  out.fact("signed", "Signed", text).fact("public_key", "Public key", to_base64(public_key(office.rooms())));
  return out;
}

}  // namespace

std::vector<OfficeTask> ledger_tasks() {
  using Kind = Option::Kind;
  return {
      {"ledger verify",
       "Check chains, anchor, projections, files, keys, recent posts and access log; exit 3 when something is wrong",
       {{.name = "--no-replay",
         .sentence = "Leave out the projections: replaying holds them in memory",
         .kind = Kind::Flag}},
       verify},
      {"ledger replay",
       "Rebuild the projections in memory from the events and compare; exit 3 when they differ",
       {{.name = "--dump", .sentence = "Print what the events give, in canonical text", .kind = Kind::Flag}},
       replay},
      {"ledger head", "Print the chain head, signed, to be kept elsewhere", {}, head},
  };
}

Command ledger_command() { return office_command("ledger", "Verify and replay the ledger", ledger_tasks()); }

}  // namespace heed::app
