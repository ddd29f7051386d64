#include "store/recent/run.h"

#include <algorithm>
#include <cstring>
#include <deque>

#include "base/bytes.h"
#include "store/recent/checksum.h"

namespace heed::store::recent {
namespace {

constexpr std::string_view kMagic = "HEEDRUN1";
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kPayloadBytes = kPageBytes - 4;
constexpr std::size_t kFenceBytes = 12;
constexpr std::size_t kFencesAPage = kPayloadBytes / kFenceBytes;
constexpr std::size_t kFilterBlock = 64;
constexpr std::uint64_t kFilterBits = (kFilterBlock - 4) * 8;
constexpr std::uint64_t kBitsAKey = 12;
constexpr int kProbes = 6;

std::size_t entry_bytes(std::size_t kind) { return kind == static_cast<std::size_t>(KeyKind::Target) ? 20 : 12; }
std::size_t entries_a_page(std::size_t kind) { return kPayloadBytes / entry_bytes(kind); }

void put_entry(std::string& out, std::size_t kind, const Entry& entry) {
  ByteWriter to(out);
  to.u64(entry.hash);
  to.u32(entry.rel);
  if (kind == static_cast<std::size_t>(KeyKind::Target)) {
    to.u64(static_cast<std::uint64_t>(entry.created_ms));
  }
}
Entry get_entry(const char* at, std::size_t kind) {
  Entry entry;
  std::memcpy(&entry.hash, at, 8);
  std::memcpy(&entry.rel, at + 8, 4);
  if (kind == static_cast<std::size_t>(KeyKind::Target)) {
    std::memcpy(&entry.created_ms, at + 12, 8);
  }
  return entry;
}

__extension__ using Wide = unsigned __int128;
std::uint64_t filter_block_of(std::uint64_t hash, std::uint64_t blocks) {
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * blocks) >> 64);
}
template <class F>
void each_probe(std::uint64_t hash, F&& f) {
  std::uint64_t g = hash * 0x9E3779B97F4A7C15ULL;
  g ^= g >> 29;
  for (int i = 0; i < kProbes; ++i) {
    f(static_cast<std::size_t>((((g >> (i * 10)) & 1023) * kFilterBits) >> 10));
  }
}
bool filter_says(const char* block, std::uint64_t hash) {
  bool all = true;
  each_probe(hash, [&](std::size_t bit) { all = all && ((block[bit / 8] >> (bit % 8)) & 1) != 0; });
  return all;
}
bool filter_sound(const char* block) {
  std::uint32_t crc;
  std::memcpy(&crc, block + kFilterBlock - 4, 4);
  return crc32c({block, kFilterBlock - 4}) == crc;
}

std::uint64_t pages_for(std::uint64_t n, std::size_t a_page) { return (n + a_page - 1) / a_page; }

tl::unexpected<Error> corrupt(const std::filesystem::path& path, std::string_view what) {
  return fail(Code::Corrupt, path.string() + ": " + std::string(what) +
                                 "; stop, remove this file, start: it is rebuilt from the hour's log");
}

}  // namespace

std::string run_name(std::uint64_t cover_first, std::uint64_t cover_last) {
  return "run-" + std::to_string(cover_first) + "-" + std::to_string(cover_last);
}

Run::~Run() {
  file_.reset();
  if (remove_) {
    (void)disk_.remove(path_);
  }
  if (budget_ != nullptr) {
    budget_->fetch_add(drawn_);
  }
}

Result<std::shared_ptr<Run>> Run::open(Disk& disk, std::filesystem::path path,
                                       std::shared_ptr<std::atomic<std::int64_t>> filter_budget) {
  std::shared_ptr<Run> run(new Run(disk, std::move(path)));
  run->file_ = TRY(disk.open(run->path_, Disk::Open::Read));
  char raw[kPageBytes];
  TRY(run->page(0, raw));
  ByteReader from(std::string_view(raw, kPayloadBytes));
  if (from.raw(kMagic.size()) != kMagic) {
    return corrupt(run->path_, "is no run of this version");
  }
  run->cover_first_ = from.u64();
  run->cover_last_ = from.u64();
  run->records_ = from.u64();
  std::uint64_t size_expected = from.u64();
  for (Section& section : run->sections_) {
    section.count = from.u64();
    section.first_page = from.u64();
    section.filter_offset = from.u64();
    section.filter_blocks = from.u64();
  }
  if (TRY(run->file_->size()) != size_expected) {
    return corrupt(run->path_, "has another length than it says");
  }
  run->budget_ = std::move(filter_budget);
  run->load_filters();
  return run;
}

void Run::load_filters() {
  std::int64_t wanted = 0;
  for (const Section& section : sections_) {
    wanted += static_cast<std::int64_t>(section.filter_blocks * kFilterBlock);
  }
  if (budget_ == nullptr || budget_->fetch_sub(wanted) < wanted) {
    if (budget_ != nullptr) {
      budget_->fetch_add(wanted);
    }
    return;
  }
  drawn_ = wanted;
  for (std::size_t kind = 0; kind < kKeyKinds; ++kind) {
    std::string filter(sections_[kind].filter_blocks * kFilterBlock, '\0');
    bool sound = file_->read(filter.data(), filter.size(), sections_[kind].filter_offset).has_value();
    for (std::size_t at = 0; sound && at < filter.size(); at += kFilterBlock) {
      sound = filter_sound(filter.data() + at);
    }
    if (sound) {
      filters_[kind] = std::move(filter);  // else it is read, and refused, block by block
    }
  }
}

Result<void> Run::page(std::uint64_t number, char* out) const {
  TRY(file_->read(out, kPageBytes, number * kPageBytes));
  std::uint32_t crc;
  std::memcpy(&crc, out + kPayloadBytes, 4);
  if (crc32c({out, kPayloadBytes}) != crc) {
    return corrupt(path_, "page " + std::to_string(number) + " does not verify");
  }
  return {};
}

Result<bool> Run::may_hold(const Section& section, std::size_t kind, std::uint64_t hash) const {
  if (section.count == 0) {
    return false;
  }
  std::uint64_t number = filter_block_of(hash, section.filter_blocks);
  if (!filters_[kind].empty()) {
    return filter_says(filters_[kind].data() + number * kFilterBlock, hash);
  }
  char block[kFilterBlock];
  TRY(file_->read(block, sizeof block, section.filter_offset + number * kFilterBlock));
  if (!filter_sound(block)) {
    return corrupt(path_, "filter block " + std::to_string(number) + " does not verify");
  }
  return filter_says(block, hash);
}

Result<std::uint64_t> Run::lower_bound(KeyKind kind, std::uint64_t hash, std::uint32_t rel) const {
  std::size_t k = static_cast<std::size_t>(kind);
  const Section& section = sections_[k];
  // Levels from the leaves up: pages and where each level starts.
  std::uint64_t starts[8], pages[8];
  int levels = 0;
  std::uint64_t start = section.first_page, n = pages_for(section.count, entries_a_page(k));
  for (;;) {
    starts[levels] = start;
    pages[levels] = n;
    ++levels;
    if (n <= 1 || levels == 8) {
      break;
    }
    start += n;
    n = pages_for(n, kFencesAPage);
  }
  char raw[kPageBytes];
  std::uint64_t child = 0;
  for (int level = levels - 1; level > 0; --level) {
    TRY(page(starts[level] + child, raw));
    std::uint64_t in_page = std::min<std::uint64_t>(kFencesAPage, pages[level - 1] - child * kFencesAPage);
    std::uint64_t low = 0, high = in_page;  // last fence that is not after (hash, rel)
    while (low + 1 < high) {
      std::uint64_t middle = (low + high) / 2;
      Entry fence = get_entry(raw + middle * kFenceBytes, 0);
      (before(Entry{hash, rel, 0}, fence) ? high : low) = middle;
    }
    child = child * kFencesAPage + low;
  }
  TRY(page(starts[0] + child, raw));
  std::uint64_t first = child * entries_a_page(k);
  std::uint64_t low = 0, high = std::min<std::uint64_t>(entries_a_page(k), section.count - first);
  while (low < high) {
    std::uint64_t middle = (low + high) / 2;
    if (before(get_entry(raw + middle * entry_bytes(k), k), Entry{hash, rel, 0})) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return first + low;
}

Result<void> Run::read_entries(KeyKind kind, std::uint64_t from, std::size_t n, std::vector<Entry>& out) const {
  std::size_t k = static_cast<std::size_t>(kind);
  const Section& section = sections_[k];
  char raw[kPageBytes];
  std::uint64_t end = std::min<std::uint64_t>(section.count, from + n);
  while (from < end) {
    std::uint64_t number = from / entries_a_page(k);
    TRY(page(section.first_page + number, raw));
    std::uint64_t page_end = std::min<std::uint64_t>(end, (number + 1) * entries_a_page(k));
    for (; from < page_end; ++from) {
      out.push_back(get_entry(raw + (from % entries_a_page(k)) * entry_bytes(k), k));
    }
  }
  return {};
}

Result<void> Run::collect(KeyKind kind, const EntryRange& range, bool newest, std::vector<Entry>& out) const {
  std::size_t k = static_cast<std::size_t>(kind);
  const Section& section = sections_[k];
  if (range.limit == 0 || range.from > range.to || !TRY(may_hold(section, k, range.hash))) {
    return {};
  }
  std::uint64_t begin = TRY(lower_bound(kind, range.hash, range.from));
  char raw[kPageBytes];
  std::uint64_t held = UINT64_MAX;
  std::size_t first = out.size();
  auto entry_at = [&](std::uint64_t i) -> Result<Entry> {
    std::uint64_t number = i / entries_a_page(k);
    if (number != held) {
      TRY(page(section.first_page + number, raw));
      held = number;
    }
    return get_entry(raw + (i % entries_a_page(k)) * entry_bytes(k), k);
  };
  auto wanted = [&](const Entry& entry) {
    return kind != KeyKind::Target ||
           (entry.created_ms >= range.created_from && entry.created_ms < range.created_until);
  };
  if (!newest) {
    for (std::uint64_t i = begin; i < section.count && out.size() - first < range.limit; ++i) {
      Entry entry = TRY(entry_at(i));
      if (entry.hash != range.hash || entry.rel > range.to) {
        break;
      }
      if (wanted(entry)) {
        out.push_back(entry);
      }
    }
    return {};
  }
  std::uint64_t end = section.count;
  if (range.to != UINT32_MAX) {
    end = TRY(lower_bound(kind, range.hash, range.to + 1));
  } else if (range.hash != UINT64_MAX) {
    end = TRY(lower_bound(kind, range.hash + 1, 0));
  }
  for (std::uint64_t i = end; i > begin && out.size() - first < range.limit; --i) {
    Entry entry = TRY(entry_at(i - 1));
    if (wanted(entry)) {
      out.push_back(entry);
    }
  }
  return {};
}

std::vector<std::string> Run::verify() const {
  std::vector<std::string> faults;
  char raw[kPageBytes];
  for (std::size_t k = 0; k < kKeyKinds; ++k) {
    const Section& section = sections_[k];
    if (section.count == 0) {
      continue;
    }
    std::uint64_t leaves = pages_for(section.count, entries_a_page(k));
    std::uint64_t all = leaves;
    for (std::uint64_t n = leaves; n > 1;) {
      n = pages_for(n, kFencesAPage);
      all += n;
    }
    Entry last{};
    for (std::uint64_t number = 0; number < all; ++number) {
      if (Result<void> read = page(section.first_page + number, raw); !read) {
        faults.push_back(read.error().message);
        continue;
      }
      if (number >= leaves) {
        continue;
      }
      std::uint64_t in_page = std::min<std::uint64_t>(entries_a_page(k), section.count - number * entries_a_page(k));
      for (std::uint64_t i = 0; i < in_page; ++i) {
        Entry entry = get_entry(raw + i * entry_bytes(k), k);
        if (before(entry, last)) {
          faults.push_back(path_.string() + ": page " + std::to_string(number) + " is not in order");
          break;
        }
        last = entry;
      }
    }
    for (std::uint64_t i = 0; i < section.filter_blocks; ++i) {
      char block[kFilterBlock];
      if (!file_->read(block, sizeof block, section.filter_offset + i * kFilterBlock) || !filter_sound(block)) {
        faults.push_back(path_.string() + ": filter block " + std::to_string(i) + " does not verify");
      }
    }
  }
  if (Result<void> read = page(0, raw); !read) {
    faults.push_back(read.error().message);
  }
  return faults;
}

RunWriter::RunWriter(Disk& disk, std::filesystem::path path, std::uint64_t cover_first, std::uint64_t cover_last,
                     std::uint64_t records)
    : disk_(disk),
      path_(std::move(path)),
      beside_(path_),
      cover_first_(cover_first),
      cover_last_(cover_last),
      records_(records) {
  beside_ += ".tmp";
}

Result<void> RunWriter::begin() {
  file_ = TRY(disk_.open(beside_, Disk::Open::Fresh));
  offset_ = buffered_at_ = kPageBytes;
  return {};
}

Result<void> RunWriter::put(std::string_view bytes) {
  buffer_.append(bytes);
  offset_ += bytes.size();
  if (buffer_.size() >= (1 << 20)) {
    TRY(file_->write(buffer_, buffered_at_));
    buffered_at_ = offset_;
    buffer_.clear();
  }
  return {};
}

Result<void> RunWriter::write_page() {
  page_.resize(kPayloadBytes, '\0');
  ByteWriter(page_).u32(crc32c(page_));
  TRY(put(page_));
  page_.clear();
  ++page_number_;
  return {};
}

Result<void> RunWriter::begin_section(KeyKind kind, std::uint64_t count) {
  TRY(end_section());
  kind_ = static_cast<std::size_t>(kind);
  open_section_ = true;
  fences_.clear();
  sections_[kind_].count = count;
  sections_[kind_].first_page = page_number_;
  sections_[kind_].filter_blocks = count == 0 ? 0 : pages_for(count * kBitsAKey, kFilterBits);
  filters_[kind_].assign(sections_[kind_].filter_blocks * kFilterBlock, '\0');
  return {};
}

Result<void> RunWriter::add(const Entry& entry) {
  if (page_.empty()) {
    fences_.emplace_back(entry.hash, entry.rel);
  }
  put_entry(page_, kind_, entry);
  char* block = filters_[kind_].data() + filter_block_of(entry.hash, sections_[kind_].filter_blocks) * kFilterBlock;
  each_probe(entry.hash,
             [&](std::size_t bit) { block[bit / 8] = static_cast<char>(block[bit / 8] | (1 << (bit % 8))); });
  return page_.size() + entry_bytes(kind_) > kPayloadBytes ? write_page() : Result<void>{};
}

Result<void> RunWriter::end_section() {
  if (!open_section_) {
    return {};
  }
  open_section_ = false;
  if (!page_.empty()) {
    TRY(write_page());
  }
  while (fences_.size() > 1) {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> above;
    for (std::size_t i = 0; i < fences_.size(); ++i) {
      if (i % kFencesAPage == 0) {
        if (i != 0) {
          TRY(write_page());
        }
        above.push_back(fences_[i]);
      }
      put_entry(page_, 0, Entry{fences_[i].first, fences_[i].second, 0});
    }
    TRY(write_page());
    fences_ = std::move(above);
  }
  std::string& filter = filters_[kind_];
  for (std::size_t at = 0; at < filter.size(); at += kFilterBlock) {
    std::uint32_t crc = crc32c({filter.data() + at, kFilterBlock - 4});
    std::memcpy(filter.data() + at + kFilterBlock - 4, &crc, 4);
  }
  return {};
}

Result<void> RunWriter::finish() {
  TRY(end_section());
  for (std::size_t k = 0; k < kKeyKinds; ++k) {
    sections_[k].filter_offset = offset_;
    TRY(put(filters_[k]));
  }
  TRY(file_->write(buffer_, buffered_at_));
  std::string header(kMagic);
  ByteWriter to(header);
  to.u64(cover_first_);
  to.u64(cover_last_);
  to.u64(records_);
  to.u64(offset_);
  for (const Run::Section& section : sections_) {
    to.u64(section.count);
    to.u64(section.first_page);
    to.u64(section.filter_offset);
    to.u64(section.filter_blocks);
  }
  header.resize(kPayloadBytes, '\0');
  to.u32(crc32c(header));
  TRY(file_->write(header, 0));
  TRY(file_->sync());
  file_.reset();
  TRY(disk_.rename(beside_, path_));
  return disk_.sync_folder(path_.parent_path());
}

Result<void> write_run(Disk& disk, const std::filesystem::path& path, const MemIndex& index) {
  RunWriter out(disk, path, index.cover_first(), index.cover_last(), index.records());
  TRY(out.begin());
  for (std::size_t k = 0; k < kKeyKinds; ++k) {
    std::vector<Entry> entries = index.sorted(static_cast<KeyKind>(k));
    TRY(out.begin_section(static_cast<KeyKind>(k), entries.size()));
    for (const Entry& entry : entries) {
      TRY(out.add(entry));
    }
  }
  return out.finish();
}

Result<void> merge_runs(Disk& disk, const std::filesystem::path& path, const std::vector<std::shared_ptr<Run>>& runs) {
  constexpr std::size_t kRead = 4096;
  std::uint64_t records = 0;
  for (const std::shared_ptr<Run>& run : runs) {
    records += run->records();
  }
  RunWriter out(disk, path, runs.front()->cover_first(), runs.back()->cover_last(), records);
  TRY(out.begin());
  struct Cursor {
    std::vector<Entry> entries;
    std::size_t at = 0;
    std::uint64_t next = 0;
  };
  for (std::size_t k = 0; k < kKeyKinds; ++k) {
    KeyKind kind = static_cast<KeyKind>(k);
    std::uint64_t count = 0;
    std::vector<Cursor> cursors(runs.size());
    for (const std::shared_ptr<Run>& run : runs) {
      count += run->count(kind);
    }
    TRY(out.begin_section(kind, count));
    for (std::uint64_t written = 0; written < count; ++written) {
      Cursor* least = nullptr;
      for (std::size_t i = 0; i < runs.size(); ++i) {
        Cursor& cursor = cursors[i];
        if (cursor.at == cursor.entries.size()) {
          cursor.entries.clear();
          cursor.at = 0;
          if (cursor.next < runs[i]->count(kind)) {
            TRY(runs[i]->read_entries(kind, cursor.next, kRead, cursor.entries));
            cursor.next += cursor.entries.size();
          }
        }
        if (cursor.at < cursor.entries.size() &&
            (least == nullptr || before(cursor.entries[cursor.at], least->entries[least->at]))) {
          least = &cursor;
        }
      }
      TRY(out.add(least->entries[least->at++]));
    }
  }
  return out.finish();
}

}  // namespace heed::store::recent
