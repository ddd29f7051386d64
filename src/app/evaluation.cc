#include "app/evaluation.h"

#include "base/thread_name.h"

namespace heed::app {

Evaluation::Evaluation(const assess::Assessor& assessor, Options options, Function<void(std::string_view)> write)
    : assessor_(assessor), scores_(options.scores), write_(std::move(write)), scratch_(assessor.scratch()) {
  // Enough that no worker waits while the oldest batch is being answered.
  batches_ = std::vector<Batch>(options.threads > 1 ? options.threads * 4 : 1);
  for (unsigned i = 0; options.threads > 1 && i < options.threads; ++i) {
    workers_.emplace_back([this] {
      name_thread("assess");
      work();
    });
  }
}

Evaluation::~Evaluation() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  filled_.notify_all();
  for (std::thread& worker : workers_) {
    worker.join();
  }
}

void Evaluation::line(std::uint64_t number, std::string_view text, bool too_long) {
  if (filling().used > 0 && (filling().used == kBatchLines || filling().text.size() + text.size() > kBatchBytes)) {
    submit();
  }
  Batch& batch = filling();
  if (batch.used == batch.slots.size()) {
    batch.slots.emplace_back();
  }
  Slot& slot = batch.slots[batch.used++];
  slot.number = number;
  slot.too_long = too_long;
  slot.begin = batch.text.size();
  slot.length = text.size();
  batch.text.append(text);
}

void Evaluation::submit() {
  Batch& batch = filling();
  if (workers_.empty()) {
    assess(batch, *scratch_);
    answer(batch);
    return;
  }
  {
    std::lock_guard lock(mutex_);
    batch.state = State::Filled;
  }
  filled_.notify_one();
  ++submitted_;
  if (submitted_ - answered_ == batches_.size()) {
    drain_one();  // so that the one to be filled next is free
  }
}

void Evaluation::finish() {
  if (filling().used > 0) {
    submit();
  }
  while (answered_ < submitted_) {
    drain_one();
  }
}

void Evaluation::drain_one() {
  Batch& batch = batches_[answered_ % batches_.size()];
  {
    std::unique_lock lock(mutex_);
    assessed_.wait(lock, [&] { return batch.state == State::Assessed; });
    batch.state = State::Free;  // no worker takes it until it is submitted again
  }
  answer(batch);
  ++answered_;
}

void Evaluation::work() {
  auto scratch = assessor_.scratch();
  std::unique_lock lock(mutex_);
  for (;;) {
    Batch* batch = nullptr;
    filled_.wait(lock, [&] {
      batch = &batches_[taken_ % batches_.size()];
      return stopping_ || batch->state == State::Filled;
    });
    if (stopping_) {
      return;
    }
    batch->state = State::Taken;
    ++taken_;
    lock.unlock();
    assess(*batch, *scratch);
    lock.lock();
    batch->state = State::Assessed;
    assessed_.notify_one();
  }
}

void Evaluation::assess(Batch& batch, assess::Scratch& scratch) {
  for (std::size_t i = 0; i < batch.used; ++i) {
    Slot& slot = batch.slots[i];
    // No "now": a file of old or future posts is judged by what is in it.
    Result<void> read =
        slot.too_long ? Result<void>(fail(Code::TooLarge, "the line is too long"))
                      : post::parse_post(slot.parser, std::string_view(batch.text).substr(slot.begin, slot.length),
                                         Time::max() - std::chrono::hours(1), slot.post);
    slot.problem.clear();
    if (read) {
      if (scores_) {  // what the best judge says of each
        assessor_.first_stage_reported(slot.post, scratch, slot.assessment);
      } else {
        assessor_.first_stage(slot.post, scratch, slot.assessment);
      }
    } else {
      slot.problem = read.error().message;
    }
  }
}

void Evaluation::answer(Batch& batch) {
  out_.clear();
  for (std::size_t i = 0; i < batch.used; ++i) {
    answer(batch.slots[i], out_);
  }
  batch.used = 0;
  batch.text.clear();
  write_(out_);
}

void Evaluation::answer(Slot& slot, std::string& out) {
  ++tally_.lines;
  JsonWriter json(out);
  json.begin_object();
  if (!slot.problem.empty()) {
    ++tally_.refused;
    json.field("line", slot.number).key("problem").begin_object();
    json.field("detail", slot.problem).end_object().end_object();
    out += '\n';
    return;
  }
  assess::Assessment& assessment = slot.assessment;
  assessor_.second_stage(slot.post, windows_, *scratch_, assessment);
  ++tally_.verdicts[assessment.verdict];
  tally_.reviews += assessment.review ? 1 : 0;
  json.field("post_id", slot.post.id).field("verdict", assess::verdict_name(assessment.verdict)).key("signals");
  assess::write_signals(json, assessment.signals);
  json.key("actions").begin_array();
  for (policy::ActionKind action : assessment.actions) {
    json.value(policy::action_name(action));
  }
  json.end_array().field("review", assessment.review);
  if (scores_) {
    assess::write_scores(json, assessment.scores);
  }
  if (assessment.clause != nullptr) {
    json.field("clause", assessment.clause->id)
        .field("lane", policy::lane_name(assessment.lane))
        .field("severity", assessment.severity);
  }
  json.end_object();
  out += '\n';
  for (const assess::Signal& signal : assessment.signals) {
    ++tally_.categories[signal.category];
  }
}

}  // namespace heed::app
