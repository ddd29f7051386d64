#include "casework/privacy.h"

#include <array>
#include <utility>

#include "casework/apply.h"

namespace heed::casework {
namespace {

using access::Audience;

constexpr std::string_view kUntilErased = "until the person is erased or a hold on the case ends, whichever is later";

constexpr Holding kHoldings[] = {
    {"Posts as the platform sent them, with author, address, mentions", "finding abuse; evidence when somebody reports",
     "`posts.keep_days`; a deleted post `posts.deleted_keep_hours`; then the key of its hour file is destroyed",
     "nobody, unless it becomes an item of a case"},
    {"Profiles, earlier names, who follows, blocks or knows whom",
     "friends are not blocked by a shield; a profile is frozen with what was written",
     "until the platform deletes the account", "nobody directly"},
    {"Who reported: account, or name and mail address", "answering; telling voices apart", kUntilErased,
     "the reporter; nobody of the staff"},
    {"What a reporter said: comment, legal claim, symptoms, fear", "deciding, and how soon", kUntilErased,
     "the reporter; reviewers; a delegate who may talk"},
    {"Evidence frozen with an item: versions, thread, profile of then",
     "deciding what was written, though it is gone by now", kUntilErased,
     "reviewers; the target; the author once the reasons were sent"},
    {"Evidence that a party added: words, links, files", "deciding", kUntilErased,
     "who added it; reviewers; a delegate who may read"},
    {"Messages, questions, talks at the desk", "talking about the case; the same answer for everybody", kUntilErased,
     "the party concerned; reviewers; a delegate who may talk"},
    {"Codes for the desk, as keyed hashes", "opening one case for talk",
     "fifteen minutes or one use; the hash until it is replaced", "nobody"},
    {"Decisions, reasons, orders, appeals", "what was decided and why; figures",
     "the words as above; that something was decided stays, without a name",
     "the parties concerned, each their part; reviewers; the platform its orders"},
    {"Decisions that wait for a second person, with their facts and notes", "nobody decides alone what takes two",
     "the words as above; that something was proposed, by whom and what became of it stays", "reviewers of its queue"},
    {"Second looks: which post, what two members of staff said of it, in words of the policy",
     "knowing how far decisions can be relied on",
     "ids and counts stay; no text is kept with them, and what was erased is shown to nobody",
     "whoever looks, without the first answer; leads"},
    {"Codes by mail, as keyed hashes", "showing that somebody is who they say before data is given out or erased",
     "fifteen minutes or one use; the hash until it is replaced", "nobody"},
    {"Which link of a delegate without an account was opened, and when; in a cookie of their browser a number drawn at "
     "random",
     "a link opens once and for one browser", "with the delegation; the cookie eight hours",
     "whoever gave the delegation"},
    {"How many mails somebody got today, and when they want the rest", "one mail a day instead of many",
     "the count a day; the wish until it is taken back or the person is erased", "the person, their wish"},
    {"How many messages a party wrote in a case lately, and the last as a keyed hash",
     "what matters in a case is not buried; the same words twice are one message",
     "the count a day; the hash until they or staff write again, or the person is erased", "nobody"},
    {"Which words many people sent to us within a day, as hashes in memory",
     "a template of thousands hides nobody who writes alone", "a day, or until a restart", "nobody"},
    {"Threats in what somebody wrote to us, as an item of a case of its own", "one reviewer sees it at once",
     kUntilErased, "reviewers; whoever wrote it, once the reasons were sent; nobody else"},
    {"Who may act for whom", "letting somebody in and out", "until either person is erased",
     "the two of them; the platform's key"},
    {"Keyed hashes of accounts that a post of a case names, or the thread above it",
     "whoever is close to somebody named does not judge the case",
     "go with the person where they are a party or the target of the case; else with the key of the hashes", "nobody"},
    {"Keyed hashes of accounts, posts and texts", "finding a case again without naming anybody",
     "go with the person or the item", "nobody"},
    {"Digests of requests with an Idempotency-Key", "the same answer to a repeated request",
     "looked at for thirty days", "nobody"},
    {"How long somebody of the staff worked in this shift, and how many posts of which kind they saw",
     "breaks, caps and milder work, whatever browser they use", "at most a day after the last count",
     "that person; nobody else"},
    {"Who of the staff opened which case and when", "answering for who looked",
     "as long as the log is kept, in a chain of its own", "whoever runs the house"},
};

constexpr std::pair<Audience, std::string_view> kAudiences[] = {{Audience::Reviewer, "reviewer"},
                                                                {Audience::Target, "target"},
                                                                {Audience::Reporter, "reporter who is the target"},
                                                                {Audience::Bystander, "other reporter"},
                                                                {Audience::Author, "author"},
                                                                {Audience::Platform, "platform"}};

std::string fields_for(const access::VisibilityRow& row, Audience audience) {
  if (!row.shows(audience)) {
    return "–";
  }
  std::string out;
  for (std::string_view field : row.fields[static_cast<std::size_t>(audience)]) {
    out += (out.empty() ? "" : ", ") + (field == "*"    ? std::string("everything but what is sealed")
                                        : field == "at" ? std::string("that and when")
                                                        : std::string(field));
  }
  return out.size() > 90 ? "nearly everything but what is sealed" : out;
}

void add_row(std::string& out, std::string_view kind, const access::VisibilityRow& row) {
  out.append("| `").append(kind).append("` |");
  for (const auto& [audience, name] : kAudiences) {
    out.append(" ").append(fields_for(row, audience)).append(" |");
  }
  out += "\n";
}

}  // namespace

std::span<const Holding> holdings() { return kHoldings; }

std::string privacy_page() {
  std::string out =
      "# What is held about people\n\n"
      "Written from the code (`src/casework/privacy.cc` and the visibility table); a test keeps it current.\n\n"
      "What people wrote is sealed under a key per case and person. Erasing a person destroys those keys: nothing "
      "sealed under\n"
      "them can be read again, also not from a backup, while the chain of the ledger still verifies. A recorded hold "
      "on a case\n"
      "puts that off until it is released or its time is up; within an hour of that, what it kept of somebody who "
      "asked to be\n"
      "erased, or whose account the platform has deleted, goes by itself.\n\n"
      "A person gets what cases, delegations and the profile hold about them from `GET /v1/me/data` (posts that no "
      "case holds are\n"
      "the platform's to give). It goes through the same gate as every page, so nobody else is in it: the author of a "
      "post cannot\n"
      "find who reported it, how many did, or when.\n\n"
      "`DELETE /v1/me/data` erases what may go at once and the rest as soon as it may, without being asked again; the "
      "answer says what\n"
      "stays, until when and why, of the cases that the person can see. What they wrote and somebody reported stays "
      "until it is decided\n"
      "and, if it was against the rules, for `retention.judged` of the policy pack (183 days in ours), since both "
      "sides "
      "may still\n"
      "complain or go to court; evidence of a threat cannot be made to vanish by whoever made it. A hold keeps a case; "
      "all that is said of\n"
      "it is that it must be kept. What they reported, wrote to us and added goes at once.\n\n"
      "A hold that comes with an order to be silent is neither confirmed nor denied: no page, answer, file, mail, "
      "count "
      "or number\n"
      "differs from what it would be without it. Whoever is erased meanwhile is forgotten by everything here except "
      "the "
      "key of what is\n"
      "sealed; only leads and legal, with a reason that is logged, can still name them. The key is destroyed within an "
      "hour of the\n"
      "order's end. That this may be so is said to everybody who asks to be erased.\n\n"
      "Before either, the person shows that it is them: a token of their platform issued in the last fifteen minutes, "
      "or "
      "a code that\n"
      "`POST /v1/me/code` mails to the address that is known already; it works once, for a quarter of an hour, and "
      "five "
      "wrong ones void it.\n\n"
      "| data | purpose | term | who sees it |\n|---|---|---|---|\n";
  for (const Holding& h : kHoldings) {
    out.append("| ")
        .append(h.data)
        .append(" | ")
        .append(h.purpose)
        .append(" | ")
        .append(h.term)
        .append(" | ")
        .append(h.seen_by)
        .append(" |\n");
  }
  out +=
      "\n## Who sees what of each step\n\nOf an event a party sees these fields, and only of what is their own.\n\n| "
      "event |";
  std::string line = "|---|";
  for (const auto& [audience, name] : kAudiences) {
    out.append(" ").append(name).append(" |");
    line += "---|";
  }
  out += "\n" + line + "\n";
#define HEED_PRIVACY_ROW(E) add_row(out, E::kKind, E::kVisibility);
  HEED_EVENTS(HEED_PRIVACY_ROW)
#undef HEED_PRIVACY_ROW
  return out;
}

}  // namespace heed::casework
