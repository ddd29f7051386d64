#include <atomic>
#include <chrono>

#include "delivery/delivery.h"
#include "delivery/mail_lanes.h"
#include "delivery/webhook_loop.h"

namespace heed::delivery {
namespace {

using Steady = std::chrono::steady_clock;

}  // namespace

struct Sender::Impl {
  struct Channel {
    Counter* by_kind[3] = {};
    Histogram* seconds = nullptr;

    Channel(Metrics& metrics, std::string name) {
      const char* kinds[3] = {"delivered", "retry", "dead"};
      for (std::size_t i = 0; i < 3; ++i) {
        by_kind[i] = &metrics.counter("heed_delivery_tries_total", "Tries to deliver, by what became of them.",
                                      {{"channel", name}, {"outcome", kinds[i]}});
      }
      seconds = &metrics.histogram("heed_delivery_seconds", "From handing a delivery over to its outcome.",
                                   {{"channel", name}});
    }
  };

  Impl(SenderOptions o, const Clock& clock, Metrics& metrics)
      : options(std::move(o)),
        webhook_figures(metrics, "webhook"),
        mail_figures(metrics, "mail"),
        gauge(metrics.gauge("heed_deliveries_in_flight", "Deliveries handed over and not yet answered.")),
        webhooks(options, clock),
        mails(options, clock) {}
  // Both stop before either goes: an answer of one may send through the other.
  ~Impl() {
    webhooks.stop();
    mails.stop();
  }

  OnOutcome counted(Channel& channel, OnOutcome done) {
    in_flight.fetch_add(1);
    gauge.add(1);
    return [this, &channel, started = Steady::now(), done = std::move(done)](Outcome outcome) mutable {
      channel.by_kind[static_cast<std::size_t>(outcome.kind)]->add();
      channel.seconds->observe_seconds(std::chrono::duration<double>(Steady::now() - started).count());
      in_flight.fetch_sub(1);
      gauge.add(-1);
      done(std::move(outcome));
    };
  }

  const SenderOptions options;
  Channel webhook_figures, mail_figures;
  Gauge& gauge;
  std::atomic<std::size_t> in_flight{0};
  WebhookLoop webhooks;
  MailLanes mails;
};

Sender::Sender(SenderOptions options, const Clock& clock, Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), clock, metrics)) {}
Sender::~Sender() = default;

void Sender::send(Webhook webhook, OnOutcome done) {
  impl_->webhooks.send(std::move(webhook), impl_->counted(impl_->webhook_figures, std::move(done)));
}
void Sender::send(Mail mail, OnOutcome done) {
  impl_->mails.send(std::move(mail), impl_->counted(impl_->mail_figures, std::move(done)));
}
std::size_t Sender::in_flight() const { return impl_->in_flight.load(); }

}  // namespace heed::delivery
