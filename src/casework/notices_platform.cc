#include "casework/notices.h"
#include "casework/notices_parts.h"
#include "casework/sealed.h"

/// What leaves for the platform (orders) and for the on-call rota (alarms).
namespace heed::casework {
namespace {

void time_or_nothing(JsonWriter& out, std::string_view name, Time time) {
  if (time != Time{}) {
    out.field(name, format_time(time));
  }
}

/// What an order is about: a post and its author, or a person's shield.
Result<void> write_subject(JsonWriter& out, ledger::View& view, Sealed& sealed, const ActionRow& action) {
  auto party =
      action.party != 0 ? TRY(ledger::get<PartyRow>(view, action.case_id, action.party)) : std::optional<PartyRow>{};
  auto identity = party ? TRY(sealed.identity(*party)) : std::optional<Identity>{};
  if (action.item) {
    auto item = TRY(ledger::get<ItemRow>(view, *action.item));
    auto evidence = item ? TRY(sealed.evidence(*item)) : std::optional<EvidenceText>{};
    if (!evidence) {
      return fail(Code::NotFound, "the evidence of " + action.item->text() + " was erased");
    }
    out.key("item")
        .begin_object()
        .field("kind", evidence->kind)
        .field("id", evidence->id)
        .field("item_id", item->id.text())
        .end_object();
    if (identity) {
      out.field_unless_empty("account_id", identity->account);
    }
    return {};
  }
  if (!identity) {
    return fail(Code::NotFound, "whom this order protects was erased");
  }
  out.key("owner").begin_object().field("account_id", identity->account).end_object();
  auto targets = TRY(sealed.body(action.case_id, action.seq, "b"));
  if (targets) {
    JsonParser parser(64);
    Json json = TRY(parser.parse(*targets));
    for (const char* name : {"posts", "accounts"}) {
      if (!json[name].missing()) {
        out.key(name).raw(json[name].dump());
      }
    }
  }
  return {};
}

Result<void> write_action(JsonWriter& out, ledger::View& view, Sealed& sealed, const RenderEnv& env,
                          const ActionRow& action) {
  out.begin_object()
      .field("action_id", action.id.text())
      .field("kind", name_of(action.kind))
      .field("state", name_of(action.state));
  out.field("ordered_at", format_time(action.ordered_at)).field("case_id", action.case_id.text());
  time_or_nothing(out, "until", action.until);
  auto clock = TRY(ledger::get<ClockRow>(view, action.case_id, ClockKind::ActionConfirm, action.id.value));
  if (clock) {
    out.field("confirm_by", format_time(clock->due));
  }
  if (action.undoes) {
    auto undone = TRY(ledger::get<ActionRow>(view, action.undoes));
    if (undone) {
      out.key("undoes")
          .begin_object()
          .field("action_id", undone->id.text())
          .field("kind", name_of(undone->kind))
          .end_object();
      ActionRow subject = *undone;
      subject.item = action.item ? action.item : undone->item;
      TRY(write_subject(out, view, sealed, subject));
    }
  } else {
    TRY(write_subject(out, view, sealed, action));
  }
  if (action.decision) {
    auto decision = TRY(ledger::get<DecisionRow>(view, action.decision));
    if (decision) {
      out.field("decision_id", decision->id.text())
          .field("clause", decision->clause)
          .field("clause_version", decision->clause_version);
      out.field("ground", name_of(decision->ground)).field("automation", name_of(decision->decision_automation));
      const auto policy = env.policy.get();
      const policy::Clause* clause = policy->find(decision->clause);
      if (clause != nullptr && decision->ground == Ground::Law) {
        out.field("law", clause->law);
      }
    }
  }
  out.end_object();
  return {};
}

}  // namespace

Result<std::string> action_json(ledger::View& view, const RenderEnv& env, const ActionRow& action) {
  Sealed sealed(view, *env.keys);
  JsonWriter out;
  TRY(write_action(out, view, sealed, env, action));
  return out.take();
}

Result<Parcel> render_order(ledger::View& view, const RenderEnv& env, const NoticeRow& notice) {
  auto action = TRY(ledger::get<ActionRow>(view, ActionId{notice.about}));
  if (!action) {
    return fail(Code::NotFound, "there is no such order");
  }
  // As it was ordered: a repeat carries the same bytes, whatever was confirmed meanwhile.
  action->state = ActionState::Ordered;
  Parcel parcel;
  parcel.channel = notice.channel;
  parcel.id = notice.id.text();
  parcel.type = "action.ordered";
  Sealed sealed(view, *env.keys);
  JsonWriter out;
  out.begin_object().field("type", parcel.type).field("id", parcel.id).field("at", format_time(notice.at)).key("data");
  TRY(write_action(out, view, sealed, env, *action));
  out.end_object();
  parcel.json = out.take();
  return parcel;
}

namespace {

std::string alarm_address(const RenderEnv& env, std::size_t level) {
  return level == 0 ? env.alarm_to : level <= env.rota_to.size() ? env.rota_to[level - 1] : std::string();
}

std::string call_number(std::int64_t rung) { return " (call " + std::to_string(rung) + ")"; }

}  // namespace

Result<Parcel> render_alarm(ledger::View& view, const RenderEnv& env, const NoticeRow& notice) {
  Sealed sealed(view, *env.keys);
  const std::string text = TRY(sealed.header(notice.case_id, notice.seq));
  JsonParser parser(64);
  Json header = TRY(parser.parse(text));
  const std::string kind(header.get_string("kind"));
  auto row = TRY(ledger::get<CaseRow>(view, notice.case_id));
  Parcel parcel;
  parcel.channel = notice.channel;
  parcel.id = notice.id.text();
  parcel.to = env.alarm_to;
  parcel.locale = "en";
  std::string what;
  const NoticeId alarm = notice.id;
  JsonWriter data;
  data.begin_object().field("case_id", notice.case_id.text());
  if (kind == AlarmEscalated::kKind) {
    // The same alarm, called out to the next one: what it was about stands in the event that rang it.
    auto first = TRY(ledger::get<NoticeRow>(view, NoticeId{notice.about}));
    if (!first) {
      return fail(Code::NotFound, "there is no such alarm");
    }
    const std::size_t level = static_cast<std::size_t>(header.get_int("level"));
    NoticeRow again = *first;
    again.channel = notice.channel;
    Parcel parcel_again = TRY(render_alarm(view, env, again));
    parcel_again.id = notice.id.text();
    parcel_again.to = alarm_address(env, level);
    parcel_again.subject += call_number(header.get_int("rung"));
    return parcel_again;
  }
  data.field("alarm_id", alarm.text());
  if (kind == ClockFired::kKind) {
    parcel.type = "alarm.clock";
    const std::string clock(header.get_string("clock", name_of(ClockKind::FirstLook)));
    const bool missed = header.get_bool("missed");
    data.field("clock", clock).field("missed", missed).field_unless_empty("about", header.get_string("about"));
    what = "clock " + clock + (missed ? " was missed" : " is about to end");
  } else if (kind == ActionConfirmed::kKind) {
    parcel.type = "alarm.action";
    const std::string state(header.get_string("state"));
    data.field("action_id", header.get_string("action")).field("state", state);
    what = "the platform answered " + state + " to an order";
  } else if (kind == Notified::kKind) {
    parcel.type = "alarm.delivery";
    data.field("notice_id", header.get_string("notice")).field("tries", header.get_int("tries"));
    what = "a delivery was given up";
  } else {
    parcel.type = "alarm.case";
    data.field("event", kind).field_unless_empty("clause", header.get_string("clause"));
    what = kind == SignalRaised::kKind ? "more cases than the day's budget of a clause" : kind;
  }
  if (row) {
    data.field("lane", name_of(row->lane)).field("severity", row->severity()).field("items_open", row->items_open);
    time_or_nothing(data, "deadline", row->deadline);
  }
  data.end_object();
  JsonWriter out;
  out.begin_object()
      .field("type", parcel.type)
      .field("id", parcel.id)
      .field("at", format_time(notice.at))
      .key("data")
      .raw(data.str());
  out.end_object();
  parcel.json = out.take();
  parcel.subject = "Heed alarm: " + what;
  parcel.text = "Case " + notice.case_id.text() + ": " + what + ".\nAt " + format_time(notice.at) + ".\n" + "Alarm " +
                alarm.text() + ": acknowledge it, else the next in the rota is called.\n" +
                (row && row->deadline != Time{}
                     ? "Deadline " + format_time(row->deadline) + ", lane " + std::string(name_of(row->lane)) + ".\n"
                     : std::string());
  return parcel;
}

Parcel house_alarm(const RenderEnv& env, Channel channel, const HouseAlarms::Alarm& alarm) {
  Parcel parcel;
  parcel.channel = channel;
  parcel.id = alarm.id.text() + "-" + std::to_string(alarm.rung);
  parcel.type = "alarm.house";
  parcel.to = alarm_address(env, static_cast<std::size_t>(alarm.level));
  parcel.locale = "en";
  parcel.subject = "Heed alarm: " + alarm.what;
  if (alarm.rung > 1) {
    parcel.subject += call_number(alarm.rung);
  }
  parcel.text = alarm.sentence + "\nSince " + format_time(alarm.at) + ".\nAlarm " + alarm.id.text() +
                ": acknowledge it, else the next in the rota is called.\n";
  JsonWriter out;
  out.begin_object()
      .field("type", parcel.type)
      .field("id", parcel.id)
      .field("at", format_time(alarm.at))
      .key("data")
      .begin_object();
  out.field("alarm_id", alarm.id.text()).field("what", alarm.what).field("text", alarm.sentence);
  out.end_object().end_object();
  parcel.json = out.take();
  return parcel;
}

Parcel test_alarm(const RenderEnv& env, Channel channel, Time now) {
  Parcel parcel;
  parcel.channel = channel;
  parcel.id = "alarm-test-" + format_time(now).substr(0, 10);
  parcel.type = "alarm.test";
  parcel.to = env.alarm_to;
  parcel.locale = "en";
  parcel.subject = "Heed alarm: daily test";
  parcel.text = "This is the daily test of the alarm path. Nothing has to be done.\n";
  JsonWriter out;
  out.begin_object()
      .field("type", parcel.type)
      .field("id", parcel.id)
      .field("at", format_time(now))
      .key("data")
      .begin_object();
  out.field("test", true).end_object().end_object();
  parcel.json = out.take();
  return parcel;
}

}  // namespace heed::casework
