#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "app/output.h"
#include "app/rooms.h"
#include "base/file.h"
#include "casework/context.h"
#include "store/recent/hour_posts.h"

/// What an operator does on the machine itself: keys, users, holds. The same functions run in the command's own process
/// when the data folder is free, and in the server when it is not.
namespace heed::app {

/// Where such a function works. One at a time.
class Office {
 public:
  /// `posts` are the server's; without them a task that needs them opens them itself (open_posts).
  explicit Office(Rooms& rooms, const Settings& settings, store::recent::HourPosts* posts = nullptr);
  Rooms& rooms() { return rooms_; }
  const Settings& settings() const { return settings_; }
  bool serving() const { return serving_; }
  Result<store::recent::HourPosts*> posts();
  /// Says how far a long task has come, where a person looks on; in the server nobody does.
  void progress(std::string_view step, std::uint64_t done, std::uint64_t total);
  Time now() const { return rooms_.clock().now(); }
  /// Runs `f` as one command and waits until it is durable.
  Result<void> command(Function<Result<void>(casework::Context&)> f);

 private:
  Rooms& rooms_;
  const Settings& settings_;
  store::recent::HourPosts* posts_;
  std::unique_ptr<store::recent::HourPosts> own_posts_;
  const bool serving_;
  bool watched_ = false;
  IdSource ids_;
  casework::Environment environment_;
};

using Task = Result<Output> (*)(Office&, const Arguments&);

/// A task of the office, by the words that call it: "key create". Registered in office.cc.
struct OfficeTask {
  std::string name, sentence;
  std::vector<Option> options;
  Task task;
  bool creates = false;  ///< makes the data folder when there is none
};
std::vector<OfficeTask> key_tasks();
std::vector<OfficeTask> user_tasks();
std::vector<OfficeTask> case_tasks();
std::vector<OfficeTask> ledger_tasks();
std::vector<OfficeTask> backup_tasks();
std::vector<OfficeTask> rule_tasks();

/// What a running server answered to a task.
struct OfficeAnswer {
  int exit = 0;
  std::string text, json;
  std::vector<std::string> notes = {};
};
/// Nothing when no server listens there.
Result<std::optional<OfficeAnswer>> ask_office(const Places& places, std::string_view task, const Arguments& arguments);

/// A command with one sub-command a task. What is piped in (--password-stdin) is read by the command's own process.
Command office_command(std::string name, std::string sentence, const std::vector<OfficeTask>& tasks);

/// The server's side: a Unix socket in the data folder, for the user who runs the server (and root). A request is one
/// line {"task","arguments"}, the answer one line {"exit","text","json","notes"} or {"error","usage"}. One at a time;
/// each has ten seconds to say what it wants.
class Doorkeeper {
 public:
  static Result<std::unique_ptr<Doorkeeper>> open(Rooms& rooms, const Settings& settings,
                                                  store::recent::HourPosts& posts);
  ~Doorkeeper();

 private:
  Doorkeeper(Rooms& rooms, const Settings& settings, store::recent::HourPosts& posts, Fd listening, Fd wake,
             Fd wake_write);
  void loop();
  void serve(int fd);

  const Settings settings_;
  Office office_;
  const std::filesystem::path path_;
  const Fd listening_, wake_, wake_write_;
  std::thread thread_;
};

}  // namespace heed::app
