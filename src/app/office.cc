#include "app/office.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>

#include "app/recent_walk.h"
#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "base/thread_name.h"
#include "policy/policy.h"

namespace heed::app {
namespace {

constexpr std::size_t kLineMax = 1 << 20;
constexpr std::size_t kAnswerMax = 1 << 30;  // a case of a whole pile, exported

std::vector<OfficeTask> all_tasks() {
  std::vector<OfficeTask> all;
  for (auto part :
       {key_tasks(), user_tasks(), case_tasks(), ledger_tasks(), backup_tasks(), rule_tasks(), walk_tasks()}) {
    all.insert(all.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  }
  return all;
}

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.native().size() >= sizeof address.sun_path) {
    return fail(Code::InvalidInput, path.string() + ": the path of a socket may have at most 107 bytes");
  }
  std::copy(path.native().begin(), path.native().end(), address.sun_path);
  return address;
}

Result<std::string> read_line(int fd, std::size_t most = kLineMax) {
  std::string line;
  char buffer[65536];
  while (line.empty() || line.back() != '\n') {  // nothing follows a line
    ssize_t n = ::recv(fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0 || line.size() > most) {
      return fail(Code::Unavailable, "the connection ended before the line did");
    }
    line.append(buffer, static_cast<std::size_t>(n));
  }
  line.resize(line.find('\n'));
  return line;
}

Result<void> send_line(int fd, std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    ssize_t n = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n <= 0) {
      return fail(Code::Unavailable, "the connection ended");
    }
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

std::string answer_line(const Result<Output>& output) {
  JsonWriter out;
  out.begin_object();
  if (!output) {
    out.field("error", output.error().message).field("usage", output.error().code == Code::InvalidInput);
  } else {
    out.field("exit", output->exit).field("text", output->text()).field("json", output->json());
    out.key("notes").begin_array();
    for (const std::string& note : output->notes()) {
      out.value(note);
    }
    out.end_array();
  }
  out.end_object();
  return out.take();
}

}  // namespace

Result<std::optional<OfficeAnswer>> ask_office(const Places& places, std::string_view task,
                                               const Arguments& arguments) {
  sockaddr_un address = TRY(address_of(places.admin()));
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return std::optional<OfficeAnswer>();
  }
  JsonWriter out;
  out.begin_object().field("task", task).key("arguments").raw(arguments.json()).end_object();
  TRY(send_line(fd.get(), out.take()));
  std::string line = TRY(read_line(fd.get(), kAnswerMax));
  JsonParser parser;
  Json answer = TRY(parser.parse(line));
  if (auto error = answer["error"].string()) {
    return fail(answer.get_bool("usage") ? Code::InvalidInput : Code::Internal, std::string(*error));
  }
  OfficeAnswer given{static_cast<int>(answer.get_int("exit")), std::string(answer.get_string("text")),
                     std::string(answer.get_string("json"))};
  answer["notes"].each([&](Json note) { given.notes.emplace_back(note.string().value_or("")); });
  return std::optional(std::move(given));
}

namespace {

int run(const OfficeTask& task, Arguments arguments) {
  // Passwords come through standard input, so that neither the process list nor a shell's history has them.
  if (arguments.flag("--password-stdin")) {
    std::string password;
    int c = 0;
    while ((c = std::getchar()) != EOF && c != '\n') {
      password += static_cast<char>(c);
    }
    if (password.ends_with('\r')) {
      password.pop_back();
    }
    arguments.set("password", {password}, true);
  }
  auto settings = load_settings(arguments);
  if (!settings) {
    return complain(settings.error());
  }
  const SystemClock clock;
  auto rooms = Rooms::open(*settings, clock, task.creates);
  if (rooms) {
    Office office(**rooms, *settings);
    auto output = task.task(office, arguments);
    if (auto noted = (*rooms)->note_head(); !noted) {
      return complain(noted.error());
    }
    return print(output, arguments);
  }
  if (rooms.error().code == Code::Conflict) {
    auto where = places(*settings);
    auto answer = ask_office(*where, task.name, arguments);
    if (!answer) {
      return complain(answer.error());
    }
    if (*answer) {
      const std::string& text = arguments.flag("--json") ? (*answer)->json : (*answer)->text;
      std::fwrite(text.data(), 1, text.size(), stdout);
      std::fflush(stdout);
      for (const std::string& note : (*answer)->notes) {
        std::fprintf(stderr, "%s\n", note.c_str());
      }
      return (*answer)->exit;
    }
  }
  return complain(rooms.error());
}

}  // namespace

Office::Office(Rooms& rooms, const Settings& settings, store::recent::HourPosts* posts)
    : rooms_(rooms),
      settings_(settings),
      posts_(posts),
      serving_(posts != nullptr),
      watched_(!serving_ && ::isatty(STDERR_FILENO) != 0) {
  environment_.policy = std::make_shared<const policy::Policy>();  // no task of the office reads a clause
  environment_.keys = &rooms.ring();
  environment_.hasher = &rooms.hasher();
  environment_.ids = &ids_;
}

Result<store::recent::HourPosts*> Office::posts() {
  if (posts_ == nullptr) {
    own_posts_ = TRY(open_posts(rooms_, settings_, nullptr));
    posts_ = own_posts_.get();
  }
  return posts_;
}

void Office::progress(std::string_view step, std::uint64_t done, std::uint64_t total) {
  if (watched_) {
    std::fprintf(stderr, "\r\033[K%.*s %llu of %llu%s", static_cast<int>(step.size()), step.data(),
                 static_cast<unsigned long long>(done), static_cast<unsigned long long>(total),
                 done >= total ? "\r\033[K" : "");
  }
}

Result<void> Office::command(Function<Result<void>(casework::Context&)> f) {
  TRY(ledger::execute_and_wait(rooms_.store(), [&](ledger::Tx& tx) -> Result<void> {
    casework::Context context(tx, environment_, now());
    TRY(f(context));
    return context.finish();
  }));
  return {};
}

Command office_command(std::string name, std::string sentence, const std::vector<OfficeTask>& tasks) {
  Command command{.name = std::move(name), .sentence = std::move(sentence)};
  for (OfficeTask task : tasks) {
    task.options = with_settings(std::move(task.options));
    task.options.push_back(json_option());
    command.commands.push_back({.name = task.name.substr(task.name.find(' ') + 1),
                                .sentence = task.sentence,
                                .options = task.options,
                                .run = [task](const Arguments& arguments) { return run(task, arguments); }});
  }
  return command;
}

// --- the server's side ------------------------------------------------------------------------------------

Result<std::unique_ptr<Doorkeeper>> Doorkeeper::open(Rooms& rooms, const Settings& settings,
                                                     store::recent::HourPosts& posts) {
  const std::filesystem::path path = rooms.places().admin();
  sockaddr_un address = TRY(address_of(path));
  Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ::unlink(path.c_str());  // ours: the folder is locked
  mode_t before = ::umask(0177);
  int bound = ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::umask(before);
  if (!fd || bound != 0 || ::listen(fd.get(), 16) != 0) {
    return io_error("listening on", path, errno);
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return io_error("making a pipe for", path, errno);
  }
  return std::unique_ptr<Doorkeeper>(new Doorkeeper(rooms, settings, posts, std::move(fd), Fd(ends[0]), Fd(ends[1])));
}

Doorkeeper::Doorkeeper(Rooms& rooms, const Settings& settings, store::recent::HourPosts& posts, Fd listening, Fd wake,
                       Fd wake_write)
    : settings_(settings),
      office_(rooms, settings_, &posts),
      path_(rooms.places().admin()),
      listening_(std::move(listening)),
      wake_(std::move(wake)),
      wake_write_(std::move(wake_write)),
      thread_([this] {
        name_thread("office");
        loop();
      }) {}

Doorkeeper::~Doorkeeper() {
  (void)!::write(wake_write_.get(), "x", 1);
  thread_.join();
  ::unlink(path_.c_str());
}

void Doorkeeper::loop() {
  for (;;) {
    pollfd waiting[2] = {{listening_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) {
      return;
    }
    if (waiting[1].revents != 0) {
      return;
    }
    Fd peer(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer) {
      serve(peer.get());
    }
  }
}

void Doorkeeper::serve(int fd) {
  ucred who{};
  socklen_t size = sizeof who;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0 || (who.uid != ::geteuid() && who.uid != 0)) {
    return;
  }
  timeval patience{10, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  auto output = [&]() -> Result<Output> {
    std::string line = TRY(read_line(fd));
    JsonParser parser;
    Json request = TRY(parser.parse(line));
    std::string name(request.get_string("task"));
    for (OfficeTask& task : all_tasks()) {
      if (task.name == name) {
        task.options.push_back({.name = "password", .sentence = ""});
        task.options.push_back(json_option());
        Arguments arguments = TRY(Arguments::from_json(request["arguments"].dump(), task.options));
        log::info("office_task", {{"task", log::safe(task.name)}});
        return task.task(office_, arguments);
      }
    }
    return fail(Code::InvalidInput, "the running server is of another release and knows no task of this name");
  }();
  (void)send_line(fd, answer_line(output));
}

}  // namespace heed::app
