#pragma once
#include <map>
#include <memory>
#include <random>
#include <string>

#include "casework/intake.h"
#include "casework/piles.h"
#include "casework/queue.h"
#include "casework/relief.h"
#include "ledger/replay.h"
#include "store/memory/memory_store.h"

/// Test support: a case plane's commands over the memory store, with a clock that stands and reproducible ids.
namespace heed::casework {

/// Reads the lane from the text, so that a test says what it means: "[life]" is a threat to life, "[insult]" a signal
/// of severity 40, anything else is clean.
class WordEvaluator final : public Evaluator {
 public:
  Finding evaluate(std::string_view text) const override {
    Finding finding;
    if (text.find("[life]") != std::string_view::npos) {
      finding = {"threat", "threats_to_life", policy::Lane::Life, 95, true, R"([{"category":"threat","score":1}])"};
    } else if (text.find("[insult]") != std::string_view::npos) {
      finding = {
          "insult", "targeted_harassment", policy::Lane::Rest, 40, true, R"([{"category":"insult","score":0.9}])"};
    }
    return finding;
  }
  Finding from_signals(std::string_view signals) const override {
    if (signals.find("threat") != std::string_view::npos) {
      return evaluate("[life]");
    }
    return evaluate(signals.find("insult") != std::string_view::npos ? "[insult]" : "");
  }
};

inline std::unique_ptr<ledger::Store> make_store() {
  auto tables = projection_tables();
  for (const TableDef* table : operational_tables()) {
    tables.push_back(table);
  }
  return store::open_memory_store(std::move(tables));
}

class TestingRoom {
 public:
  TestingRoom();

  template <class F>
  auto run(F f) -> decltype(f(std::declval<Context&>())) {
    using R = decltype(f(std::declval<Context&>()));
    R out = fail(Code::Internal, "did not run");
    auto committed = ledger::execute_and_wait(*store, [&](ledger::Tx& tx) -> Result<void> {
      Context context(tx, env, clock.now());
      out = f(context);
      if (!out) {
        return tl::unexpected(out.error());
      }
      return context.finish();
    });
    if (!committed && out) {
      return tl::unexpected(committed.error());
    }
    return out;
  }
  std::unique_ptr<ledger::View> view() { return *store->view(); }

  /// A post as a report finds it.
  ReportedItem post(std::string id, std::string text, std::string author, std::vector<std::string> targets = {});
  ReportCommand report_by(std::string reporter, std::vector<ReportedItem> items);
  Result<Receipt> report(const ReportCommand& command) {
    return run([&](Context& c) { return take_report(c, command); });
  }
  Result<std::optional<Claim>> claim(StaffId staff, int items_max = 200) {
    return run([&](Context& c) { return claim_next(c, {"default", staff, items_max}); });
  }
  StaffId staff(int n) {
    StaffId id;
    id.value.bytes[15] = static_cast<std::uint8_t>(n);
    id.value.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    return id;
  }
  CaseRow case_row(CaseId id) { return **ledger::get<CaseRow>(*view(), id); }
  ItemRow item_row(ItemId id) { return **ledger::get<ItemRow>(*view(), id); }
  /// Chains verify and replay gives the same projections; "" when so.
  std::string check();

  ManualClock clock;
  std::unique_ptr<ledger::Store> store;
  std::unique_ptr<ledger::KeyRing> keys;
  access::Hasher hasher;
  IdSource ids;
  Environment env;
  WordEvaluator evaluator;
};

}  // namespace heed::casework
