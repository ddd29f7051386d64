#include "api/pack_versions.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/file.h"
#include "base/json.h"

namespace heed::api {
namespace {

constexpr int kDigits = 8;

std::vector<PackVersions::Change> changes_between(
    const std::map<std::pair<std::string, std::string>, std::string>& was,
    const std::map<std::pair<std::string, std::string>, std::string>& is) {
  std::vector<PackVersions::Change> out;
  for (const auto& [file, digest] : is) {
    const auto before = was.find(file);
    if (before == was.end() || before->second != digest) {
      out.push_back({file.first, file.second, before == was.end() ? "added" : "changed"});
    }
  }
  for (const auto& [file, digest] : was) {
    if (!is.contains(file)) {
      out.push_back({file.first, file.second, "removed"});
    }
  }
  return out;
}

}  // namespace

std::filesystem::path PackVersions::path_of(int number) const {
  std::string digits = std::to_string(number);
  digits.insert(0, kDigits - std::min<std::size_t>(kDigits, digits.size()), '0');
  return folder_ / (digits + ".json");
}

Result<std::vector<int>> PackVersions::numbers() const {
  std::vector<int> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const std::string name = entry.path().stem().string();
    if (entry.path().extension() == ".json" && name.size() == kDigits &&
        name.find_first_not_of("0123456789") == std::string::npos) {
      out.push_back(std::stoi(name));
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<PackVersions::Kept> PackVersions::read(int number) const {
  const std::string text = TRY(read_file(path_of(number)));
  JsonParser parser(8);
  const Json in = TRY(parser.parse(text));
  Kept out;
  out.version.number = number;
  out.version.at = TRY(parse_time(in.get_string("at")));
  out.version.by = in.get_string("by");
  out.version.id = in.get_string("id");
  out.version.version = in.get_string("version");
  in["files"].each([&](Json file) {
    out.files.push_back({std::string(file.get_string("kind")), std::string(file.get_string("name")),
                         std::string(file.get_string("sha256"))});
  });
  in["changes"].each([&](Json change) {
    out.version.changes.push_back({std::string(change.get_string("kind")), std::string(change.get_string("name")),
                                   std::string(change.get_string("what"))});
  });
  return out;
}

Result<void> PackVersions::write(const Kept& kept) const {
  JsonWriter out;
  out.begin_object().field("at", format_time(kept.version.at)).field("by", kept.version.by);
  out.field("id", kept.version.id).field("version", kept.version.version).key("changes").begin_array();
  for (const Change& one : kept.version.changes) {
    out.begin_object().field("kind", one.kind).field("name", one.name).field("what", one.what).end_object();
  }
  out.end_array().key("files").begin_array();
  for (const File& one : kept.files) {
    out.begin_object().field("kind", one.kind).field("name", one.name).field("sha256", one.sha256).end_object();
  }
  out.end_array().end_object();
  return write_file_atomically(path_of(kept.version.number), out.take());
}

Result<void> PackVersions::forget(int upto) const {
  std::set<std::string> needed;
  for (const int number : TRY(numbers())) {
    if (number <= upto) {
      std::filesystem::remove(path_of(number));
      continue;
    }
    for (const File& file : TRY(read(number)).files) {
      needed.insert(file.sha256);
    }
  }
  std::error_code error;
  std::vector<std::filesystem::path> unneeded;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "texts", error)) {
    if (!needed.contains(entry.path().filename().string())) {
      unneeded.push_back(entry.path());
    }
  }
  for (const auto& path : unneeded) {
    std::filesystem::remove(path, error);
  }
  return {};
}

Result<bool> PackVersions::keep(const PackFiles& pack, std::string_view by, Time at) {
  std::lock_guard lock(mutex_);
  using Digests = std::map<std::pair<std::string, std::string>, std::string>;
  Digests is, was;
  std::map<std::string, std::string_view> texts;
  for (const PackKind& kind : kinds_of(pack)) {
    for (const auto& [name, text] : kind.files) {
      const std::string digest = to_hex(view(sha256(text)));
      texts.emplace(digest, text);
      is[{std::string(kind.name), name}] = digest;
    }
  }
  Kept next;
  next.version.number = 1;
  const std::vector<int> known = TRY(numbers());
  if (!known.empty()) {
    for (File& file : TRY(read(known.back())).files) {
      was[{std::move(file.kind), std::move(file.name)}] = std::move(file.sha256);
    }
    next.version.changes = changes_between(was, is);
    if (next.version.changes.empty()) {
      return false;
    }
    next.version.number = known.back() + 1;
  }
  next.version.at = at;
  next.version.by = by;
  next.version.id = pack.policy->id;
  next.version.version = pack.policy->version;
  for (const auto& [file, digest] : is) {
    next.files.push_back({file.first, file.second, digest});
  }
  std::error_code error;
  std::filesystem::create_directories(folder_ / "texts", error);
  if (error) {
    return io_error("cannot make the folder of the pack's versions", folder_, error.value());
  }
  for (const auto& [digest, text] : texts) {
    if (!std::filesystem::exists(folder_ / "texts" / digest, error)) {
      TRY(write_file_atomically(folder_ / "texts" / digest, text));
    }
  }
  TRY(write(next));
  if (known.size() >= kKeptMax) {
    TRY(forget(known[known.size() - kKeptMax]));
  }
  return true;
}

Result<std::vector<PackVersions::Version>> PackVersions::list() const {
  std::lock_guard lock(mutex_);
  std::vector<Version> out;
  for (const int number : TRY(numbers())) {
    out.push_back(TRY(read(number)).version);
  }
  std::reverse(out.begin(), out.end());
  return out;
}

Result<PackVersions::Texts> PackVersions::texts(int number, std::string_view kind, std::string_view name) const {
  std::lock_guard lock(mutex_);
  const std::vector<int> known = TRY(numbers());
  const auto at = std::find(known.begin(), known.end(), number);
  if (at == known.end()) {
    return fail(Code::NotFound, "this version of the pack is not kept");
  }
  auto text_in = [&](int in) -> Result<std::optional<std::string>> {
    for (const File& file : TRY(read(in)).files) {
      if (file.kind == kind && file.name == name) {
        return std::optional(TRY(read_file(folder_ / "texts" / file.sha256)));
      }
    }
    return std::nullopt;
  };
  Texts out;
  out.after = TRY(text_in(number));
  if (at != known.begin()) {
    out.before = TRY(text_in(*std::prev(at)));
  }
  if (!out.before && !out.after) {
    return fail(Code::NotFound, "there is no such file in this version of the pack");
  }
  return out;
}

}  // namespace heed::api
