#include "policy/report_flow.h"

#include <set>

#include "policy/read_parts.h"

namespace heed::policy {

const std::vector<std::string_view> kFieldKinds = {"choose_one", "choose_many", "yes_no",      "long_text", "links",
                                                   "moment",     "evidence",    "legal_claim", "contact"};
const std::vector<std::string_view> kNeeds = {"", "account", "no_account", "account_and_me", "account_and_pile"};

namespace {

using Options = std::vector<ReportFlow::Option>;

class FlowReader {
 public:
  explicit FlowReader(const std::vector<std::string>& locales) : locales_(locales) {}

  ReportFlow read(MapReader& in) {
    ReportFlow flow;
    flow.version = in.text("version", true, 100);
    flow.symptoms = options(in, "symptoms");
    const Options groups = options(in, "groups");
    std::set<std::string> steps, fields;
    in.each("steps", kStepsMax, [&](MapReader& step_in) {
      ReportFlow::Step step;
      step.id = unique(step_in, steps);
      step.title = step_in.localized("title", locales_);
      step.text = optional(step_in, "text");
      step_in.each("fields", 20,
                   [&](MapReader& field_in) { step.fields.push_back(field(field_in, flow.symptoms, groups, fields)); });
      flow.steps.push_back(std::move(step));
    });
    read_texts(in, "texts", flow.texts);
    read_texts(in, "legal_notice", flow.legal_notice);
    return flow;
  }

 private:
  void read_texts(MapReader& in, std::string_view name, std::map<std::string, Localized, std::less<>>& to) {
    if (auto texts = in.map(name, true)) {
      for (const YamlNode& key : texts->node().keys) {
        to[key.scalar] = texts->localized(key.scalar, locales_);
      }
      texts->done();
    }
  }
  Localized optional(MapReader& in, std::string_view name) {
    return in.optional(name) == nullptr ? Localized{} : in.localized(name, locales_);
  }
  static std::string unique(MapReader& in, std::set<std::string>& seen) {
    std::string id = in.name("id");
    if (!seen.insert(id).second) {
      in.fault(in.node(), "id: is there twice");
    }
    return id;
  }
  static std::string needs(MapReader& in) {
    std::vector<std::pair<std::string_view, std::string>> choices;
    for (std::string_view word : kNeeds) {
      choices.emplace_back(word, word);
    }
    return in.choice<std::string>("needs", choices, "");
  }
  Options options(MapReader& in, std::string_view name) {
    Options out;
    std::set<std::string> ids;
    in.each(name, 40, [&](MapReader& option_in) {
      ReportFlow::Option option;
      option.id = unique(option_in, ids);
      option.needs = needs(option_in);
      option.title = option_in.localized("title", locales_);
      option.text = optional(option_in, "text");
      option.topics = option_in.known_words("topics", kHelpTopics, false);
      out.push_back(std::move(option));
    });
    return out;
  }
  /// "symptoms" and "groups" stand for those lists.
  Options options_of(MapReader& in, const Options& symptoms, const Options& groups) {
    const YamlNode* node = in.optional("options");
    if (node == nullptr) {
      return {};
    }
    if (node->kind != YamlNode::Kind::Scalar) {
      return options(in, "options");
    }
    if (node->scalar != "symptoms" && node->scalar != "groups") {
      in.fault(*node, "options: must be a list, or symptoms, or groups");
    }
    return node->scalar == "groups" ? groups : symptoms;
  }
  ReportFlow::Field field(MapReader& in, const Options& symptoms, const Options& groups, std::set<std::string>& ids) {
    ReportFlow::Field field;
    field.id = unique(in, ids);
    field.kind = in.text("kind", true, 40);
    if (std::find(kFieldKinds.begin(), kFieldKinds.end(), field.kind) == kFieldKinds.end()) {
      in.fault(in.node(), fmt::format("kind: must be one of {}", fmt::join(kFieldKinds, ", ")));
    }
    field.needs = needs(in);
    field.required = in.flag("required", false);
    field.label = in.localized("label", locales_);
    field.text = optional(in, "text");
    field.missing = field.required ? in.localized("missing", locales_) : optional(in, "missing");
    field.options = options_of(in, symptoms, groups);
    if (field.options.empty() &&
        (field.kind == "choose_one" || field.kind == "choose_many" || field.kind == "yes_no")) {
      in.fault(in.node(), "options: are missing");
    }
    if (auto when = in.map("when", false)) {
      field.when_field = when->name("field");
      field.when_is = when->words("is", true);
      if (!ids.contains(field.when_field)) {
        in.fault(when->node(), "field: must be one that is asked before");
      }
      when->done();
    }
    return field;
  }

  const std::vector<std::string>& locales_;
};

}  // namespace

const std::string& ReportFlow::text(const std::map<std::string, Localized, std::less<>>& texts, std::string_view name,
                                    std::string_view locale) {
  static const std::string none;
  auto found = texts.find(name);
  return found == texts.end() ? none : found->second.in(locale);
}

ReportFlow read_report_flow(MapReader& in, const std::vector<std::string>& locales) {
  return FlowReader(locales).read(in);
}

}  // namespace heed::policy
