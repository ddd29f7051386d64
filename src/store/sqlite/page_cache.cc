#include "store/sqlite/page_cache.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace heed::store {
namespace {

constexpr unsigned kChunkBits = 10;
constexpr unsigned kChunkPages = 1u << kChunkBits;

struct Page {
  sqlite3_pcache_page shown;  // first: SQLite hands this back
  unsigned key;
  unsigned place;  // in all_
  bool pinned, used;
};

/// The pages of one connection. SQLite uses it from one thread at a time.
class Cache {
 public:
  Cache(int page_bytes, int extra_bytes, bool purgeable)
      : page_bytes_(static_cast<std::size_t>(page_bytes)),
        extra_bytes_(static_cast<std::size_t>(extra_bytes)),
        purgeable_(purgeable) {}
  ~Cache() {
    for (Page* page : all_) {
      std::free(page->shown.pBuf);
    }
    shrink();
  }
  void set_size(int pages) {
    most_ = static_cast<std::size_t>(std::max(pages, 1));
    while (purgeable_ && all_.size() > most_ && evict() != nullptr) {
    }
    shrink();
  }
  int count() const { return static_cast<int>(all_.size()); }

  Page* fetch(unsigned key, int create) {
    Page* page = find(key);
    if (page == nullptr && create != 0) {
      page = make(key, create);
    }
    if (page != nullptr) {
      pinned_ += page->pinned ? 0 : 1;
      page->pinned = page->used = true;
    }
    return page;
  }
  void unpin(Page* page, bool discard) {
    pinned_ -= page->pinned ? 1 : 0;
    page->pinned = false;
    if (discard || (purgeable_ && all_.size() > most_)) {
      drop(page);
    }
  }
  void rekey(Page* page, unsigned to) {
    if (Page* other = find(to)) {
      drop(other);
    }
    place(page->key, nullptr);
    page->key = to;
    place(to, page);
  }
  void truncate(unsigned limit) {
    for (std::size_t c = limit >> kChunkBits; c < chunks_.size(); ++c) {
      for (unsigned i = 0; c < chunks_.size() && chunks_[c] && i < kChunkPages; ++i) {
        Page* page = chunks_[c]->pages[i];
        if (page != nullptr && page->key >= limit) {
          drop(page);
        }
      }
    }
  }
  void shrink() {
    for (Page* page : spare_) {
      std::free(page->shown.pBuf);
    }
    spare_.clear();
  }

 private:
  struct Chunk {
    std::array<Page*, kChunkPages> pages{};
    unsigned held = 0;
  };

  Page* find(unsigned key) const {
    const std::size_t c = key >> kChunkBits;
    return c < chunks_.size() && chunks_[c] ? chunks_[c]->pages[key & (kChunkPages - 1)] : nullptr;
  }
  void place(unsigned key, Page* page) {
    const std::size_t c = key >> kChunkBits;
    if (c >= chunks_.size()) {
      chunks_.resize(c + 1);
    }
    if (!chunks_[c]) {
      chunks_[c] = std::make_unique<Chunk>();
    }
    Chunk& chunk = *chunks_[c];
    chunk.pages[key & (kChunkPages - 1)] = page;
    chunk.held += page != nullptr ? 1 : -1u;
    if (chunk.held == 0) {
      chunks_[c].reset();
      while (!chunks_.empty() && !chunks_.back()) {
        chunks_.pop_back();
      }
    }
  }
  Page* make(unsigned key, int create) {
    // 1 asks to refuse when it is not convenient: SQLite then writes changed pages out first.
    if (create == 1 && purgeable_ && pinned_ >= most_ / 10 * 9) {
      return nullptr;
    }
    if (purgeable_ && all_.size() >= most_) {
      evict();
    }
    Page* page = nullptr;
    if (!spare_.empty()) {
      page = spare_.back();
      spare_.pop_back();
    } else {
      void* memory = std::malloc(sizeof(Page) + extra_bytes_ + page_bytes_);
      if (memory == nullptr) {
        return nullptr;
      }
      auto* bytes = static_cast<unsigned char*>(memory);
      page = new (bytes + page_bytes_) Page();
      page->shown = {bytes, bytes + page_bytes_ + sizeof(Page)};
    }
    *static_cast<void**>(page->shown.pExtra) = nullptr;  // tells SQLite that it is new
    page->key = key;
    page->pinned = false;
    page->place = static_cast<unsigned>(all_.size());
    all_.push_back(page);
    place(key, page);
    return page;
  }
  /// Gives up what was not used since the hand last passed; null when all are pinned.
  Page* evict() {
    for (std::size_t looked = 0; looked < 2 * all_.size(); ++looked) {
      hand_ = hand_ + 1 < all_.size() ? hand_ + 1 : 0;
      Page* page = all_[hand_];
      if (!page->pinned && !std::exchange(page->used, false)) {
        drop(page);
        return page;
      }
    }
    return nullptr;
  }
  void drop(Page* page) {
    pinned_ -= page->pinned ? 1 : 0;
    place(page->key, nullptr);
    all_.back()->place = page->place;
    std::swap(all_[page->place], all_.back());
    all_.pop_back();
    spare_.push_back(page);
  }

  const std::size_t page_bytes_, extra_bytes_;
  const bool purgeable_;
  std::size_t most_ = 100, pinned_ = 0, hand_ = 0;
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Page*> all_, spare_;
};

Cache& cache_of(sqlite3_pcache* raw) { return *reinterpret_cast<Cache*>(raw); }
Page* page_of(sqlite3_pcache_page* raw) { return reinterpret_cast<Page*>(raw); }

}  // namespace

void use_own_page_cache() {
  static sqlite3_pcache_methods2 methods = {};
  methods.iVersion = 1;
  methods.xInit = [](void*) { return SQLITE_OK; };
  methods.xShutdown = [](void*) {};
  methods.xCreate = [](int page, int extra, int purgeable) {
    return reinterpret_cast<sqlite3_pcache*>(new Cache(page, extra, purgeable != 0));
  };
  methods.xCachesize = [](sqlite3_pcache* c, int pages) { cache_of(c).set_size(pages); };
  methods.xPagecount = [](sqlite3_pcache* c) { return cache_of(c).count(); };
  methods.xFetch = [](sqlite3_pcache* c, unsigned key, int create) {
    return reinterpret_cast<sqlite3_pcache_page*>(cache_of(c).fetch(key, create));
  };
  methods.xUnpin = [](sqlite3_pcache* c, sqlite3_pcache_page* page, int discard) {
    cache_of(c).unpin(page_of(page), discard != 0);
  };
  methods.xRekey = [](sqlite3_pcache* c, sqlite3_pcache_page* page, unsigned, unsigned to) {
    cache_of(c).rekey(page_of(page), to);
  };
  methods.xTruncate = [](sqlite3_pcache* c, unsigned limit) { cache_of(c).truncate(limit); };
  methods.xDestroy = [](sqlite3_pcache* c) { delete &cache_of(c); };
  methods.xShrink = [](sqlite3_pcache* c) { cache_of(c).shrink(); };
  sqlite3_config(SQLITE_CONFIG_PCACHE2, &methods);
}

}  // namespace heed::store
