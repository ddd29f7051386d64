#pragma once
#include <curl/curl.h>

#include <memory>
#include <string>

/// Only for the .cc files here: libcurl's handles, owned.
namespace heed::delivery {

template <auto free>
struct CurlFree {
  template <class T>
  void operator()(T* p) const {
    free(p);
  }
};
using Easy = std::unique_ptr<CURL, CurlFree<curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, CurlFree<curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, CurlFree<curl_slist_free_all>>;

inline void append(List& list, const std::string& line) { list.reset(curl_slist_append(list.release(), line.c_str())); }

}  // namespace heed::delivery
