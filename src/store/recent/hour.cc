#include "store/recent/hour.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/recent/checksum.h"

namespace heed::store::recent {
namespace {

constexpr std::string_view kLogMagic = "HEEDLOG1";
constexpr std::string_view kClosedMagic = "HEEDHRS1";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kClosedHeaderBytes = 128;
constexpr std::size_t kPlaceBytes = 20;

std::uint64_t raw_ms(Time time) { return static_cast<std::uint64_t>(to_ms(time)); }
Time time_of(std::uint64_t v) { return from_ms(static_cast<std::int64_t>(v)); }

Result<ClosedHour> parse_closed(std::string_view raw) {
  ByteReader from(raw);
  ClosedHour out;
  if (raw.size() < kClosedHeaderBytes || from.raw(kClosedMagic.size()) != kClosedMagic ||
      from.u32() != crc32c(raw.substr(kClosedMagic.size() + 4, kClosedHeaderBytes - kClosedMagic.size() - 4))) {
    return fail(Code::Corrupt, "the file blocks does not verify");
  }
  out.places = from.u64();
  out.log_end = from.u64();
  out.next_serial = from.u32();
  out.facts.base = from.u64();
  out.facts.last = from.u64();
  out.facts.first_at = time_of(from.u64());
  out.facts.last_at = time_of(from.u64());
  out.facts.min_created = time_of(from.u64());
  out.facts.max_created = time_of(from.u64());
  return out;
}

}  // namespace

std::string hour_name(std::int64_t hour) { return format_time(hour_start(hour)).substr(0, 13); }

std::optional<std::int64_t> parse_hour_name(std::string_view name) {
  Result<Time> start = parse_time(std::string(name) + ":00:00Z");
  if (name.size() != 13 || !start || hour_name(hour_of(*start)) != name) {
    return std::nullopt;
  }
  return hour_of(*start);
}

void HourFacts::add(std::uint64_t first, std::uint64_t newest, Time first_at_, Time last_at_, Time min_created_,
                    Time max_created_) {
  if (empty()) {
    base = first;
  }
  last = std::max(last, newest);
  first_at = std::min(first_at, first_at_);
  last_at = std::max(last_at, last_at_);
  min_created = std::min(min_created, min_created_);
  max_created = std::max(max_created, max_created_);
}

std::uint64_t Hour::next_cover() const {
  if (mem != nullptr) {
    return mem->cover_last() + 1;
  }
  if (!frozen.empty()) {
    return frozen.back()->cover_last() + 1;
  }
  return runs->empty() ? facts.base : runs->back()->cover_last() + 1;
}

std::string new_log_header(std::int64_t hour) {
  std::string out(kLogMagic);
  ByteWriter to(out);
  to.u32(kVersion);
  to.u64(static_cast<std::uint64_t>(hour));
  char random[16];
  random_bytes(random, sizeof random);
  to.append({random, sizeof random});
  out.resize(kLogHeaderBytes - 4, '\0');
  to.u32(crc32c(out));
  return out;
}

Result<void> check_log_header(std::string_view raw, std::int64_t hour) {
  ByteReader from(raw);
  if (raw.size() != kLogHeaderBytes || from.raw(kLogMagic.size()) != kLogMagic) {
    return fail(Code::Corrupt, "the log does not begin as one");
  }
  if (from.u32() > kVersion) {
    return fail(Code::Conflict, "the posts of " + hour_name(hour) + " were written by a newer release; start that one");
  }
  std::uint64_t number = from.u64();
  ByteReader crc(raw.substr(kLogHeaderBytes - 4));
  if (crc.u32() != crc32c(raw.substr(0, kLogHeaderBytes - 4)) || static_cast<std::int64_t>(number) != hour) {
    return fail(Code::Corrupt, "the log's header does not verify");
  }
  return {};
}

Result<void> write_closed(Disk& disk, const std::filesystem::path& folder, const ClosedHour& closed,
                          const std::vector<Place>& table_of) {
  std::string fields;
  ByteWriter to(fields);
  to.u64(table_of.size());
  to.u64(closed.log_end);
  to.u32(closed.next_serial);
  to.u64(closed.facts.base);
  to.u64(closed.facts.last);
  for (Time time : {closed.facts.first_at, closed.facts.last_at, closed.facts.min_created, closed.facts.max_created}) {
    to.u64(raw_ms(time));
  }
  fields.resize(kClosedHeaderBytes - kClosedMagic.size() - 4, '\0');
  std::string out(kClosedMagic);
  ByteWriter(out).u32(crc32c(fields));
  out += fields;
  std::string table;
  ByteWriter places(table);
  for (const Place& place : table_of) {
    places.u32(place.first_rel);
    places.u32(place.records);
    places.u32(place.serial);
    places.u64(place.offset);
  }
  places.u32(crc32c(table));
  out += table;
  return replace_whole(disk, folder / "blocks", out);
}

Result<ClosedHour> read_closed(Disk& disk, const std::filesystem::path& folder) {
  std::unique_ptr<File> file = TRY(disk.open(folder / "blocks", Disk::Open::Read));
  std::string raw(kClosedHeaderBytes, '\0');
  TRY(file->read(raw.data(), raw.size(), 0));
  return parse_closed(raw);
}

Result<std::vector<Place>> read_places(Disk& disk, const std::filesystem::path& folder) {
  std::string raw = TRY(read_whole(disk, folder / "blocks"));
  ClosedHour closed = TRY(parse_closed(raw));
  std::string_view table = std::string_view(raw).substr(kClosedHeaderBytes);
  if (table.size() != closed.places * kPlaceBytes + 4) {
    return fail(Code::Corrupt, (folder / "blocks").string() + " has another length than it says");
  }
  ByteReader from(table);
  std::vector<Place> out(closed.places);
  for (Place& place : out) {
    place.first_rel = from.u32();
    place.records = from.u32();
    place.serial = from.u32();
    place.offset = from.u64();
  }
  if (from.u32() != crc32c(table.substr(0, table.size() - 4))) {
    return fail(Code::Corrupt, (folder / "blocks").string() +
                                   " does not verify; stop, remove it, start: it is rebuilt from the hour's log");
  }
  return out;
}

}  // namespace heed::store::recent
