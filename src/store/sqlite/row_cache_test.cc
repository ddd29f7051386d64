#include "store/sqlite/row_cache.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::Cells;
using ledger::TableDef;

TableDef table_of(const char* name, int key_columns) {
  TableDef table;
  table.name = name;
  table.key_columns = key_columns;
  return table;
}

std::string text_of(Cells row) {
  std::string out;
  for (const Cell& cell : row) {
    out += cell.kind == Cell::Kind::Bytes ? "'" + std::string(cell.b) + "'"
           : cell.is_null()               ? "-"
                                          : std::to_string(cell.i);
    out += ' ';
  }
  return out;
}

std::string held(RowCache& cache, const TableDef& table, const std::vector<Cell>& key) {
  std::string out = "nothing";
  cache.get(table, key, [&](Cells row) { out = text_of(row); });
  return out;
}

TEST(RowCache, HoldsWhatWasPutUntilItIsForgotten) {
  RowCache cache;
  const TableDef a = table_of("a", 2), b = table_of("b", 2);
  const std::vector<Cell> row = {Cell::bytes("xy"), Cell::integer(7), Cell::null(), Cell::bytes(""), Cell::bytes("z")};
  const std::vector<Cell> key(row.begin(), row.begin() + 2);
  EXPECT_EQ(held(cache, a, key), "nothing");
  cache.put(a, row);
  EXPECT_EQ(held(cache, a, key), "'xy' 7 - '' 'z' ");
  EXPECT_EQ(held(cache, b, key), "nothing");
  EXPECT_EQ(held(cache, a, {Cell::bytes("x"), Cell::integer(7)}), "nothing");
  EXPECT_EQ(held(cache, a, {Cell::bytes("xy"), Cell::null()}), "nothing");
  cache.forget(b, key);
  EXPECT_NE(held(cache, a, key), "nothing");
  cache.forget(a, key);
  EXPECT_EQ(held(cache, a, key), "nothing");
  cache.put(a, row);
  cache.clear();
  EXPECT_EQ(held(cache, a, key), "nothing");
}

TEST(RowCache, DoesNotHoldAnOldRowInALargeOnesPlace) {
  RowCache cache;
  const TableDef a = table_of("a", 1);
  cache.put(a, std::vector<Cell>{Cell::integer(1), Cell::bytes("small")});
  const std::string large(RowCache::kRowBytesMax + 1, 'x');
  cache.put(a, std::vector<Cell>{Cell::integer(1), Cell::bytes(large)});
  EXPECT_EQ(held(cache, a, {Cell::integer(1)}), "nothing");
}

TEST(RowCache, KeepsTheBytesThatSomebodyLooksAt) {
  RowCache cache;
  const TableDef a = table_of("a", 1);
  cache.put(a, std::vector<Cell>{Cell::integer(1), Cell::bytes("before")});
  std::string seen;
  cache.get(a, std::vector<Cell>{Cell::integer(1)}, [&](Cells row) {
    cache.put(a, std::vector<Cell>{Cell::integer(1), Cell::bytes("after, and much longer than before was")});
    for (int i = 2; i < 5000; ++i) {
      cache.put(a, std::vector<Cell>{Cell::integer(i), Cell::bytes("another")});
    }
    seen = text_of(row);
  });
  EXPECT_EQ(seen, "1 'before' ");
  EXPECT_NE(held(cache, a, {Cell::integer(1)}), "1 'before' ");
}

TEST(RowCache, NeverTellsAnythingButTheNewest) {
  std::mt19937 random(7);
  RowCache cache;
  const TableDef tables[] = {table_of("a", 1), table_of("b", 2)};
  std::map<std::pair<int, int>, int> newest;
  int found = 0;
  for (int i = 0; i < 200'000; ++i) {
    const int t = static_cast<int>(random() % 2), k = static_cast<int>(random() % 900);
    const std::string name = "k" + std::to_string(k);
    std::vector<Cell> row = {Cell::bytes(name)};
    if (t == 1) {
      row.push_back(Cell::integer(k % 3));
    }
    const std::vector<Cell> key = row;
    row.push_back(Cell::integer(i));
    if (random() % 10 == 0) {
      cache.forget(tables[t], key);
      newest.erase({t, k});
    } else if (random() % 2 == 0) {
      cache.put(tables[t], row);
      newest[{t, k}] = i;
    } else {
      cache.get(tables[t], key, [&](Cells cells) {
        ++found;
        ASSERT_TRUE((newest.contains({t, k})));
        EXPECT_EQ(cells.back().i, (newest[{t, k}]));
      });
    }
  }
  EXPECT_GT(found, 10'000);
}

}  // namespace
}  // namespace heed::store
