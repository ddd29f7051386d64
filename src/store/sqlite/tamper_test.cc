// Whatever is changed in the stored ledger by somebody with a database tool is found, and where.
#include <gtest/gtest.h>

#include <random>

#include "base/file.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/writer/testing_contract.h"

namespace heed::store::testing {

using namespace heed::ledger;
using heed::ledger::testing::append_and_apply;
using heed::ledger::testing::case_number;
using heed::ledger::testing::TestProjector;

/// A view of whatever a connection sees at the moment.
struct RawView : private GatheredBook, private std::unique_ptr<Reader>, public ReaderView {
  explicit RawView(Database& db)
      : GatheredBook(contract_tables()),
        std::unique_ptr<Reader>(new Reader(db, contract_tables(), *this)),
        ReaderView(**this) {
    for (GatheredIndex* index : (*this)->gathered()) {
      EXPECT_TRUE(index->load(db));
    }
  }
};

/// 3 cases, 14 events, 6 commits; single events and groups, with and without bodies.
void fill(const std::filesystem::path& folder) {
  auto store = open_sqlite_store({.folder = folder, .tables = contract_tables()});
  ASSERT_TRUE(store);
  const std::vector<std::vector<std::uint64_t>> groups = {{1}, {1, 2}, {2, 2, 3, 1}, {3}, {1, 2, 3}, {2, 1, 3}};
  for (const auto& group : groups) {
    ASSERT_TRUE(execute_and_wait(**store, [&](Tx& tx) -> Result<void> {
      for (std::uint64_t n : group) {
        TRY(append_and_apply(tx, "noted", case_number(n), {}, static_cast<std::int64_t>(n),
                             n == 3 ? "" : "sealed bytes"));
        TRY(put(tx, NumberRow{static_cast<std::int64_t>(tx.head()->pos + n), std::to_string(n)}));
      }
      return {};
    }));
  }
}

class Tampering : public ::testing::Test {
 protected:
  void SetUp() override {
    fill(folder_.path());
    db_ = std::make_unique<Database>(*Database::open(folder_.path() / "ledger.db", {}));
    RawView view(*db_);
    ASSERT_TRUE((*verify_chains(view)).empty());
    head_ = *view.head();
    ASSERT_TRUE(view.events(0, [&](const StoredEvent& e) {
      events_.push_back(e);
      return true;
    }));
    ASSERT_TRUE(view.commits(0, [&](const CommitRow& row) {
      commits_.push_back(row);
      return true;
    }));
    ASSERT_EQ(events_.size(), 14u);
    ASSERT_EQ(commits_.size(), 6u);
  }

  /// What verify says when the ledger had been changed so; the change is taken back.
  std::vector<Fault> faults(const std::string& sql, const std::vector<ChainHead>& anchors = {}) {
    EXPECT_TRUE(db_->exec("BEGIN"));
    auto done = db_->exec(sql);
    EXPECT_TRUE(done) << done.error().message;
    RawView view(*db_);
    auto found = verify_chains(view, anchors);
    EXPECT_TRUE(db_->exec("ROLLBACK"));
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::vector<Fault>{};
  }

  /// True when a fault points at this event, by case and seq or by pos.
  static bool points_at(const std::vector<Fault>& found, const StoredEvent& event) {
    return std::any_of(found.begin(), found.end(), [&](const Fault& f) {
      return f.pos == event.pos || (f.case_id == event.case_id && f.seq == event.seq);
    });
  }

  bool names_commit_of(const std::vector<Fault>& found, const StoredEvent& event) const {
    return points_at(found, event) || std::any_of(commits_.begin(), commits_.end(), [&](const CommitRow& row) {
             return row.first_pos <= event.pos && event.pos <= row.last_pos &&
                    std::any_of(found.begin(), found.end(), [&](const Fault& f) { return f.pos == row.last_pos; });
           });
  }

  static std::string hex(std::string_view raw) { return "x'" + to_hex_text(raw) + "'"; }
  static std::string to_hex_text(std::string_view raw) {
    static const char* digits = "0123456789abcdef";
    std::string out;
    for (unsigned char c : raw) {
      out.push_back(digits[c >> 4]);
      out.push_back(digits[c & 15]);
    }
    return out;
  }

  TempFolder folder_;
  std::unique_ptr<Database> db_;
  std::vector<StoredEvent> events_;
  std::vector<CommitRow> commits_;
  ChainHead head_;
};

TEST_F(Tampering, AnyByteOfAnyEventIsLocated) {
  int flips = 0;
  for (const StoredEvent& e : events_) {
    std::string where = " WHERE pos = " + std::to_string(e.pos);
    auto flip = [&](const char* column, std::string_view value) {
      for (std::size_t i = 0; i < value.size(); ++i) {
        for (int mask : {0x04, 0x80}) {
          std::string changed(value);
          changed[i] = static_cast<char>(changed[i] ^ mask);
          auto found = faults(std::string("UPDATE events SET ") + column + " = " + hex(changed) + where);
          EXPECT_TRUE(points_at(found, e)) << column << " byte " << i << " of pos " << e.pos;
          ++flips;
        }
      }
    };
    flip("case_id", e.case_id.view());
    flip("header", e.header);
    flip("bodies", e.bodies);
    flip("hash", view(e.hash));
    for (int bit = 0; bit < 63; ++bit) {
      auto other = [&](std::uint64_t n) {
        return std::to_string(static_cast<std::int64_t>(n ^ (std::uint64_t{1} << bit)));
      };
      // Where the changed number is another row's, the database itself refuses.
      auto by_seq = faults("UPDATE OR IGNORE events SET seq = " + other(e.seq) + where);
      auto by_pos = faults("UPDATE OR IGNORE events SET pos = " + other(e.pos) + where);
      bool seq_taken = std::any_of(events_.begin(), events_.end(), [&](const StoredEvent& o) {
        return o.case_id == e.case_id && std::to_string(o.seq) == other(e.seq);
      });
      bool pos_taken = std::any_of(events_.begin(), events_.end(),
                                   [&](const StoredEvent& o) { return std::to_string(o.pos) == other(e.pos); });
      EXPECT_TRUE(seq_taken || points_at(by_seq, e)) << "seq bit " << bit << " of pos " << e.pos;
      EXPECT_TRUE(pos_taken || points_at(by_pos, e)) << "pos bit " << bit << " of pos " << e.pos;
    }
  }
  EXPECT_GT(flips, 4000);
}

TEST_F(Tampering, TheFaultyEventIsTheOnlyOneNamed) {
  auto found = faults("UPDATE events SET header = replace(CAST(header AS TEXT), 'noted', 'Noted') WHERE pos = 5");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].case_id, events_[4].case_id);
  EXPECT_EQ(found[0].seq, events_[4].seq);
  EXPECT_EQ(found[0].pos, 5u);
}

TEST_F(Tampering, AnyByteOfAnyCommitRowIsFound) {
  for (const CommitRow& row : commits_) {
    std::string where = " WHERE number = " + std::to_string(row.number);
    auto expect = [&](const std::string& sql) {
      auto found = faults(sql + where);
      EXPECT_FALSE(found.empty()) << sql << where;
    };
    for (auto [column, digest] : {std::pair("root", &row.root), std::pair("hash", &row.hash)}) {
      for (std::size_t i = 0; i < digest->size(); ++i) {
        Digest changed = *digest;
        changed[i] ^= 0x10;
        expect(std::string("UPDATE commits SET ") + column + " = " + hex(view(changed)));
      }
    }
    for (int bit = 0; bit < 63; ++bit) {
      std::string mask = std::to_string(std::int64_t{1} << bit);
      for (const char* column : {"first_pos", "last_pos", "number"}) {
        std::string name = column;
        bool taken = name == "number" && ((row.number ^ (std::uint64_t{1} << bit)) <= commits_.size()) &&
                     (row.number ^ (std::uint64_t{1} << bit)) > 0;
        if (!taken) {
          expect("UPDATE commits SET " + name + " = (" + name + " | " + mask + ") - (" + name + " & " + mask + ")");
        }
      }
    }
  }
}

TEST_F(Tampering, ARemovedEventIsNamed) {
  for (const StoredEvent& e : events_) {
    auto found = faults("DELETE FROM events WHERE pos = " + std::to_string(e.pos));
    EXPECT_TRUE(points_at(found, e)) << e.pos;
    bool has_later = std::any_of(events_.begin(), events_.end(),
                                 [&](const StoredEvent& o) { return o.case_id == e.case_id && o.seq > e.seq; });
    bool by_case = std::any_of(found.begin(), found.end(),
                               [&](const Fault& f) { return f.case_id == e.case_id && f.seq == e.seq; });
    EXPECT_EQ(has_later, by_case) << "by case and seq wherever a later event of the case is left";
  }
}

TEST_F(Tampering, ARemovedEventWithEverythingAfterItRenumberedIsFound) {
  for (const StoredEvent& e : events_) {
    std::string pos = std::to_string(e.pos);
    auto found = faults("DELETE FROM events WHERE pos = " + pos + "; UPDATE events SET pos = -pos WHERE pos > " + pos +
                        "; UPDATE events SET pos = -pos - 1 WHERE pos < 0");
    EXPECT_FALSE(found.empty()) << pos;
  }
}

TEST_F(Tampering, SwappedEventsAreNamed) {
  for (std::size_t a = 0; a < events_.size(); ++a) {
    for (std::size_t b = a + 1; b < events_.size(); ++b) {
      std::string p = std::to_string(events_[a].pos), q = std::to_string(events_[b].pos);
      auto by_pos = faults("UPDATE events SET pos = -1 WHERE pos = " + p + "; UPDATE events SET pos = " + p +
                           " WHERE pos = " + q + "; UPDATE events SET pos = " + q + " WHERE pos = -1");
      // Events of different cases leave each case's own chain whole: their commits are named.
      EXPECT_TRUE(names_commit_of(by_pos, events_[a]) && names_commit_of(by_pos, events_[b])) << p << " " << q;
      auto by_content =
          faults("UPDATE events SET header = " + hex(events_[b].header) + ", bodies = " + hex(events_[b].bodies) +
                 " WHERE pos = " + p + "; UPDATE events SET header = " + hex(events_[a].header) +
                 ", bodies = " + hex(events_[a].bodies) + " WHERE pos = " + q);
      EXPECT_TRUE(points_at(by_content, events_[a]) && points_at(by_content, events_[b])) << p << " " << q;
    }
  }
}

TEST_F(Tampering, ALostTailIsNoticedAgainstAnAnchor) {
  for (std::size_t keep = 0; keep < commits_.size(); ++keep) {
    std::uint64_t last = keep == 0 ? 0 : commits_[keep - 1].last_pos;
    std::string sql = "DELETE FROM events WHERE pos > " + std::to_string(last);
    auto events_only = faults(sql);
    EXPECT_FALSE(events_only.empty()) << "commit rows still name the events";
    auto both = faults(sql + "; DELETE FROM commits WHERE number > " + std::to_string(keep), {head_});
    ASSERT_EQ(both.size(), 1u);
    EXPECT_EQ(both[0].pos, last + 1);
    EXPECT_NE(both[0].what.find("tail is lost"), std::string::npos);
  }
}

TEST_F(Tampering, ALedgerThatWasWrittenAnewDiffersFromTheAnchor) {
  // Everything rehashed after a change: consistent in itself, so only a head noted elsewhere can tell.
  std::string sql;
  std::map<CaseId, Digest> last;
  std::vector<Digest> hashes;
  for (const StoredEvent& e : events_) {
    std::string bodies = e.pos == 2 ? "forged" : e.bodies;
    Digest previous = last.contains(e.case_id) ? last[e.case_id] : chain_start(e.case_id);
    hashes.push_back(last[e.case_id] = event_hash(previous, e.header, bodies));
    sql += "UPDATE events SET bodies = " + hex(bodies) + ", hash = " + hex(view(hashes.back())) +
           " WHERE pos = " + std::to_string(e.pos) + ";";
  }
  Digest previous{};
  for (CommitRow row : commits_) {
    row.root = merkle_root({hashes.begin() + static_cast<std::ptrdiff_t>(row.first_pos) - 1,
                            hashes.begin() + static_cast<std::ptrdiff_t>(row.last_pos)});
    row.hash = previous = commit_hash(previous, row);
    sql += "UPDATE commits SET root = " + hex(view(row.root)) + ", hash = " + hex(view(row.hash)) +
           " WHERE number = " + std::to_string(row.number) + ";";
  }
  EXPECT_TRUE(faults(sql).empty());
  EXPECT_FALSE(faults(sql, {head_}).empty());
  EXPECT_FALSE(faults(sql, {{2, commits_[1].last_pos, commits_[1].hash}}).empty());
}

/// Every answer the store can give about these tables, as text.
std::string all_answers(View& view) {
  std::string out;
  for (const TableDef* def : contract_tables()) {
    for (int index = -1; index < static_cast<int>(def->indexes.size()); ++index) {
      const bool gathered = index >= 0 && def->indexes[static_cast<std::size_t>(index)].gathered;
      for (const std::string key : {"1", "2", "3", "absent"}) {
        auto prefix = cells(key);
        out += gathered ? text_of(view, *def, {.index = index, .prefix = prefix}) : "";
      }
      for (bool descending : {false, true}) {
        if (gathered) {
          break;  // nothing walks it whole
        }
        Scan how;
        how.index = index;
        how.descending = descending;
        out += text_of(view, *def, how);
      }
    }
  }
  auto add = [&](const StoredEvent& e) {
    out += std::to_string(e.pos) + " " + e.case_id.text() + " " + std::to_string(e.seq) + " " + e.header + e.bodies +
           std::string(heed::view(e.hash)) + "\n";
    return true;
  };
  (void)view.events(0, add);
  for (std::uint64_t n = 0; n < 5; ++n) {
    (void)view.case_events(case_number(n), 0, add);
  }
  return out;
}

TEST_F(Tampering, AFlippedByteAnywhereInTheFileIsReportedOrChangesNoAnswer) {
  std::string answers;
  {
    RawView sound(*db_);
    answers = all_answers(sound);
  }
  db_.reset();
  std::string file = *read_file(folder_.path() / "ledger.db");
  TestProjector projector;
  std::mt19937_64 random(7);
  int reported = 0, harmless = 0;
  for (int i = 0; i < 500; ++i) {
    std::string changed = file;
    std::size_t at = random() % changed.size();
    changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
    TempFolder folder;
    ASSERT_TRUE(write_file_atomically(folder.path() / "ledger.db", changed));
    auto store = open_sqlite_store({.folder = folder.path(), .tables = contract_tables()});
    bool found = !store;
    if (!found) {
      auto messages = (*store)->integrity_check();
      auto view = (*store)->view();
      found = !messages || !messages->empty() || !view;
      if (!found) {
        auto chains = verify_chains(**view, {head_});
        auto copy = open_memory_store(contract_tables());
        auto replayed = compare_replay(**view, *copy, projector);
        found = !chains || !chains->empty() || !replayed || !replayed->empty();
      }
      if (!found) {
        EXPECT_EQ(all_answers(**view), answers) << "byte " << at << " changed an answer unnoticed";
        ++harmless;
      }
    }
    reported += found ? 1 : 0;
  }
  EXPECT_GT(reported, 20);
  EXPECT_GT(harmless, 20);
}

}  // namespace heed::store::testing
