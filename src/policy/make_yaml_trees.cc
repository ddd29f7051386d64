// Run by the build: reads the YAML files that the binary carries and writes their trees for builtin_yaml.cc, in the
// order of the files' names.
//   make_yaml_trees ROOT OUT
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "policy/tree_bytes.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_yaml_trees ROOT OUT\n");
    return 2;
  }
  namespace fs = std::filesystem;
  const fs::path root = argv[1];
  std::vector<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".yaml") {
      names.push_back(fs::relative(entry.path(), root).generic_string());
    }
  }
  std::sort(names.begin(), names.end());
  std::ofstream out(argv[2]);
  out << "constexpr ReadyTree kTrees[] = {\n";
  for (const std::string& name : names) {
    std::ifstream in(root / name, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    auto tree = heed::policy::read_yaml(name, text);
    if (!tree) {
      std::fprintf(stderr, "%s\n", tree.error().message.c_str());
      return 1;
    }
    const std::string bytes = heed::policy::tree_bytes(*tree);
    out << "{\"" << name << "\", " << bytes.size() << ", \"";
    for (const char byte : bytes) {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned char>(byte));
      out << octal;
    }
    out << "\"},\n";
  }
  out << "};\n";
  return out.flush() ? 0 : 1;
}
