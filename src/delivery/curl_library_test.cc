#include <gtest/gtest.h>

#include "delivery/curl_handles.h"

namespace heed::delivery {
namespace {

TEST(CurlLibrary, SaysWhatIsMissing) {
  const auto absent = load_curl("libnosuchcurl.so.9");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::Unavailable);
  EXPECT_NE(absent.error().message.find("libnosuchcurl.so.9"), std::string::npos) << absent.error().message;
  const auto other = load_curl("libz.so.1");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("curl_"), std::string::npos) << other.error().message;
}

TEST(CurlLibrary, IsLoadedOnce) {
  ASSERT_TRUE(curl_library()) << curl_library().error().message;
  EXPECT_EQ(&curl_library(), &curl_library());
  Easy easy(curl().easy_init());
  EXPECT_NE(easy, nullptr);
}

}  // namespace
}  // namespace heed::delivery
