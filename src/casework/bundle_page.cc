#include "casework/bundle_page.h"

#include <initializer_list>
#include <utility>

#include "casework/in_line.h"

namespace heed::casework {
namespace {

constexpr std::string_view kOpen = "<script type=\"application/json\" id=\"heed-bundle\">";
constexpr std::string_view kClose = "</script>\n</body>\n</html>\n";

constexpr std::string_view kStyle =
    "body{font:11pt/1.45 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;color:#111;background:#fff}"
    "h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #999}h3{font-size:1em;margin:1.5em 0 "
    ".3em}"
    "table{border-collapse:collapse}td{overflow-wrap:anywhere}li,p,h3{overflow-wrap:anywhere}td,th{text-align:start;"
    "vertical-align:top;padding:.1em 1em .1em "
    "0;font-weight:normal}th{color:#444}"
    "blockquote{margin:.4em 0;padding:.4em .8em;border-inline-start:4px solid "
    "#888;background:#f2f2f2;white-space:pre-wrap;overflow-wrap:anywhere}"
    "code{font:9pt monospace;overflow-wrap:anywhere}.q{color:#444;font-size:.9em}section{break-inside:avoid}"
    "@media print{body{margin:0;max-width:none}}";

struct Word {
  std::string_view key, en, de;
};
constexpr Word kWords[] = {
    {"title", "Evidence file", "Beweisakte"},
    {"number", "Number", "Nummer"},
    {"for", "Made for", "Ausgestellt für"},
    {"made_at", "Made at", "Ausgestellt am"},
    {"platform", "Platform", "Plattform"},
    {"roles", "Role in the case", "Rolle im Fall"},
    {"times", "All times are UTC.", "Alle Zeiten sind UTC (koordinierte Weltzeit)."},
    {"reports", "Reports", "Meldungen"},
    {"items", "What it is about", "Worum es geht"},
    {"left_out", "Left out, because there are too many:", "Ausgelassen, weil es zu viele sind:"},
    {"item", "Number", "Nummer"},
    {"id", "Id on the platform", "Kennung auf der Plattform"},
    {"author", "Author", "Verfasser"},
    {"written", "Written", "Geschrieben"},
    {"received", "Received by us", "Bei uns eingegangen"},
    {"frozen", "Frozen for this case", "Für diesen Fall gesichert"},
    {"provenance", "Where it is from", "Herkunft"},
    {"seen", "the platform sent it to us when it was published",
     "die Plattform hat es uns beim Veröffentlichen geschickt"},
    {"from_platform", "the platform supplied it with the report", "die Plattform hat es zur Meldung geliefert"},
    {"reporter", "the person who reported supplied it", "die meldende Person hat es geliefert"},
    {"deleted", "It has been deleted on the platform since.", "Es wurde seither auf der Plattform gelöscht."},
    {"erased", "What it said has been erased.", "Der Inhalt wurde gelöscht."},
    {"edit", "Later version", "Spätere Fassung"},
    {"thread", "What it answered to", "Worauf es antwortet"},
    {"run_up", "Run-up: the posts before it between you and this account",
     "Vorgeschichte: die Beiträge davor zwischen Ihnen und diesem Konto"},
    {"by_you", "by you", "von Ihnen"},
    {"by_them", "by this account", "von diesem Konto"},
    {"media", "Attached file", "Angehängte Datei"},
    {"links", "Links", "Verweise"},
    {"decision", "Decision", "Entscheidung"},
    {"violation", "against the rules", "Verstoß gegen die Regeln"},
    {"no_violation", "not found to be against the rules", "kein Verstoß gegen die Regeln festgestellt"},
    {"reversed", "taken back since", "seither zurückgenommen"},
    {"machine", "decided by a machine", "von einer Maschine entschieden"},
    {"person", "decided by a person", "von einem Menschen entschieden"},
    {"rule", "Rule", "Regel"},
    {"actions", "Ordered from the platform", "Von der Plattform verlangt"},
    {"contact", "Earlier contact", "Frühere Kontakte"},
    {"contact_text", "What passed between you and these accounts besides, as far as it is still kept.",
     "Was sonst zwischen Ihnen und diesen Konten geschrieben wurde, soweit es noch aufbewahrt ist."},
    {"added", "What you added", "Was Sie hinzugefügt haben"},
    {"added_text", "Files are within this file, word for word; here stands what they are recognised by.",
     "Die Dateien stecken unverändert in dieser Akte; hier steht, woran man sie erkennt."},
    {"talks", "Talks at the desk, by telephone and by letter", "Gespräche am Schalter, am Telefon und in Briefen"},
    {"visit", "visit", "Besuch"},
    {"telephone", "telephone", "Telefon"},
    {"letter", "letter", "Brief"},
    {"mail", "mail", "E-Mail"},
    {"clause", "What was said rests on", "Grundlage des Gesagten"},
    {"by_delegate", "by your delegate", "von Ihrer Vertretung"},
    {"by_other", "by somebody who acts for you", "von jemandem, der für Sie handelt"},
    {"delegates", "Who acts or acted for you", "Wer für Sie handelt oder gehandelt hat"},
    {"until", "until", "bis"},
    {"event_evidence_added", "Evidence added", "Beleg hinzugefügt"},
    {"event_desk_opened", "Opened at the desk with a code", "Am Schalter mit einem Code geöffnet"},
    {"event_contact_logged", "A talk was noted", "Ein Gespräch wurde vermerkt"},
    {"event_question_asked", "A question was asked", "Eine Frage wurde gestellt"},
    {"story", "What has happened", "Was geschehen ist"},
    {"told", "What we told you", "Was wir Ihnen mitgeteilt haben"},
    {"check", "How to check this file", "So lässt sich diese Akte prüfen"},
    {"check_text",
     "The file is signed. Save it as it is and run: heed bundle verify FILE --key KEY, with the key that the platform "
     "publishes. It needs no network and no account. "
     "A changed file is recognised by a single changed character. The hashes below stand for the events in the "
     "platform's ledger that you may see.",
     "Die Akte ist unterschrieben. Speichern Sie die Datei unverändert und rufen Sie auf: heed bundle verify DATEI "
     "--key SCHLÜSSEL, mit dem Schlüssel, den die Plattform "
     "veröffentlicht. Das geht ohne Netz und ohne Konto. Schon ein geändertes Zeichen fällt auf. Die Prüfsummen unten "
     "stehen für die Ereignisse im Hauptbuch der Plattform, die Sie sehen dürfen."},
    {"not_proven",
     "It proves that nothing in it has changed and who signed it. It does not prove who is behind an account.",
     "Sie beweist, dass nichts darin geändert wurde und wer sie unterschrieben hat. Sie beweist nicht, wer hinter "
     "einem Konto steht."},
    {"role_reporter", "reported", "hat gemeldet"},
    {"role_target", "it is aimed at them", "davon betroffen"},
    {"role_author", "wrote it", "hat es verfasst"},
    {"event_report_received", "Report received", "Meldung eingegangen"},
    {"event_report_repeated", "Reported again", "Erneut gemeldet"},
    {"event_report_withdrawn", "Report taken back", "Meldung zurückgenommen"},
    {"event_pile_taken", "Everything since a point in time taken into the case",
     "Alles seit einem Zeitpunkt in den Fall genommen"},
    {"event_items_joined", "Posts joined the case", "Beiträge kamen zum Fall"},
    {"event_being_looked_at", "A person opened the case", "Ein Mensch hat den Fall geöffnet"},
    {"event_decided", "Something was decided", "Etwas wurde entschieden"},
    {"event_reversed", "A decision was taken back", "Eine Entscheidung wurde zurückgenommen"},
    {"event_action_confirmed", "The platform answered an order", "Die Plattform hat auf eine Anordnung geantwortet"},
    {"event_relief_ordered", "Protection ordered", "Schutz veranlasst"},
    {"event_relief_ended", "Protection ended", "Schutz beendet"},
    {"event_message_sent", "Message", "Nachricht"},
    {"event_appeal_filed", "Objection received", "Widerspruch eingegangen"},
    {"event_appeal_decided", "Objection answered", "Widerspruch beantwortet"},
    {"event_other", "Something was noted", "Etwas wurde vermerkt"},
};

class Page {
 public:
  Page(Json file, std::string_view locale) : file_(file), german_(locale.substr(0, 2) == "de") {}

  std::string run(std::string_view bundle) {
    out_ = "<!doctype html>\n<html lang=\"";
    out_ += german_ ? "de" : "en";
    // Also where it is opened from a folder: nothing may run, nothing is fetched.
    out_ +=
        "\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
        "'none'; style-src 'unsafe-inline'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<meta name=\"referrer\" "
        "content=\"no-referrer\">\n<title>";
    text(word("title"));
    // Nothing of the case: a title is seen in passing.
    out_ += "</title>\n<style>";
    out_.append(kStyle).append("</style>\n</head>\n<body>\n<main>\n<h1>");
    text(word("title"));
    out_ += "</h1>\n";
    front();
    items();
    contact();
    added();
    talks();
    delegates();
    story();
    told();
    proof();
    out_ += "</main>\n";
    out_.append(kOpen).append(bundle.substr(0, bundle.size() - 1)).append("\n").append(kClose);
    return std::move(out_);
  }

 private:
  std::string_view word(std::string_view key) const {
    for (const Word& w : kWords) {
      if (w.key == key) {
        return german_ ? w.de : w.en;
      }
    }
    return key;
  }
  bool knows(std::string_view key) const { return word(key) != key; }
  void text(std::string_view plain) {
    for (char c : plain) {
      switch (c) {
        case '<':
          out_ += "&lt;";
          break;
        case '>':
          out_ += "&gt;";
          break;
        case '&':
          out_ += "&amp;";
          break;
        case '"':
          out_ += "&quot;";
          break;
        case '\'':
          out_ += "&#39;";
          break;
        default:
          out_ += c;
      }
    }
  }
  void heading(std::string_view key) {
    out_ += "<h2>";
    text(word(key));
    out_ += "</h2>\n";
  }
  void paragraph(std::string_view plain, std::string_view mark = "p") {
    out_.append("<").append(mark).append(" dir=\"auto\">");
    text(plain);
    out_.append("</").append(mark).append(">\n");
  }
  void line(std::string_view label, std::string_view value) {
    if (!value.empty()) {
      out_ += "<tr><th>";
      text(label);
      out_ += "</th><td dir=\"auto\">";
      text(value);
      out_ += "</td></tr>\n";
    }
  }
  /// "2026-11-21 18:00:00.000 UTC"
  static std::string moment(std::string_view time) {
    std::string out(time);
    if (out.size() > 11 && out.ends_with('Z')) {
      out[10] = ' ';
      out.pop_back();
      out += " UTC";
    }
    return out;
  }
  static std::string account(Json author) {
    std::string out = isolated(author.get_string("handle")), id = isolated(author.get_string("id"));
    return out.empty() ? id : out + " (" + id + ")";
  }

  void front() {
    Json of = file_["case"], to = file_["recipient"];
    out_ += "<table>\n";
    line(word("number"), of.get_string("number"));
    std::string who;
    for (std::string_view part : {"name", "handle", "account_id", "email"}) {
      if (!to.get_string(part).empty()) {
        who += (who.empty() ? "" : ", ") + isolated(to.get_string(part));
      }
    }
    line(word("for"), who);
    line(word("platform"), file_.get_string("platform"));
    line(word("made_at"), moment(file_.get_string("made_at")));
    std::string roles;
    of["roles"].each([&](Json role) {
      roles += (roles.empty() ? "" : ", ") + std::string(word("role_" + std::string(role.string().value_or(""))));
    });
    line(word("roles"), roles);
    of["reports"].each([&](Json report) { line(word("reports"), moment(report.get_string("received_at"))); });
    out_ += "</table>\n";
    paragraph(word("times"));
  }

  void post(Json json) {
    out_ += "<table>\n";
    line(word("id"), json.get_string("id"));
    line(word("author"), account(json["author"]));
    line(word("written"), moment(json.get_string("created_at")));
    json["links"].each([&](Json link) { line(word("links"), link.string().value_or("")); });
    json["media"].each([&](Json media) {
      line(word("media"), std::string(media.get_string("type")) + " SHA-256 " +
                              std::string(media.get_string("sha256")) + " " + isolated(media.get_string("url")));
    });
    out_ += "</table>\n";
    paragraph(json.get_string("text"), "blockquote");
  }

  void items() {
    heading("items");
    file_["items"].each([&](Json item) {
      out_ += "<section>\n<h3>";
      text(word("item"));
      out_ += " " + std::to_string(item.get_int("n")) + "</h3>\n<table>\n";
      line(word("id"), item.get_string("id"));
      line(word("written"), moment(item.get_string("created_at")));
      if (std::string_view from = item.get_string("provenance"); !from.empty()) {
        line(word("provenance"), word(from == "platform" ? "from_platform" : from));
      }
      line(word("frozen"), moment(item.get_string("frozen_at")));
      out_ += "</table>\n";
      if (item.get_bool("deleted")) {
        paragraph(word("deleted"));
      }
      if (item.get_bool("erased")) {
        paragraph(word("erased"));
      }
      item["versions"].each([&](Json version) {
        if (version.get_string("change") == "edit") {
          paragraph(word("edit"));
        }
        if (!version.get_string("received_at").empty()) {
          paragraph(std::string(word("received")) + ": " + moment(version.get_string("received_at")));
        }
        if (Json what = version["post"]; what.is_object()) {
          post(what);
        }
      });
      if (Json thread = item["thread"]; thread.size() > 0) {
        paragraph(word("thread"));
        thread.each([&](Json above) { post(above); });
      }
      if (Json run_up = item["run_up"]; run_up.size() > 0) {
        paragraph(word("run_up"));
        out_ += "<ul>\n";
        run_up.each([&](Json before) {
          paragraph(moment(before.get_string("created_at")) + ", " +
                        std::string(word(before.get_bool("by_you") ? "by_you" : "by_them")) + ", " +
                        std::string(before.get_string("post_id")),
                    "li");
        });
        out_ += "</ul>\n";
      }
      decision(item["decision"]);
      out_ += "</section>\n";
    });
    if (file_.get_int("items_left_out") > 0) {
      paragraph(std::string(word("left_out")) + " " + std::to_string(file_.get_int("items_left_out")));
    }
  }

  void decision(Json d) {
    if (!d.is_object()) {
      return;
    }
    out_ += "<table>\n";
    std::string says(word(d.get_string("outcome")));
    says +=
        ", " + moment(d.get_string("at")) + ", " + std::string(word(d.get_bool("by_machine") ? "machine" : "person"));
    if (d.get_bool("reversed")) {
      says += "; " + std::string(word("reversed"));
    }
    line(word("decision"), says);
    line(word("rule"), d.get_string("clause_title"));
    d["actions"].each([&](Json action) {
      std::string what = std::string(action.get_string("kind")) + ": " + std::string(action.get_string("state")) +
                         ", " + moment(action.get_string("ordered_at"));
      line(word("actions"), what);
    });
    out_ += "</table>\n";
    if (!d.get_string("reason").empty()) {
      paragraph(d.get_string("reason"));
    }
  }

  void contact() {
    bool any = false;
    file_["earlier_contact"].each([&](Json with) { any = any || with["posts"].size() > 0; });
    if (!any) {
      return;
    }
    heading("contact");
    paragraph(word("contact_text"));
    file_["earlier_contact"].each([&](Json with) { with["posts"].each([&](Json passed) { post(passed["post"]); }); });
  }

  void added() {
    if (file_["added"].size() == 0) {
      return;
    }
    heading("added");
    paragraph(word("added_text"));
    file_["added"].each([&](Json piece) {
      out_ += "<table>\n";
      Json said = piece["said"];
      line(word("written"), moment(piece.get_string("at")));
      line(word("links"), said.get_string("url"));
      if (!piece.get_string("sha256").empty()) {
        line(word("media"), std::string(piece.get_string("type")) + ", " + std::to_string(piece.get_int("size")) +
                                " B, SHA-256 " + std::string(piece.get_string("sha256")));
      }
      out_ += "</table>\n";
      for (std::string_view part : {"text", "about"}) {
        if (!said.get_string(part).empty()) {
          paragraph(said.get_string(part), "blockquote");
        }
      }
    });
  }

  void talks() {
    if (file_["talks"].size() == 0) {
      return;
    }
    heading("talks");
    file_["talks"].each([&](Json talk) {
      paragraph(moment(talk.get_string("at")) + ", " + std::string(word(talk.get_string("channel"))) + ", " +
                std::string(talk.get_string("as")));
      if (!talk.get_string("clause").empty()) {
        paragraph(std::string(word("clause")) + ": " + std::string(talk.get_string("clause")) + " " +
                  std::string(talk.get_string("clause_version")));
      }
      if (!talk.get_string("said").empty()) {
        paragraph(talk.get_string("said"), "blockquote");
      }
    });
  }

  void delegates() {
    if (file_["delegates"].size() == 0) {
      return;
    }
    heading("delegates");
    file_["delegates"].each([&](Json one) {
      std::string who;
      for (std::string_view part : {"name", "account_id", "email"}) {
        if (!one.get_string(part).empty()) {
          who += (who.empty() ? "" : ", ") + isolated(one.get_string(part));
        }
      }
      const std::string_view ended = one.get_string("ended_at");
      paragraph(who + ": " + moment(one.get_string("since")) + " " + std::string(word("until")) + " " +
                moment(ended.empty() ? one.get_string("until") : ended));
      out_ += "<ul>\n";
      one["did"].each([&](Json deed) {
        const std::string key = "event_" + std::string(deed.get_string("what"));
        paragraph(moment(deed.get_string("at")) + ": " +
                      std::string(word(knows(key) ? std::string_view(key) : "event_other")),
                  "li");
      });
      out_ += "</ul>\n";
    });
  }

  /// "(by your delegate Union)" when it was not her own doing.
  std::string by_whom(Json event) const {
    const std::string_view id = event["by"].get_string("delegation_id");
    if (id.empty()) {
      return {};
    }
    std::string name;
    file_["delegates"].each([&](Json one) {
      if (one.get_string("delegation_id") == id) {
        for (std::string_view part : {"name", "email", "account_id"}) {
          name = name.empty() ? std::string(one.get_string(part)) : name;
        }
      }
    });
    return " (" + std::string(word(name.empty() ? "by_other" : "by_delegate")) + (name.empty() ? "" : " ") +
           isolated(name) + ")";
  }

  void story() {
    heading("story");
    out_ += "<ol>\n";
    file_["story"].each([&](Json event) {
      out_ += "<li dir=\"auto\">";
      const std::string key = "event_" + std::string(event.get_string("kind"));
      text(moment(event.get_string("at")) + ": " +
           std::string(word(knows(key) ? std::string_view(key) : "event_other")) + by_whom(event));
      event["said"].members([&](std::string_view, Json said) {
        std::string_view words = said.string() ? *said.string() : said.get_string("comment");
        if (!words.empty()) {
          out_ += "<blockquote dir=\"auto\">";
          text(words);
          out_ += "</blockquote>";
        }
      });
      out_ += "</li>\n";
    });
    out_ += "</ol>\n";
  }

  void told() {
    if (file_["told"].size() == 0) {
      return;
    }
    heading("told");
    file_["told"].each([&](Json notice) {
      out_ += "<h3 dir=\"auto\">";
      text(std::string(notice.get_string("subject")) + ", " + moment(notice.get_string("at")));
      out_ += "</h3>\n";
      paragraph(notice.get_string("text"), "blockquote");
    });
  }

  void proof() {
    heading("check");
    paragraph(word("check_text"));
    paragraph(word("not_proven"));
    out_ += "<ol>\n";
    file_["proof"]["events"].each([&](Json event) {
      out_ += "<li><code>";
      text(event.get_string("hash"));
      out_ += "</code></li>\n";
    });
    out_ += "</ol>\n";
  }

  Json file_;
  const bool german_;
  std::string out_;
};

}  // namespace

std::string render_page(Json payload, std::string_view bundle, std::string_view locale) {
  return Page(payload, locale).run(bundle);
}

std::optional<std::string_view> json_in_page(std::string_view page) {
  const std::size_t at = page.find(kOpen);
  if (at == std::string_view::npos || !page.ends_with(kClose) || page.size() < at + kOpen.size() + kClose.size()) {
    return std::nullopt;
  }
  // Text within the file cannot look like this: there every "<" is an escape.
  if (page.find(kOpen, at + 1) != std::string_view::npos) {
    return std::nullopt;
  }
  return page.substr(at + kOpen.size(), page.size() - kClose.size() - at - kOpen.size());
}

}  // namespace heed::casework
