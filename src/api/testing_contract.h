#pragma once
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "http/client.h"

/// Test support: holds answers against the OpenAPI document, with the part of JSON Schema that the document uses.
namespace heed::api {

class Contract {
 public:
  explicit Contract(const std::string& openapi) : document_(nlohmann::json::parse(openapi)) {}
  const nlohmann::json& document() const { return document_; }

  /// What is wrong with `value`, "" when nothing is.
  std::string fault(const nlohmann::json& schema, const nlohmann::json& value, const std::string& at = "") const;
  /// What is wrong with an answer to this request, "" when the document describes it.
  std::string check(std::string_view method, std::string_view target, const http::ClientResponse& answer) const;
  /// The operation for a request target, null when there is none.
  const nlohmann::json* operation(std::string_view method, std::string_view target) const;

 private:
  nlohmann::json document_;
};

}  // namespace heed::api
