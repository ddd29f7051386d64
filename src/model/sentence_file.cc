#include "model/sentence_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace heed::model {
namespace {

constexpr std::string_view kMagic = "HEEDSEN1";
constexpr std::size_t kHeadBytes = 256, kDigestBytes = 32, kParts = std::size_t{1} << kPartsLog2;
constexpr float kNumberMax = 1e6f;
static_assert(8 + 4 + 4 + 32 + 32 + 32 + kLabels * sizeof(SentenceFile::Numbers) <= kHeadBytes);
static_assert(sizeof(SentenceFile::Row) == 52);

std::size_t padded(std::size_t bytes) { return (bytes + 63) / 64 * 64; }

std::size_t body_bytes(std::size_t known) {
  return padded(kHeadBytes + sizeof(SentenceWeights) + known * sizeof(std::uint64_t) +
                (known + kParts) * sizeof(SentenceFile::Row));
}

bool sound(float number) { return std::abs(number) <= kNumberMax; }  // false for what is not a number, too

}  // namespace

Result<std::shared_ptr<const SentenceFile>> SentenceFile::read(std::string_view bytes, bool linked) {
  const auto refuse = [](std::string why) {
    return fail(Code::Corrupt, "the second model's file is refused: " + std::move(why));
  };
  if (bytes.substr(0, kMagic.size() - 1) != kMagic.substr(0, kMagic.size() - 1) || bytes.size() < kMagic.size()) {
    return refuse("it does not begin like a second model of Heed");
  }
  if (bytes[kMagic.size() - 1] != kMagic.back()) {
    return refuse("its version is not one that this program reads; train it again or update Heed");
  }
  if (bytes.size() < kHeadBytes + kDigestBytes) {
    return refuse("it is cut off within its head");
  }
  std::uint32_t head = 0, known = 0;
  std::memcpy(&head, bytes.data() + 8, 4);
  std::memcpy(&known, bytes.data() + 12, 4);
  if (head != kHeadBytes || known > kKnownMax) {
    return refuse("its head states impossible sizes");
  }
  const std::size_t body = body_bytes(known);
  if (bytes.size() != body + kDigestBytes) {
    return refuse("it has " + std::to_string(bytes.size()) + " bytes and should have " +
                  std::to_string(body + kDigestBytes) + "; it is cut off or something was appended");
  }
  if (!linked && view(sha256(bytes.substr(0, body))) != bytes.substr(body)) {
    return refuse("its checksum does not match; copy it again");
  }
  auto file = std::make_shared<SentenceFile>();
  file->name.assign(bytes.data() + 16, strnlen(bytes.data() + 16, kNameMax));
  std::memcpy(file->data_digest.data(), bytes.data() + 48, kDigestBytes);
  std::memcpy(file->first_digest.data(), bytes.data() + 80, kDigestBytes);
  std::memcpy(file->labels.data(), bytes.data() + 112, sizeof file->labels);
  for (const Numbers& label : file->labels) {
    if (!sound(label.slope) || !sound(label.offset) || !sound(label.threshold)) {
      return refuse("one of its numbers is out of range");
    }
  }
  const char* weights = bytes.data() + kHeadBytes;
  const char* hashes = weights + sizeof(SentenceWeights);
  const char* rows = hashes + known * sizeof(std::uint64_t);
  if (linked && reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(SentenceWeights) == 0) {
    file->weights_ = reinterpret_cast<const SentenceWeights*>(weights);
    file->known_ = {reinterpret_cast<const std::uint64_t*>(hashes), known};
    file->rows_ = {reinterpret_cast<const Row*>(rows), known + kParts};
  } else {
    auto own_weights = std::make_unique<SentenceWeights>();
    std::memcpy(own_weights.get(), weights, sizeof(SentenceWeights));
    std::vector<std::uint64_t> own_known(known);
    if (known > 0) {
      std::memcpy(own_known.data(), hashes, known * sizeof(std::uint64_t));
    }
    std::vector<Row> own_rows(known + kParts);
    std::memcpy(static_cast<void*>(own_rows.data()), rows, own_rows.size() * sizeof(Row));
    file->fill(std::move(own_weights), std::move(own_known), std::move(own_rows));
  }
  if (linked) {
    return std::shared_ptr<const SentenceFile>(std::move(file));
  }
  if (!std::is_sorted(file->known_.begin(), file->known_.end())) {
    return refuse("its words are not in order");
  }
  const float* dense = numbers(*file->weights_);
  if (!std::all_of(dense, dense + kSentenceNumbers, sound) ||
      !std::all_of(file->rows_.begin(), file->rows_.end(), [](const Row& row) { return sound(row.scale); })) {
    return refuse("one of its numbers is out of range");
  }
  return std::shared_ptr<const SentenceFile>(std::move(file));
}

std::string SentenceFile::write() const {
  std::string out(kHeadBytes, '\0');
  const std::uint32_t sizes[2] = {kHeadBytes, static_cast<std::uint32_t>(known_.size())};
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  std::memcpy(out.data() + 8, sizes, sizeof sizes);
  std::memcpy(out.data() + 16, name.data(), std::min(name.size(), kNameMax));
  std::memcpy(out.data() + 48, data_digest.data(), kDigestBytes);
  std::memcpy(out.data() + 80, first_digest.data(), kDigestBytes);
  std::memcpy(out.data() + 112, labels.data(), sizeof labels);
  const auto append = [&](const void* data, std::size_t bytes) { out.append(static_cast<const char*>(data), bytes); };
  append(weights_, sizeof(SentenceWeights));
  append(known_.data(), known_.size_bytes());
  append(rows_.data(), rows_.size_bytes());
  out.resize(padded(out.size()), '\0');
  const Digest digest = sha256(out);
  out.append(view(digest));
  return out;
}

const SentenceFile::Row* SentenceFile::word(std::uint64_t hash) const {
  const auto found = std::lower_bound(known_.begin(), known_.end(), hash);
  return found != known_.end() && *found == hash ? &rows_[static_cast<std::size_t>(found - known_.begin())] : nullptr;
}

void SentenceFile::fill(std::unique_ptr<SentenceWeights> weights, std::vector<std::uint64_t> known,
                        std::vector<Row> rows) {
  HEED_ASSERT(rows.size() == known.size() + kParts);
  owned_weights_ = std::move(weights);
  owned_known_ = std::move(known);
  owned_rows_ = std::move(rows);
  weights_ = owned_weights_.get();
  known_ = owned_known_;
  rows_ = owned_rows_;
}

}  // namespace heed::model
