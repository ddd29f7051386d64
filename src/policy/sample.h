#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Posts invented for Heed (samples/), for the simulator, the demo, benchmarks and tests.
namespace heed::policy {

struct Sample {
  std::string_view kind;  ///< "threat", "sexual", "insult", "address", "benign", "support"
  std::string_view text;  ///< may hold choices: "{I will|I'll} …"
};

/// The rows of a file of samples/; empty when there is no such file.
std::vector<Sample> samples(std::string_view file);
/// `text` with each choice made by `n`: the same n gives the same text, n from 0 to variants(text) - 1 all texts.
std::string vary(std::string_view text, std::uint64_t n);
/// How many texts `text` stands for.
std::uint64_t variants(std::string_view text);

}  // namespace heed::policy
