#include <algorithm>
#include <map>

#include "casework/language.h"
#include "casework/notices.h"
#include "casework/sealed.h"

/// One mail a day: see digest.h.
namespace heed::casework {
namespace {

constexpr std::size_t kCasesShownMax = 50;

/// What is new in one case, each kind once, in the order it came.
struct News {
  std::string number, link;
  std::vector<NoticeKind> kinds;
};

class DigestNotice {
 public:
  DigestNotice(ledger::View& view, const RenderEnv& env, const std::vector<NoticeRow>& notices)
      : view_(view), env_(env), policy_(env.policy.get()), notices_(notices), sealed_(view, *env.keys) {}

  Result<DigestParcel> run() {
    for (const NoticeRow& notice : notices_) {
      TRY(add(notice));
    }
    if (order_.empty() || to_.empty()) {
      return fail(Code::NotFound, "nobody is there any more whom this could be sent to");
    }
    if (locale_.empty()) {
      locale_ = TRY(language_of(view_, person_));
    }
    Parcel& parcel = out_.parcel;
    parcel.channel = Channel::Mail;
    parcel.type = "notification.digest";
    parcel.id = env_.aliases->text(person_, notices_.front().id);  // the same however often it is tried
    parcel.to = to_;
    parcel.locale = locale_;
    const std::map<std::string, std::string, std::less<>> values{
        {"count", std::to_string(count_)}, {"lines", lines()}, {"platform", env_.platform}};
    if (auto text = policy_->notices.find("digest"); text != policy_->notices.end()) {
      parcel.subject = policy::render(text->second.subject.in(locale_), values);
      parcel.text = policy::render(text->second.body.in(locale_), values);
    }
    return std::move(out_);
  }

 private:
  Result<void> add(const NoticeRow& notice) {
    auto party = TRY(ledger::get<PartyRow>(view_, notice.case_id, notice.party));
    auto identity = party ? TRY(sealed_.identity(*party)) : std::optional<Identity>{};
    if (!identity) {
      out_.left_out.insert(notice.id);
      return {};
    }
    if (count_ == 0) {
      person_ = *party->person;
    }
    if (to_.empty()) {
      to_ = identity->mail;
      if (to_.empty() && env_.accounts != nullptr && !identity->account.empty()) {
        to_ = TRY(env_.accounts->mail_of(identity->account));
      }
    }
    locale_ = locale_.empty() ? party->locale : locale_;
    ++count_;
    auto [at, first] = cases_.try_emplace(notice.case_id);
    News& news = at->second;
    if (first) {
      order_.push_back(notice.case_id);
      news.number = party->number ? format_case_number(static_cast<std::uint64_t>(*party->number)) : "";
      news.link = env_.links == nullptr ? "" : env_.links->case_page(*party->person, notice.case_id);
    }
    if (std::find(news.kinds.begin(), news.kinds.end(), notice.kind) == news.kinds.end()) {
      news.kinds.push_back(notice.kind);
    }
    return {};
  }

  std::string lines() const {
    std::string out;
    for (std::size_t i = 0; i < order_.size() && i < kCasesShownMax; ++i) {
      const News& news = cases_.at(order_[i]);
      out += (i == 0 ? "" : "\n") + news.number + ": ";
      for (std::size_t k = 0; k < news.kinds.size(); ++k) {
        out += (k == 0 ? "" : "; ") + policy_->word("digest." + std::string(name_of(news.kinds[k])), locale_);
      }
      out += news.link.empty() ? "" : "\n  " + news.link;
    }
    if (order_.size() > kCasesShownMax) {
      out += "\n" + policy::render(policy_->word("digest.more", locale_),
                                   {{"count", std::to_string(order_.size() - kCasesShownMax)}});
    }
    return out;
  }

  ledger::View& view_;
  const RenderEnv& env_;
  const std::shared_ptr<const policy::Policy> policy_;
  const std::vector<NoticeRow>& notices_;
  Sealed sealed_;
  PersonHash person_{};
  std::string to_, locale_;
  int count_ = 0;
  std::map<CaseId, News> cases_;
  std::vector<CaseId> order_;
  DigestParcel out_;
};

}  // namespace

Result<DigestParcel> render_digest(ledger::View& view, const RenderEnv& env, const std::vector<NoticeRow>& notices) {
  return DigestNotice(view, env, notices).run();
}

}  // namespace heed::casework
