// Runs a fuzzer over the files of the folders it is given, and over every prefix of the shorter ones.
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int main(int argc, char** argv) {
  std::size_t runs = 0;
  auto run = [&](const std::string& bytes, std::size_t size) {
    // A copy of the exact size, so that a sanitizer sees a read past its end.
    const std::string copy(bytes, 0, size);
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(copy.data()), copy.size());
    ++runs;
  };
  run("", 0);
  for (int i = 1; i < argc; ++i) {
    std::error_code missing;
    for (const auto& entry : std::filesystem::directory_iterator(argv[i], missing)) {
      std::ifstream file(entry.path(), std::ios::binary);
      std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
      run(bytes, bytes.size());
      for (std::size_t size = 0; bytes.size() <= 4096 && size < bytes.size(); ++size) {
        run(bytes, size);
      }
    }
  }
  std::printf("%zu runs\n", runs);
  return 0;
}
