#include "app/rooms.h"

#include "assess/assessor.h"
#include "base/log.h"

namespace heed::app {

Rooms::Rooms(Places places, ledger::KeyFolder keys, const Clock& clock)
    : places_(std::move(places)),
      keys_(std::move(keys)),
      clock_(clock),
      hasher_(keys_.secrets.person_hash, keys_.secrets.item_hash),
      aliases_(keys_.secrets.alias) {}

Result<std::unique_ptr<Rooms>> Rooms::open(const Settings& settings, const Clock& clock, bool create) {
  Places places = TRY(app::places(settings));
  if (!create && !std::filesystem::exists(places.data / "ledger.db")) {
    return fail(Code::NotFound, "there is no data folder " + places.data.string() +
                                    "; name it with --data or data.dir, or let `heed serve` make it");
  }
  // With the data there and the keys gone, fresh keys would only hide that nothing can be read any more.
  if (std::filesystem::exists(places.data / "ledger.db") && !std::filesystem::exists(places.keys)) {
    return fail(Code::NotFound, "the data folder " + places.data.string() + " is there but its keys folder " +
                                    places.keys.string() +
                                    " is not; name it with keys.dir or restore it from its backup");
  }
  std::error_code error;
  if (std::filesystem::create_directories(places.data, error)) {
    std::filesystem::permissions(places.data, std::filesystem::perms::owner_all,
                                 error);  // what lies there concerns nobody else
  }
  ledger::KeyFolder keys = TRY(ledger::open_key_folder(places.keys, places.master_key));
  std::unique_ptr<Rooms> rooms(new Rooms(places, keys, clock));

  store::SqliteOptions options;
  options.folder = places.data;
  options.tables = rooms->projector_.tables();
  for (const ledger::TableDef* table : casework::operational_tables()) {
    options.tables.push_back(table);
  }
  for (const ledger::TableDef* table : store::directory_tables()) {
    options.tables.push_back(table);
  }
  options.projector = &rooms->projector_;
  options.limits.queue_max = static_cast<std::size_t>(settings.integer("store.queue_max"));
  options.writer_cache_bytes = settings.integer("store.writer_cache_bytes");
  options.reader_cache_bytes = settings.integer("store.reader_cache_bytes");
  rooms->store_ = TRY(store::open_sqlite_store(std::move(options)));
  rooms->ring_ = TRY(ledger::open_key_ring(places.keys / "keys.db", keys.master, places.data / kKeyMark));
  rooms->directory_ = std::make_unique<store::DirectoryStore>(*rooms->store_);
  rooms->accounts_ = std::make_unique<store::Accounts>(*rooms->store_, *rooms->ring_, clock);
  rooms->access_log_ = std::make_unique<store::AccessLog>(*rooms->store_, clock);
  access::Authenticator::Rules door;
  if (const std::vector<std::string> roles = settings.list("staff.second_factor_roles"); !roles.empty()) {
    auto parsed = access::parse_roles(roles);
    if (!parsed) {
      return fail(Code::InvalidInput, "staff.second_factor_roles: " + parsed.error().message);
    }
    door.second_factor_roles = *parsed;
  }
  rooms->authenticator_ = std::make_unique<access::Authenticator>(*rooms->directory_, keys.secrets.token, clock, door);
  if (auto anchor = read_anchor(places.anchor(), {reinterpret_cast<const char*>(keys.secrets.signing.public_key.data()),
                                                  keys.secrets.signing.public_key.size()});
      anchor && *anchor) {
    rooms->noted_.with([&](Anchor& noted) { noted = **anchor; });
  }
  return rooms;
}

Rooms::~Rooms() = default;

Result<void> Rooms::note_head() {
  Anchor now{.at = clock_.now()};
  {
    auto view = TRY(store_->view());
    now.head = TRY(view->head());
  }
  now.access = TRY(access_log_->head());
  return noted_.with([&](Anchor& noted) -> Result<void> {
    // Never backwards: an anchor that is ahead of the ledger is how a lost tail is noticed.
    bool moved = now.head.commit > noted.head.commit || now.access.seq > noted.access.seq;
    if (!moved || now.head.commit < noted.head.commit || now.access.seq < noted.access.seq) {
      return {};
    }
    TRY(write_anchor(places_.anchor(), now, keys_.secrets.signing));
    noted = now;
    return {};
  });
}

Result<std::unique_ptr<store::recent::HourPosts>> open_posts(Rooms& rooms, const Settings& settings, Metrics* metrics) {
  store::recent::HourPostsOptions options = store::recent::options_from(settings);
  options.data_folder = rooms.places().data;
  options.keys_folder = rooms.places().keys;
  options.kek = rooms.master();
  options.metrics = metrics;
  return store::recent::HourPosts::open(std::move(options));
}

}  // namespace heed::app
