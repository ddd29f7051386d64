#include <pwd.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "app/house.h"
#include "app/version.h"
#include "assess/shipped_classifier.h"
#include "base/file.h"

/// Reading a policy pack: for judging, and as the files that its authors know.
namespace heed::app {
namespace {

/// The lists of a policy folder, by name, or its rules, by file.
Result<assess::Files> files_of(const std::string& folder, std::string_view part, std::string_view ending) {
  namespace fs = std::filesystem;
  assess::Files files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(folder) / part, error)) {
    if (entry.path().extension() == ending) {
      std::string text = TRY(read_file(entry.path()));
      files.emplace_back(
          part == "lists" ? entry.path().stem().string() : std::string(part) + "/" + entry.path().filename().string(),
          std::move(text));
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string last_writer(const std::string& folder) {
  struct stat newest {};
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    struct stat one {};
    if (entry.is_regular_file(error) && ::stat(entry.path().c_str(), &one) == 0 && one.st_mtime >= newest.st_mtime) {
      newest = one;
    }
  }
  passwd entry{};
  passwd* found = nullptr;
  char room[4096];
  const bool known = ::getpwuid_r(newest.st_uid, &entry, room, sizeof room, &found) == 0 && found != nullptr;
  return known ? std::string(entry.pw_name) : "uid " + std::to_string(newest.st_uid);
}

}  // namespace

Result<LoadedPolicy> load_policy_pack(const Settings& settings) {
  return load_policy_pack(settings.text("policy.dir"), assess::second_look_of(settings.text("assess.second_look")));
}

Result<LoadedPolicy> load_policy_pack(const std::string& folder, assess::SecondLook second) {
  // What folding and judging stand on is made meanwhile: it does not depend on the pack.
  const auto tables = std::async(std::launch::async, assess::make_tables);
  LoadedPolicy out;
  if (folder.empty()) {
    out.policy = policy::default_policy();
    out.assessor = assess::Assessor::make_default(out.policy, second);
    return out;
  }
  out.policy = TRY(policy::load_policy(folder));
  const assess::Files lists = TRY(files_of(folder, "lists", ".tsv")), rules = TRY(files_of(folder, "rules", ".yaml"));
  out.assessor = TRY(assess::Assessor::make(out.policy, lists, rules, second));
  return out;
}

Result<api::PackFiles> pack_files(const std::string& folder) {
  if (folder.empty()) {
    return api::builtin_pack_files(policy::default_policy());
  }
  api::PackFiles out;
  out.policy = TRY(policy::load_policy(folder));
  out.lists = TRY(files_of(folder, "lists", ".tsv"));
  out.rules = TRY(files_of(folder, "rules", ".yaml"));
  out.scenarios = TRY(files_of(folder, "scenarios", ".scn"));
  for (const std::string_view part : {"", "clauses", "notices", "disclosure"}) {
    for (auto& [name, text] : TRY(files_of(folder, part, ".yaml"))) {
      out.clauses.emplace_back(part.empty() ? name.substr(1) : std::move(name), std::move(text));
    }
  }
  return out;
}

Result<bool> keep_pack_version(const std::string& folder, api::PackVersions& versions, Time now) {
  const api::PackFiles files = TRY(pack_files(folder));
  return versions.keep(files, folder.empty() ? "Heed " + std::string(kVersion) : last_writer(folder), now);
}

}  // namespace heed::app
