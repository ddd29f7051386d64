#include "ledger/replay.h"

#include <unordered_map>

#include "base/bytes.h"
#include "base/json.h"

namespace heed::ledger {
namespace {

constexpr std::size_t kPage = 512;

void append_line(std::string& out, Cells row) {
  bool first = true;
  for (const Cell& cell : row) {
    if (!first) {
      out.push_back('\t');
    }
    first = false;
    switch (cell.kind) {
      case Cell::Kind::Null:
        out.push_back('-');
        break;
      case Cell::Kind::Int:
        out.append(std::to_string(cell.i));
        break;
      case Cell::Kind::Bytes:
        out.append("x").append(to_hex(cell.b));
        break;
    }
  }
}

/// The lines of a table, one after another, read in pages: a scan pushes, a comparison must pull.
class LinePager {
 public:
  LinePager(View& view, const TableDef& table) : view_(view), table_(table) {}
  /// Nothing after the last.
  Result<std::optional<std::string>> next() {
    if (at_ == lines_.size() && !ended_) {
      TRY(fill());
    }
    if (at_ == lines_.size()) {
      return std::optional<std::string>();
    }
    return std::optional(std::move(lines_[at_++]));
  }

 private:
  Result<void> fill() {
    lines_.clear();
    at_ = 0;
    Scan how;
    std::vector<Cell> after;
    for (std::size_t i = 0; i < key_.size(); ++i) {
      after.push_back(key_[i].kind == Cell::Kind::Bytes ? Cell::bytes(key_bytes_[i]) : key_[i]);
    }
    how.after = after;
    how.limit = kPage;
    std::vector<Cell> key;
    std::vector<std::string> key_bytes;
    TRY(view_.scan(table_, how, [&](Cells row) {
      append_line(lines_.emplace_back(), row);
      if (lines_.size() == kPage) {
        for (const Cell& cell : row.first(static_cast<std::size_t>(table_.key_columns))) {
          key.push_back(cell);
          key_bytes.emplace_back(cell.b);
        }
      }
      return true;
    }));
    ended_ = lines_.size() < kPage;
    key_ = std::move(key);
    key_bytes_ = std::move(key_bytes);
    return {};
  }
  View& view_;
  const TableDef& table_;
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::vector<Cell> key_;
  std::vector<std::string> key_bytes_;
};

std::string number(std::uint64_t n) { return std::to_string(n); }

/// Everything verify_chains remembers while it walks the events once.
class Verifier {
 public:
  Verifier(View& view, const std::vector<ChainHead>& anchors) : view_(view), anchors_(anchors) {}

  Result<std::vector<Fault>> run() {
    TRY(next_commit());
    Result<void> inside;
    TRY(view_.events(0, [&](const StoredEvent& event) {
      inside = check(event);
      return inside.has_value() && faults_.size() < kFaultsMax;
    }));
    TRY(std::move(inside));
    if (faults_.size() < kFaultsMax) {
      TRY(finish());
    }
    return std::move(faults_);
  }

 private:
  static constexpr std::size_t kFaultsMax = 10'000;
  struct Chain {
    std::uint64_t seq = 0;
    Digest hash{};
    Digest computed{};  ///< differs from `hash` only after a fault: then either may be what the next one links to
  };

  void fault(CaseId case_id, std::uint64_t seq, std::uint64_t pos, std::string what) {
    faults_.push_back({case_id, seq, pos, std::move(what)});
  }

  Result<void> check(const StoredEvent& event) {
    if (event.pos != pos_ + 1) {
      fault({}, 0, pos_ + 1,
            "the event at this pos is missing; the next one is at pos " + number(event.pos) + ": seq " +
                number(event.seq) + " of case " + event.case_id.text());
    }
    TRY(close_commits_before(event.pos));
    pos_ = event.pos;
    check_chain(event);
    check_header(event);
    if (commit_.number == 0 || event.pos < commit_.first_pos) {
      fault(event.case_id, event.seq, event.pos, "no commit row covers this event");
    } else {
      leaves_.push_back(event.hash);
      if (event.pos == commit_.last_pos) {
        close_commit(event.case_id, event.seq);
        TRY(next_commit());
      }
    }
    return {};
  }

  void check_chain(const StoredEvent& event) {
    auto [found, first] = cases_.try_emplace(event.case_id);
    Chain& chain = found->second;
    if (first) {
      chain.hash = chain.computed = chain_start(event.case_id);
    }
    if (event.seq != chain.seq + 1) {
      fault(event.case_id, chain.seq + 1, event.pos,
            "seq " + number(chain.seq + 1) + " is missing; seq " + number(event.seq) + " was found");
    }
    Digest computed = event_hash(chain.hash, event.header, event.bodies);
    if (computed != event.hash && chain.computed != chain.hash) {
      computed = event_hash(chain.computed, event.header, event.bodies);
    }
    if (computed != event.hash) {
      fault(event.case_id, event.seq, event.pos, "the event was changed: its hash does not follow from its bytes");
    }
    chain = {event.seq, event.hash, computed};
  }

  void check_header(const StoredEvent& event) {
    Result<Json> header = parser_.parse(event.header);
    if (!header) {
      fault(event.case_id, event.seq, event.pos, "the header is no JSON");
      return;
    }
    if ((*header)["case"].string() != event.case_id.text()) {
      fault(event.case_id, event.seq, event.pos, "the header names another case");
    }
    if ((*header)["seq"].integer() != static_cast<std::int64_t>(event.seq)) {
      fault(event.case_id, event.seq, event.pos, "the header names another seq");
    }
  }

  /// Groups whose last event never came.
  Result<void> close_commits_before(std::uint64_t pos) {
    while (commit_.number != 0 && commit_.last_pos < pos) {
      fault({}, 0, commit_.last_pos, "commit " + number(commit_.number) + " ends with an event that is missing");
      TRY(next_commit());
    }
    return {};
  }

  void close_commit(CaseId case_id, std::uint64_t seq) {
    if (leaves_.size() != commit_.last_pos - commit_.first_pos + 1) {
      fault(case_id, seq, commit_.last_pos, "commit " + number(commit_.number) + " covers events that are missing");
    } else if (merkle_root(leaves_) != commit_.root) {
      fault(case_id, seq, commit_.last_pos,
            "commit " + number(commit_.number) + ": its root does not follow from the events at pos " +
                number(commit_.first_pos) + " to " + number(commit_.last_pos) +
                ", which are in another order or were rewritten");
    }
  }

  /// Takes the next commit row, checking its own chain and the anchors.
  Result<void> next_commit() {
    if (page_at_ == page_.size()) {
      page_.clear();
      page_at_ = 0;
      TRY(view_.commits(page_after_, [&](const CommitRow& row) {
        page_.push_back(row);
        return page_.size() < kPage;
      }));
      if (!page_.empty()) {
        page_after_ = page_.back().number;
      }
    }
    leaves_.clear();
    std::uint64_t covered = commit_.number == 0 ? covered_ : commit_.last_pos;
    covered_ = covered;
    if (page_at_ == page_.size()) {
      commit_ = {};
      return {};
    }
    CommitRow row = page_[page_at_++];
    std::string name = "commit " + number(row.number);
    if (row.number != head_.commit + 1) {
      fault({}, 0, row.first_pos, "commit " + number(head_.commit + 1) + " is missing; " + name + " was found");
    }
    if (row.first_pos != covered + 1 || row.last_pos < row.first_pos) {
      fault({}, 0, row.first_pos, name + " does not begin where the one before ended");
    }
    Digest computed = commit_hash(head_.hash, row);
    if (computed != row.hash && computed_head_ != head_.hash) {
      computed = commit_hash(computed_head_, row);
    }
    if (computed != row.hash) {
      fault({}, 0, row.first_pos, name + " was changed: its hash does not follow");
    }
    computed_head_ = computed;
    head_ = {row.number, row.last_pos, row.hash};
    for (const ChainHead& anchor : anchors_) {
      if (anchor.commit == row.number && anchor != head_) {
        fault({}, 0, row.last_pos, name + " is not the one that was noted elsewhere");
      }
    }
    commit_ = row;
    return {};
  }

  Result<void> finish() {
    while (commit_.number != 0) {
      fault({}, 0, pos_ + 1,
            "commit " + number(commit_.number) + " covers events up to pos " + number(commit_.last_pos) +
                ", but the events end at " + number(pos_));
      TRY(next_commit());
    }
    for (const ChainHead& anchor : anchors_) {
      if (anchor.commit > head_.commit) {
        fault({}, 0, pos_ + 1,
              "the chain ends at commit " + number(head_.commit) + ", but commit " + number(anchor.commit) +
                  " (up to pos " + number(anchor.pos) + ") was noted elsewhere: the tail is lost");
      }
    }
    return {};
  }

  View& view_;
  const std::vector<ChainHead>& anchors_;
  std::vector<Fault> faults_;
  std::unordered_map<CaseId, Chain> cases_;
  JsonParser parser_;
  std::uint64_t pos_ = 0;
  // The commit row whose events are being walked (number 0: none is left) and those read ahead.
  CommitRow commit_;
  std::vector<Digest> leaves_;
  std::vector<CommitRow> page_;
  std::size_t page_at_ = 0;
  std::uint64_t page_after_ = 0;
  std::uint64_t covered_ = 0;
  ChainHead head_;
  Digest computed_head_{};
};

}  // namespace

Result<std::vector<Fault>> verify_chains(View& view, const std::vector<ChainHead>& anchors) {
  return Verifier(view, anchors).run();
}

Result<std::string> dump(View& view, const std::vector<const TableDef*>& tables) {
  std::string out;
  for (const TableDef* table : tables) {
    out.append("# ").append(table->name).append("\n");
    TRY(view.scan(*table, {}, [&](Cells row) {
      append_line(out, row);
      out.push_back('\n');
      return true;
    }));
  }
  return out;
}

Result<void> replay(View& from, Store& empty, Projector& projector,
                    Function<void(std::uint64_t, std::uint64_t)> progress) {
  ChainHead head = TRY(from.head());
  std::uint64_t done = 0;
  while (done < head.pos) {
    std::vector<StoredEvent> page;
    TRY(from.events(done, [&](const StoredEvent& event) {
      page.push_back(event);
      return page.size() < kPage;
    }));
    if (page.empty()) {
      break;
    }
    auto append = [&](Tx& tx) -> Result<void> {
      for (const StoredEvent& event : page) {
        StoredEvent copy = event;
        copy.pos = TRY(tx.append({event.case_id, event.seq, event.header, event.bodies}));
        if (copy.pos != event.pos) {
          return fail(Code::Corrupt, "pos " + number(event.pos) + " of the ledger would become " + number(copy.pos));
        }
        TRY(projector.apply(tx, copy));
      }
      return {};
    };
    TRY(execute_and_wait(empty, append));
    done = page.back().pos;
    if (progress) {
      progress(done, head.pos);
    }
  }
  return {};
}

Result<std::string> compare_tables(View& a, View& b, const std::vector<const TableDef*>& tables) {
  for (const TableDef* table : tables) {
    LinePager left(a, *table);
    LinePager right(b, *table);
    for (std::uint64_t line = 1;; ++line) {
      std::optional<std::string> l = TRY(left.next());
      std::optional<std::string> r = TRY(right.next());
      if (l != r) {
        return std::string(table->name) + " row " + number(line) + ": stored [" + l.value_or("no such row") +
               "], replayed [" + r.value_or("no such row") + "]";
      }
      if (!l) {
        break;
      }
    }
  }
  return std::string();
}

Result<std::string> compare_replay(View& from, Store& empty, Projector& projector,
                                   Function<void(std::uint64_t, std::uint64_t)> progress) {
  TRY(replay(from, empty, projector, std::move(progress)));
  std::unique_ptr<View> replayed = TRY(empty.view());
  return compare_tables(from, *replayed, projector.tables());
}

}  // namespace heed::ledger
