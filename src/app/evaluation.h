#pragma once
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "assess/assessor.h"
#include "base/function.h"
#include "post/post.h"
#include "stream/windows.h"

namespace heed::app {

/// What came of a run.
struct EvaluationTally {
  std::uint64_t lines = 0, refused = 0, reviews = 0;
  std::map<assess::Verdict, std::uint64_t> verdicts;
  std::map<std::string, std::uint64_t> categories;
};

/// Lines of posts in, lines of assessments out, in the order in which they came: batches go to `threads` workers for
/// parsing and the first stage, and come back to the caller's thread for the second stage and the answer. The bytes
/// that come out are the same for any number of threads. `threads` 1: everything on the caller's thread.
class Evaluation {
 public:
  struct Options {
    unsigned threads = 1;
    /// The seven probabilities in every line. Every post is judged as if it were under report, by the second model,
    /// too, unless assess.second_look is never: slower.
    bool scores = false;
  };
  /// `write` gets whole lines, from the caller's thread.
  Evaluation(const assess::Assessor& assessor, Options options, Function<void(std::string_view)> write);
  ~Evaluation();
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  /// `number` counts from 1 and comes back where a line is refused. The line is copied.
  void line(std::uint64_t number, std::string_view text, bool too_long);
  /// Everything that was given is written.
  void finish();
  const EvaluationTally& tally() const { return tally_; }

 private:
  static constexpr std::size_t kBatchLines = 64;
  static constexpr std::size_t kBatchBytes = 64 << 10;  ///< a batch with a longer line holds that line alone

  struct Slot {
    std::uint64_t number = 0;
    std::size_t begin = 0, length = 0;  ///< of Batch::text
    bool too_long = false;
    JsonParser parser;  ///< one each: the post is views into it until it is answered
    post::Post post;
    std::string problem;  ///< not empty: refused
    assess::Assessment assessment;
  };
  enum class State : std::uint8_t { Free, Filled, Taken, Assessed };
  struct Batch {
    State state = State::Free;
    std::string text;
    std::vector<Slot> slots;
    std::size_t used = 0;
  };

  Batch& filling() { return batches_[submitted_ % batches_.size()]; }
  void submit();
  void work();
  void assess(Batch& batch, assess::Scratch& scratch);
  void answer(Batch& batch);
  void answer(Slot& slot, std::string& out);
  /// The oldest batch that was submitted is answered; waits for it.
  void drain_one();

  const assess::Assessor& assessor_;
  const bool scores_;
  Function<void(std::string_view)> write_;
  EvaluationTally tally_;
  std::string out_;
  std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch_;  ///< of the caller's thread
  stream::Windows windows_;                                           ///< of the posts of this run

  std::vector<Batch> batches_;                  ///< a ring: submitted_ and answered_ count through it
  std::uint64_t submitted_ = 0, answered_ = 0;  ///< caller's thread
  std::mutex mutex_;
  std::condition_variable filled_, assessed_;
  std::uint64_t taken_ = 0;  ///< under mutex_, as are the states; the next batch for a worker
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace heed::app
