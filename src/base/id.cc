#include "base/id.h"

#include <algorithm>

#include "base/crypto.h"

namespace heed {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::uint64_t kMsMax = (std::uint64_t{1} << 48) - 1;

constexpr std::array<std::int8_t, 256> make_values(bool look_alikes) {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    auto c = static_cast<unsigned char>(kAlphabet[i]);
    values[c] = static_cast<std::int8_t>(i);
    if (c >= 'A') {
      values[c + 32u] = static_cast<std::int8_t>(i);
    }
  }
  if (look_alikes) {
    values['O'] = values['o'] = 0;
    values['I'] = values['i'] = values['L'] = values['l'] = 1;
  }
  return values;
}
constexpr auto kStrict = make_values(false);
constexpr auto kLenient = make_values(true);

std::uint64_t load_be(const std::uint8_t* p) {
  std::uint64_t v = 0;
  for (int i = 0; i < 8; ++i) {
    v = v << 8 | p[i];
  }
  return v;
}
void store_be(std::uint8_t* p, std::uint64_t v) {
  for (int i = 7; i >= 0; --i, v >>= 8) {
    p[i] = static_cast<std::uint8_t>(v);
  }
}

}  // namespace

Time Ulid::time() const { return from_ms(static_cast<std::int64_t>(load_be(bytes.data()) >> 16)); }

std::string Ulid::text() const {
  __extension__ typedef unsigned __int128 u128;
  u128 v = static_cast<u128>(load_be(bytes.data())) << 64 | load_be(bytes.data() + 8);
  std::string out(26, '0');
  for (std::size_t i = 26; i-- > 0; v >>= 5) {
    out[i] = kAlphabet[static_cast<unsigned>(v) & 31u];
  }
  return out;
}

Result<Ulid> Ulid::parse(std::string_view text) {
  __extension__ typedef unsigned __int128 u128;
  u128 v = 0;
  bool ok = text.size() == 26 && text[0] >= '0' && text[0] <= '7';
  for (std::size_t i = 0; ok && i < 26; ++i) {
    int digit = kStrict[static_cast<unsigned char>(text[i])];
    ok = digit >= 0;
    v = v << 5 | static_cast<unsigned>(digit & 31);
  }
  if (!ok) {
    return fail(Code::InvalidInput, "an id has 26 characters of Crockford base 32, the first of them 0-7");
  }
  Ulid id;
  store_be(id.bytes.data(), static_cast<std::uint64_t>(v >> 64));
  store_be(id.bytes.data() + 8, static_cast<std::uint64_t>(v));
  return id;
}

IdSource::IdSource() = default;
IdSource::IdSource(std::uint64_t seed) : seeded_(true), state_(seed) {}

// SplitMix64 (Steele, Lea, Flood 2014) when seeded: reproducible, not unguessable.
std::uint64_t IdSource::random64() {
  if (!seeded_) {
    return random_u64();
  }
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

Ulid IdSource::next(Time now) {
  auto ms = std::min(static_cast<std::uint64_t>(std::max<std::int64_t>(to_ms(now), 0)), kMsMax);
  std::uint64_t last_high = load_be(last_.bytes.data());
  std::uint64_t high, low;
  if (last_.none() || ms > last_high >> 16) {
    high = ms << 16 | (random64() & 0xFFFF);
    low = random64() | 1;  // never all zero, which means "none"
  } else {
    high = last_high;
    std::uint64_t last_low = load_be(last_.bytes.data() + 8);
    low = last_low + 1 + (random64() >> 24);
    if (low < last_low) {
      ++high;  // may carry into the milliseconds: still greater than the one before
    }
  }
  store_be(last_.bytes.data(), high);
  store_be(last_.bytes.data() + 8, low);
  return last_;
}

namespace {

// The check character makes the weighted sum of the eight characters zero in GF(2^5), modulus x^5+x^2+1. The
// weights are different powers of x and x has order 31, so any one wrong character and any two exchanged
// characters, neighbours or not, leave a remainder.
constexpr unsigned times_x(unsigned v) {
  v <<= 1;
  return (v & 32u) != 0 ? v ^ 0b100101u : v;
}
unsigned checksum(const std::array<unsigned, 8>& digits) {
  unsigned sum = 0;
  for (unsigned digit : digits) {
    sum = times_x(sum) ^ digit;
  }
  return sum;
}

}  // namespace

std::string format_case_number(std::uint64_t number35) {
  HEED_ASSERT(number35 < std::uint64_t{1} << 35);
  std::array<unsigned, 8> digits{};
  for (int i = 6; i >= 0; --i, number35 >>= 5) {
    digits[static_cast<std::size_t>(i)] = static_cast<unsigned>(number35 & 31);
  }
  digits[7] = checksum(digits);  // weight 1, and adding is subtracting
  std::string out = "H-";
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 4) {
      out += '-';
    }
    out += kAlphabet[digits[i]];
  }
  return out;
}

Result<std::uint64_t> parse_case_number(std::string_view text) {
  std::array<unsigned, 9> digits{};
  std::size_t n = 0;
  for (char c : text) {
    if (c == '-' || c == ' ') {
      continue;
    }
    int digit = kLenient[static_cast<unsigned char>(c)];
    if (digit < 0 || n == digits.size()) {
      n = 0;
      break;
    }
    digits[n++] = static_cast<unsigned>(digit);
  }
  if (n != digits.size() || text.size() > 20 || (text[0] != 'H' && text[0] != 'h')) {
    return fail(Code::InvalidInput, "a case number looks like H-7K3M-92QF");
  }
  std::array<unsigned, 8> body{};
  std::copy(digits.begin() + 1, digits.end(), body.begin());
  if (checksum(body) != 0) {
    return fail(Code::InvalidInput, "the case number's check character does not fit; a character is mistyped");
  }
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < 7; ++i) {
    number = number << 5 | body[i];
  }
  return number;
}

}  // namespace heed
