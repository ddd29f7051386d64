#include "base/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

namespace heed {
namespace {

namespace fs = std::filesystem;

TEST(File, RoundTripsAnyBytesOfAnySize) {
  TempFolder folder;
  std::mt19937_64 random(1);
  for (std::size_t n : {0ul, 1ul, 4095ul, 4096ul, 4097ul, 100'000ul, 10'000'000ul}) {
    std::string bytes(n, '\0');
    for (char& c : bytes) {
      c = static_cast<char>(random());
    }
    ASSERT_TRUE(write_file_atomically(folder.path() / "f", bytes));
    ASSERT_EQ(read_file(folder.path() / "f"), bytes);
  }
}

TEST(File, AtomicWriteReplacesKeepsTheModeAndLeavesNothingBeside) {
  TempFolder folder;
  fs::path path = folder.path() / "secret";
  ASSERT_TRUE(write_file_atomically(path, "old"));
  ASSERT_TRUE(write_file_atomically(path, "new", 0600));
  EXPECT_EQ(read_file(path), "new");
  struct stat info {};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(File, FailedAtomicWriteLeavesNothing) {
  TempFolder folder;
  fs::create_directory(folder.path() / "taken");
  fs::create_directory(folder.path() / "taken" / "inside");
  EXPECT_FALSE(write_file_atomically(folder.path() / "taken", "x"));
  EXPECT_FALSE(write_file_atomically(folder.path() / "absent" / "f", "x"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()), 1);
}

TEST(File, AbsentFileIsNotFoundAndNamed) {
  Result<std::string> bytes = read_file("/nowhere/at/all");
  ASSERT_FALSE(bytes);
  EXPECT_EQ(bytes.error().code, Code::NotFound);
  EXPECT_NE(bytes.error().message.find("/nowhere/at/all"), std::string::npos);
  EXPECT_FALSE(read_file("/"));
}

TEST(File, ReadsFilesThatSayTheyAreEmpty) {
  Result<std::string> bytes = read_file("/proc/self/status");
  ASSERT_TRUE(bytes);
  EXPECT_NE(bytes->find("Pid:"), std::string::npos);
}

TEST(File, PositionedReadsAndWrites) {
  TempFolder folder;
  Fd fd(::open((folder.path() / "f").c_str(), O_RDWR | O_CREAT, 0600));
  ASSERT_TRUE(fd);
  ASSERT_TRUE(write_fully(fd.get(), "0123456789"));
  ASSERT_TRUE(pwrite_fully(fd.get(), "ab", 4));
  EXPECT_EQ(pread_fully(fd.get(), 4, 3), "3ab6");
  Result<std::string> short_read = pread_fully(fd.get(), 4, 8);
  ASSERT_FALSE(short_read);
  EXPECT_EQ(short_read.error().code, Code::Corrupt);
  EXPECT_FALSE(write_fully(-1, "x"));
  EXPECT_FALSE(pwrite_fully(-1, "x", 0));
  EXPECT_FALSE(pread_fully(-1, 1, 0));
}

TEST(File, FullDiskIsUnavailable) {
  EXPECT_EQ(io_error("write", "/x", ENOSPC).value().code, Code::Unavailable);
  EXPECT_EQ(io_error("write", "/x", EIO).value().code, Code::Internal);
  Fd full(::open("/dev/full", O_WRONLY));
  if (full) {
    EXPECT_EQ(write_fully(full.get(), "x").error().code, Code::Unavailable);
  }
}

TEST(Fd, ClosesOnceAndMoves) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Fd a(ends[0]), keep(ends[1]);
  Fd b = std::move(a);
  EXPECT_FALSE(a);
  Fd c;
  c = std::move(b);
  EXPECT_EQ(c.get(), ends[0]);
  c.reset();
  EXPECT_EQ(::fcntl(ends[0], F_GETFD), -1);
  EXPECT_NE(::fcntl(ends[1], F_GETFD), -1);
}

TEST(TempFolder, RemovesWhatIsInside) {
  fs::path path;
  {
    TempFolder folder("heed-test");
    path = folder.path();
    fs::create_directories(path / "a" / "b");
    ASSERT_TRUE(write_file_atomically(path / "a" / "b" / "f", "x"));
    ASSERT_TRUE(sync_folder(path));
  }
  EXPECT_FALSE(fs::exists(path));
  EXPECT_FALSE(sync_folder(path));
}

}  // namespace
}  // namespace heed
