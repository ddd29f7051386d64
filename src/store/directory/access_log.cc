#include "store/directory/access_log.h"

#include <algorithm>
#include <memory>

#include "base/bytes.h"
#include "store/directory/tables.h"

namespace heed::store {
namespace {

using ledger::Scan;
using ledger::Tx;

constexpr std::size_t kNameBytesMax = 200, kReasonBytesMax = 2000;

Digest chain_start() { return sha256("heed access log"); }

Digest entry_hash(const Digest& previous, const AccessRow& row) {
  std::string bytes;
  ByteWriter w(bytes);
  w.u64(row.seq);
  w.u64(static_cast<std::uint64_t>(to_ms(row.at)));
  w.append(row.staff.view());
  w.append(row.case_id.view());
  w.bytes(row.what);
  w.bytes(row.object);
  w.bytes(row.reason);
  return sha256(view(previous), bytes);
}

AccessEntry from_row(const AccessRow& row) {
  return {row.seq, row.at, {row.staff, row.what, row.object, row.case_id, row.reason}, digest_from_view(row.hash)};
}

Result<AccessHead> head_of(ledger::View& view) {
  AccessHead head{0, chain_start()};
  TRY(ledger::scan<AccessRow>(view, {.descending = true, .limit = 1}, [&](const AccessRow& row) {
    head = {row.seq, digest_from_view(row.hash)};
  }));
  return head;
}

Result<std::vector<AccessEntry>> list(ledger::Store& store, const Scan& how) {
  auto view = TRY(store.view());
  std::vector<AccessEntry> entries;
  TRY(ledger::scan<AccessRow>(*view, how, [&](const AccessRow& row) { entries.push_back(from_row(row)); }));
  return entries;
}

}  // namespace

void AccessLog::append(Access access, Done done) {
  if (access.what.size() > kNameBytesMax || access.object.size() > kNameBytesMax ||
      access.reason.size() > kReasonBytesMax) {
    done(fail(Code::TooLarge, "an entry of the access log has at most 200 bytes of name and 2000 of reason"));
    return;
  }
  auto head = std::make_shared<AccessHead>();
  auto work = [head, access = std::move(access), at = clock_.now()](Tx& tx) -> Result<void> {
    *head = TRY(head_of(tx));
    AccessRow row{head->seq + 1, at, access.staff, access.what, access.object, access.case_id, access.reason, ""};
    Digest hash = entry_hash(head->hash, row);
    row.hash = view(hash);
    *head = {row.seq, hash};
    return ledger::put(tx, row);
  };
  store_.execute(ledger::Priority::Normal, std::move(work),
                 [head, done = std::move(done)](Result<ledger::Committed> result) mutable {
                   done(result ? Result<AccessHead>(*head) : tl::unexpected(std::move(result).error()));
                 });
}

Result<AccessHead> AccessLog::head() {
  auto view = TRY(store_.view());
  return head_of(*view);
}

Result<std::vector<AccessEntry>> AccessLog::newest(std::uint64_t before_seq, std::size_t limit) {
  auto after = ledger::cells(before_seq);
  Scan how{.descending = true, .limit = limit};
  how.after = before_seq == 0 ? ledger::Cells{} : ledger::Cells(after);
  return list(store_, how);
}

Result<std::vector<AccessEntry>> AccessLog::of_case(CaseId case_id, std::uint64_t before_seq, std::size_t limit) {
  auto prefix = ledger::cells(case_id);
  auto after = ledger::cells(before_seq);
  Scan how{.index = kAccessByCase, .prefix = prefix, .descending = true, .limit = limit};
  how.after = before_seq == 0 ? ledger::Cells{} : ledger::Cells(after);
  return list(store_, how);
}

Result<std::vector<AccessEntry>> AccessLog::find(const Ask& ask) {
  auto view = TRY(store_.view());
  auto of_case = ledger::cells(ask.case_id);
  auto by_staff = ledger::cells(ask.staff);
  auto after = ledger::cells(ask.before_seq);
  Scan how{.descending = true};
  if (ask.case_id) {
    how.index = kAccessByCase;
    how.prefix = of_case;
  } else if (ask.staff) {
    how.index = kAccessByStaff;
    how.prefix = by_staff;
  }
  how.after = ask.before_seq == 0 ? ledger::Cells{} : ledger::Cells(after);
  std::vector<AccessEntry> entries;
  TRY(ledger::scan<AccessRow>(*view, how, [&](const AccessRow& row) {
    if (entries.size() == ask.limit || row.at < ask.since) {
      return false;
    }
    if ((!ask.staff || row.staff == ask.staff) && (ask.what.empty() || row.what == ask.what)) {
      entries.push_back(from_row(row));
    }
    return true;
  }));
  return entries;
}

Result<std::vector<AccessEntry>> AccessLog::since(Time since, std::size_t limit) {
  // Strictly after the last sequence number of the millisecond before.
  auto after = ledger::cells(to_ms(since) - 1, INT64_MAX);
  return list(store_, {.index = kAccessByTime, .after = after, .limit = limit});
}

Result<std::vector<AccessLog::Fault>> AccessLog::verify(const std::vector<AccessHead>& anchors) {
  auto view = TRY(store_.view());
  std::vector<Fault> faults;
  AccessHead last{0, chain_start()};
  std::vector<bool> met(anchors.size(), false);
  auto meet = [&] {
    for (std::size_t i = 0; i < anchors.size(); ++i) {
      met[i] = met[i] || anchors[i] == last;
    }
  };
  meet();
  TRY(ledger::scan<AccessRow>(*view, {}, [&](const AccessRow& row) {
    if (row.seq != last.seq + 1) {
      faults.push_back({last.seq + 1, row.seq == last.seq + 2 ? "the entry is missing"
                                                              : "this entry and those up to the next one are missing"});
    }
    // After a gap the previous hash is unknown: what follows is judged from the stored hash on.
    bool sound = row.seq == last.seq + 1 && entry_hash(last.hash, row) == digest_from_view(row.hash);
    if (!sound && row.seq == last.seq + 1) {
      faults.push_back({row.seq, "the entry is not what was written"});
    }
    last = {row.seq, digest_from_view(row.hash)};
    meet();
  }));
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    if (!met[i]) {
      faults.push_back({anchors[i].seq, anchors[i].seq > last.seq
                                            ? "entries are missing at the end: a head was noted here"
                                            : "the head noted here is not on this chain"});
    }
  }
  return faults;
}

}  // namespace heed::store
