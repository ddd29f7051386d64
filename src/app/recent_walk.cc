#include "app/recent_walk.h"

#include "casework/intake.h"

namespace heed::app {
namespace {

/// What a person decided on it; -1 nothing that stands.
Result<int> label_of(ledger::View& view, const access::Hasher& hasher, const post::StoredPost& post) {
  auto item = TRY(casework::newest_item(view, hasher.item("post", post.id)));
  auto decision = item && item->state == casework::ItemState::Decided
                      ? TRY(ledger::get<casework::DecisionRow>(view, item->decision))
                      : std::optional<casework::DecisionRow>{};
  if (!decision || !decision->staff || decision->reversed_seq != 0) {
    return -1;
  }
  return decision->outcome == casework::Outcome::Violation ? 1 : 0;
}

Result<RecentWalk::Slice> slice_of(Office& office, const post::ArrivalRange& range) {
  post::ArrivalSlice slice = TRY(TRY(office.posts())->by_arrival(range));
  RecentWalk::Slice out;
  out.next_after = slice.next_after;
  out.done = slice.done;
  out.damaged = slice.damaged;
  auto view = TRY(office.rooms().store().view());
  for (post::StoredPost& stored : slice.posts) {
    RecentWalk::Post& post = out.posts.emplace_back();
    post.arrival = stored.arrival;
    if (stored.change != post::StoredPost::Change::Delete && !stored.json.empty()) {
      post.label = TRY(label_of(*view, office.rooms().hasher(), stored));
      post.json = std::move(stored.json);
    }
  }
  return out;
}

Result<Output> give_slice(Office& office, const Arguments& arguments) {
  Output out;
  post::ArrivalRange range;
  const std::uint64_t newest = TRY(office.posts())->watermark();
  range.upto = std::min(newest, static_cast<std::uint64_t>(arguments.integer("--upto")));
  range.after = static_cast<std::uint64_t>(arguments.integer("--after"));
  range.since = from_ms(arguments.integer("--since"));
  out.fact("newest", "Newest", cell(newest));
  if (arguments.flag("--ask")) {
    return out;
  }
  const RecentWalk::Slice slice = TRY(slice_of(office, range));
  out.fact("next_after", "Next", cell(slice.next_after)).fact("done", "Done", slice.done);
  out.fact("damaged", "Damaged blocks", static_cast<std::int64_t>(slice.damaged));
  out.columns({{"arrival", "Arrival"}, {"label", "Label"}, {"post", "Post"}});
  for (const RecentWalk::Post& post : slice.posts) {
    out.row({cell(post.arrival), static_cast<std::int64_t>(post.label), post.json});
  }
  return out;
}

class WalkInFiles final : public RecentWalk {
 public:
  WalkInFiles(std::unique_ptr<Rooms> rooms, const Settings& settings, Options options)
      : rooms_(std::move(rooms)), settings_(settings), office_(*rooms_, settings_) {
    range_.after = options.after;
    range_.since = options.since;
  }
  Result<void> begin() {
    newest_ = TRY(office_.posts())->watermark();
    range_.upto = newest_;
    return {};
  }
  Result<Slice> next() override {
    Slice slice = TRY(slice_of(office_, range_));
    range_.after = slice.next_after;
    return slice;
  }

 private:
  std::unique_ptr<Rooms> rooms_;
  const Settings settings_;
  Office office_;
  post::ArrivalRange range_;
};

class WalkAtServer final : public RecentWalk {
 public:
  WalkAtServer(Places places, Options options) : places_(std::move(places)), options_(options) {}
  /// False when no server answers.
  Result<bool> begin() {
    auto answer = TRY(ask(/*only_ask=*/true));
    newest_ = answer ? static_cast<std::uint64_t>(answer->get_int("newest")) : 0;
    return answer.has_value();
  }
  Result<Slice> next() override {
    const auto answer = TRY(ask(/*only_ask=*/false));
    if (!answer) {
      return fail(Code::Unavailable, "the server has stopped meanwhile");
    }
    Slice out;
    const Json slice = *answer;
    slice["items"].each([&](Json row) {
      out.posts.push_back({static_cast<std::uint64_t>(row.get_int("arrival")), std::string(row.get_string("post")),
                           static_cast<int>(row.get_int("label"))});
    });
    out.next_after = static_cast<std::uint64_t>(slice.get_int("next_after"));
    out.damaged = static_cast<std::uint32_t>(slice.get_int("damaged"));
    out.done = slice.get_bool("done");
    options_.after = out.next_after;
    return out;
  }

 private:
  /// Of the answer until the next question.
  Result<std::optional<Json>> ask(bool only_ask) {
    Arguments arguments;
    arguments.set("--after", {std::to_string(options_.after)}, true);
    arguments.set("--upto", {std::to_string(newest_ == 0 ? INT64_MAX : static_cast<std::int64_t>(newest_))}, true);
    arguments.set("--since", {std::to_string(to_ms(options_.since))}, true);
    if (only_ask) {
      arguments.set("--ask", {"true"}, true);
    }
    auto answer = TRY(ask_office(places_, "posts slice", arguments));
    if (!answer) {
      return std::optional<Json>{};
    }
    text_ = std::move(answer->json);
    return std::optional<Json>(TRY(parser_.parse(text_)));
  }

  const Places places_;
  Options options_;
  std::string text_;
  JsonParser parser_;
};

}  // namespace

Result<std::unique_ptr<RecentWalk>> RecentWalk::open(const Settings& settings, const Clock& clock, Options options) {
  auto rooms = Rooms::open(settings, clock, /*create=*/false);
  if (rooms) {
    auto walk = std::make_unique<WalkInFiles>(*std::move(rooms), settings, options);
    TRY(walk->begin());
    return std::unique_ptr<RecentWalk>(std::move(walk));
  }
  if (rooms.error().code == Code::Conflict) {
    auto walk = std::make_unique<WalkAtServer>(TRY(app::places(settings)), options);
    if (TRY(walk->begin())) {
      return std::unique_ptr<RecentWalk>(std::move(walk));
    }
  }
  return tl::unexpected(rooms.error());
}

std::vector<OfficeTask> walk_tasks() {
  using Kind = Option::Kind;
  const auto number = [](std::string name, std::string fallback) {
    return Option{.name = std::move(name), .sentence = "", .kind = Kind::Int, .fallback = std::move(fallback)};
  };
  return {{.name = "posts slice",
           .sentence = "",
           .options = {number("--after", "0"),
                       number("--upto", "0"),
                       number("--since", "0"),
                       {.name = "--ask", .sentence = "", .kind = Kind::Flag}},
           .task = give_slice}};
}

}  // namespace heed::app
