#pragma once
#include <curl/curl.h>

#include <memory>
#include <string>

#include "base/result.h"

/// Only for the .cc files here: libcurl, its functions as members without "curl_", and its handles, owned.
namespace heed::delivery {

/// libcurl brings two dozen libraries with it: a tenth of a start and 2 MB of memory for nothing where nobody is told
/// anything by webhook or mail. So it is loaded when the first delivery goes out.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_setopt) multi_setopt;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_wakeup) multi_wakeup;
  decltype(&::curl_multi_info_read) multi_info_read;
  decltype(&::curl_multi_cleanup) multi_cleanup;
};

/// Unavailable, with the loader's reason, where there is none of this name or one that lacks a function. Any thread.
Result<CurlLibrary> load_curl(const char* name);
/// Loads it at the first call; the same answer ever after. Any thread.
const Result<CurlLibrary>& curl_library();
/// Once curl_library() has been found good.
inline const CurlLibrary& curl() { return *curl_library(); }

template <auto function>
struct CurlFree {
  template <class T>
  void operator()(T* p) const {
    (curl().*function)(p);
  }
};
using Easy = std::unique_ptr<CURL, CurlFree<&CurlLibrary::easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, CurlFree<&CurlLibrary::multi_cleanup>>;
using List = std::unique_ptr<curl_slist, CurlFree<&CurlLibrary::slist_free_all>>;

inline void append(List& list, const std::string& line) {
  list.reset(curl().slist_append(list.release(), line.c_str()));
}

}  // namespace heed::delivery
