#include "casework/same_words.h"

#include <algorithm>
#include <cstring>

#include "base/log.h"

namespace heed::casework {
namespace {

constexpr Millis kDay = std::chrono::hours(24);

std::uint64_t number_of(const ItemId& id) {
  std::uint64_t number = 0;
  std::memcpy(&number, id.view().data() + 8, sizeof number);
  return number;
}

ItemId id_of(std::uint64_t number) {
  ItemId id;
  std::memcpy(id.value.bytes.data() + 8, &number, sizeof number);
  return id;
}

}  // namespace

std::size_t SameWords::Hash::operator()(const ItemId& id) const { return number_of(id) * 0x9e3779b97f4a7c15U; }

int SameWords::count(std::string_view text, const access::PersonHash& person, Time now) {
  Sketch sketch = Sketch::of(text, 0);
  if (sketch.size() < AlikeBook::kShinglesMin) {
    return 0;
  }
  auto match = book_.find(sketch);
  auto known = match ? texts_.find(match->item) : texts_.end();
  if (known == texts_.end()) {
    const ItemId id = id_of(++next_);
    book_.add(id, std::move(sketch));
    order_.push_back(id);
    if (order_.size() > texts_max_) {
      texts_.erase(order_.front());
      order_.pop_front();
    }
    known = texts_.emplace(id, Text{now, 0, {}}).first;
  }
  Text& of = known->second;
  if (now - of.since >= kDay) {
    of = {now, 0, {}};
  }
  const bool before = std::find(of.first.begin(), of.first.end(), person) != of.first.end();
  if (!before) {
    ++of.people;
    if (of.first.size() < static_cast<std::size_t>(kTemplatePeople)) {
      of.first.push_back(person);
    }
    if (of.people == kTemplatePeople) {  // whoever looks after the house hears of it once a day for each text
      log::warn("many_write_the_same", {{"people", kTemplatePeople}});
    }
  }
  return of.people >= kTemplatePeople ? of.people : 0;
}

}  // namespace heed::casework
