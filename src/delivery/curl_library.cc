#include <dlfcn.h>

#include "delivery/curl_handles.h"

namespace heed::delivery {

Result<CurlLibrary> load_curl(const char* name) {
  void* library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);  // never closed: it has handlers at the program's end
  if (library == nullptr) {
    return fail(Code::Unavailable, std::string("libcurl cannot be loaded: ") + ::dlerror());
  }
  std::string missing;
  const auto find = [&](auto& function, const char* symbol) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, symbol));
    if (function == nullptr) {
      missing = symbol;
    }
  };
  CurlLibrary out{};
  find(out.global_init, "curl_global_init");
  find(out.easy_init, "curl_easy_init");
  find(out.easy_setopt, "curl_easy_setopt");
  find(out.easy_getinfo, "curl_easy_getinfo");
  find(out.easy_perform, "curl_easy_perform");
  find(out.easy_cleanup, "curl_easy_cleanup");
  find(out.easy_strerror, "curl_easy_strerror");
  find(out.slist_append, "curl_slist_append");
  find(out.slist_free_all, "curl_slist_free_all");
  find(out.multi_init, "curl_multi_init");
  find(out.multi_setopt, "curl_multi_setopt");
  find(out.multi_add_handle, "curl_multi_add_handle");
  find(out.multi_remove_handle, "curl_multi_remove_handle");
  find(out.multi_perform, "curl_multi_perform");
  find(out.multi_poll, "curl_multi_poll");
  find(out.multi_wakeup, "curl_multi_wakeup");
  find(out.multi_info_read, "curl_multi_info_read");
  find(out.multi_cleanup, "curl_multi_cleanup");
  if (!missing.empty()) {
    return fail(Code::Unavailable, std::string(name) + " is too old or no libcurl: it has no " + missing);
  }
  if (out.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return fail(Code::Unavailable, "libcurl cannot be initialised");
  }
  return out;
}

const Result<CurlLibrary>& curl_library() {
  static const Result<CurlLibrary> library = load_curl("libcurl.so.4");
  return library;
}

}  // namespace heed::delivery
