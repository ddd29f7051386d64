#include "base/thread_name.h"

#include <gtest/gtest.h>
#include <pthread.h>

#include <thread>

namespace heed {
namespace {

TEST(ThreadName, IsCutToWhatTheSystemTakes) {
  std::thread([] {
    char name[16] = {};
    name_thread("writer");
    pthread_getname_np(pthread_self(), name, sizeof name);
    EXPECT_STREQ(name, "heed-writer");
    name_thread("a rather long name");
    pthread_getname_np(pthread_self(), name, sizeof name);
    EXPECT_STREQ(name, "heed-a rather l");
  }).join();
}

}  // namespace
}  // namespace heed
