#include "policy/tree_bytes.h"

#include <cstdint>

namespace heed::policy {
namespace {

// A node: its kind, line and column, then a scalar's bytes, or how many items follow; of a map each after its key.

void put_number(std::uint64_t number, std::string& out) {
  for (; number >= 0x80; number >>= 7) {
    out.push_back(static_cast<char>(number | 0x80));
  }
  out.push_back(static_cast<char>(number));
}

std::uint64_t take_number(std::string_view& in) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(in[0]);
    in.remove_prefix(1);
    number |= std::uint64_t{byte & 0x7Fu} << shift;
    if (byte < 0x80) {
      return number;
    }
  }
}

void put(const YamlNode& node, std::string& out) {
  out.push_back(static_cast<char>(node.kind));
  put_number(node.line, out);
  put_number(node.column, out);
  const bool leaf = node.kind == YamlNode::Kind::Scalar;
  put_number(leaf ? node.scalar.size() : node.items.size(), out);
  out += node.scalar;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (node.kind == YamlNode::Kind::Map) {
      put(node.keys[i], out);
    }
    put(node.items[i], out);
  }
}

void take(std::string_view& in, YamlNode& node) {
  node.kind = static_cast<YamlNode::Kind>(in[0]);
  in.remove_prefix(1);
  node.line = static_cast<std::uint32_t>(take_number(in));
  node.column = static_cast<std::uint32_t>(take_number(in));
  const std::size_t count = take_number(in);
  if (node.kind == YamlNode::Kind::Scalar) {
    node.scalar = in.substr(0, count);
    in.remove_prefix(count);
    return;
  }
  const bool map = node.kind == YamlNode::Kind::Map;
  node.items.resize(count);
  node.keys.resize(map ? count : 0);
  for (std::size_t i = 0; i < count; ++i) {
    if (map) {
      take(in, node.keys[i]);
    }
    take(in, node.items[i]);
  }
}

}  // namespace

std::string tree_bytes(const YamlNode& root) {
  std::string out;
  put(root, out);
  return out;
}

YamlNode tree_of(std::string_view bytes) {
  YamlNode root;
  take(bytes, root);
  return root;
}

}  // namespace heed::policy
