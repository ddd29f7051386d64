#include "adapters/perspective/discovery.h"

#include <algorithm>

#include "base/json.h"

namespace heed::adapters::perspective {
namespace {

/// Everything but the root. What the fields mean is Perspective's; the words are ours.
constexpr std::string_view kBody = R"json("kind":"discovery#restDescription","discoveryVersion":"v1",
"id":"commentanalyzer:v1alpha1","name":"commentanalyzer","version":"v1alpha1","revision":"0","canonicalName":"Comment Analyzer",
"title":"Heed in place of the Perspective Comment Analyzer API","description":"Scores comments and takes suggested scores.",
"ownerDomain":"localhost","ownerName":"Heed","protocol":"rest","servicePath":"","fullyEncodeReservedExpansion":true,
"parameters":{
"key":{"type":"string","location":"query","description":"API key."},
"alt":{"type":"string","location":"query","default":"json","enum":["json"],"enumDescriptions":["JSON"],"description":"Format of the answer."},
"prettyPrint":{"type":"boolean","location":"query","default":"true","description":"Accepted; answers are compact."},
"fields":{"type":"string","location":"query","description":"Accepted; answers are whole."},
"quotaUser":{"type":"string","location":"query","description":"Accepted."},
"callback":{"type":"string","location":"query","description":"Accepted; answers are never wrapped."},
"access_token":{"type":"string","location":"query","description":"Accepted."},
"oauth_token":{"type":"string","location":"query","description":"Accepted."},
"uploadType":{"type":"string","location":"query","description":"Accepted."},
"upload_protocol":{"type":"string","location":"query","description":"Accepted."},
"$.xgafv":{"type":"string","location":"query","enum":["1","2"],"enumDescriptions":["v1 error format","v2 error format"],"description":"Accepted."}},
"resources":{"comments":{"methods":{
"analyze":{"id":"commentanalyzer.comments.analyze","path":"v1alpha1/comments:analyze","flatPath":"v1alpha1/comments:analyze","httpMethod":"POST",
"description":"Scores a comment by the requested attributes.","parameters":{},"parameterOrder":[],
"request":{"$ref":"AnalyzeCommentRequest"},"response":{"$ref":"AnalyzeCommentResponse"}},
"suggestscore":{"id":"commentanalyzer.comments.suggestscore","path":"v1alpha1/comments:suggestscore","flatPath":"v1alpha1/comments:suggestscore","httpMethod":"POST",
"description":"Says which scores a comment should have had.","parameters":{},"parameterOrder":[],
"request":{"$ref":"SuggestCommentScoreRequest"},"response":{"$ref":"SuggestCommentScoreResponse"}}}}},
"schemas":{
"AnalyzeCommentRequest":{"id":"AnalyzeCommentRequest","type":"object","properties":{
"comment":{"$ref":"TextEntry"},"context":{"$ref":"Context"},
"requestedAttributes":{"type":"object","additionalProperties":{"$ref":"AttributeParameters"}},
"languages":{"type":"array","items":{"type":"string"}},"spanAnnotations":{"type":"boolean"},"doNotStore":{"type":"boolean"},
"dropUnsupportedAttributes":{"type":"boolean"},"clientToken":{"type":"string"},"sessionId":{"type":"string"},"communityId":{"type":"string"}}},
"AnalyzeCommentResponse":{"id":"AnalyzeCommentResponse","type":"object","properties":{
"attributeScores":{"type":"object","additionalProperties":{"$ref":"AttributeScores"}},
"languages":{"type":"array","items":{"type":"string"}},"detectedLanguages":{"type":"array","items":{"type":"string"}},"clientToken":{"type":"string"}}},
"SuggestCommentScoreRequest":{"id":"SuggestCommentScoreRequest","type":"object","properties":{
"comment":{"$ref":"TextEntry"},"context":{"$ref":"Context"},
"attributeScores":{"type":"object","additionalProperties":{"$ref":"AttributeScores"}},
"languages":{"type":"array","items":{"type":"string"}},"communityId":{"type":"string"},"clientToken":{"type":"string"},"sessionId":{"type":"string"}}},
"SuggestCommentScoreResponse":{"id":"SuggestCommentScoreResponse","type":"object","properties":{
"clientToken":{"type":"string"},"detectedLanguages":{"type":"array","items":{"type":"string"}},"requestedLanguages":{"type":"array","items":{"type":"string"}}}},
"AttributeParameters":{"id":"AttributeParameters","type":"object","properties":{
"scoreType":{"type":"string","enum":["SCORE_TYPE_UNSPECIFIED","PROBABILITY","STD_DEV_SCORE","PERCENTILE","RAW"],"enumDescriptions":["Refused.","The one that is served.","Refused.","Refused.","Refused."]},
"scoreThreshold":{"type":"number","format":"float"}}},
"AttributeScores":{"id":"AttributeScores","type":"object","properties":{
"summaryScore":{"$ref":"Score"},"spanScores":{"type":"array","items":{"$ref":"SpanScore"}}}},
"SpanScore":{"id":"SpanScore","type":"object","properties":{
"begin":{"type":"integer","format":"int32"},"end":{"type":"integer","format":"int32"},"score":{"$ref":"Score"}}},
"Score":{"id":"Score","type":"object","properties":{"value":{"type":"number","format":"float"},
"type":{"type":"string","enum":["SCORE_TYPE_UNSPECIFIED","PROBABILITY","STD_DEV_SCORE","PERCENTILE","RAW"],"enumDescriptions":["","","","",""]}}},
"TextEntry":{"id":"TextEntry","type":"object","properties":{"text":{"type":"string"},
"type":{"type":"string","enum":["TEXT_TYPE_UNSPECIFIED","PLAIN_TEXT","HTML"],"enumDescriptions":["Refused.","The one that is served.","Refused."]}}},
"Context":{"id":"Context","type":"object","properties":{
"entries":{"type":"array","items":{"$ref":"TextEntry"}},"articleAndParentComment":{"$ref":"ArticleAndParentComment"}}},
"ArticleAndParentComment":{"id":"ArticleAndParentComment","type":"object","properties":{
"article":{"$ref":"TextEntry"},"parentComment":{"$ref":"TextEntry"}}}}})json";

bool is_host(std::string_view host) {
  return !host.empty() && host.size() <= 260 && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
           c == ':' || c == '[' || c == ']' || c == '_';
  });
}

}  // namespace

std::string root_url(std::string_view public_url, std::string_view host, std::string_view forwarded_proto) {
  if (!public_url.empty()) {
    while (public_url.ends_with('/')) {
      public_url.remove_suffix(1);
    }
    return std::string(public_url);
  }
  if (!is_host(host)) {
    return {};
  }
  return (forwarded_proto == "https" ? "https://" : "http://") + std::string(host);
}

std::string discovery_document(std::string_view root) {
  const std::string url = std::string(root) + "/";
  std::string out = "{\"rootUrl\":";
  append_json_string(out, url);
  out += ",\"baseUrl\":";
  append_json_string(out, url);
  out += ',';
  out += kBody;
  return out;
}

}  // namespace heed::adapters::perspective
