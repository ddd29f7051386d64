#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rule/value.h"

namespace heed::rule {

struct RecordType;

/// What the checker knows of an expression. Dyn is "anything, found out while evaluating" and goes with every
/// type.
class Type {
 public:
  enum class Is : std::uint8_t { Dyn, Plain, List, Map, Record };

  Type() = default;  // dyn
  static Type dyn() { return {}; }
  static Type of(Kind kind);  ///< lists and maps are of dyn
  static Type list(Type element);
  static Type map(Type key, Type value);
  static Type record(std::shared_ptr<const RecordType> record);

  Is is() const { return is_; }
  bool is_dyn() const { return is_ == Is::Dyn; }
  bool is(Kind kind) const { return is_ == Is::Plain && kind_ == kind; }
  /// Whether some value of this type may be of that kind.
  bool may_be(Kind kind) const;
  bool may_be_number() const { return may_be(Kind::Int) || may_be(Kind::Uint) || may_be(Kind::Double); }
  const Type& element() const { return args_->first; }  ///< of a list
  const Type& key() const { return args_->first; }      ///< of a map
  const Type& value() const { return args_->second; }
  const RecordType& fields() const { return *record_; }

  /// Whether a value of this type may stand where `wanted` is wanted; dyn, on either side and inside, always
  /// may.
  bool fits(const Type& wanted) const;
  /// The one type of both, or dyn.
  static Type join(const Type& a, const Type& b);
  /// "list(map(string, int))"; a record by its name.
  std::string text() const;

 private:
  Is is_ = Is::Dyn;
  Kind kind_ = Kind::Missing;
  std::shared_ptr<const std::pair<Type, Type>> args_;
  std::shared_ptr<const RecordType> record_;
};

/// A map with known string keys: `post`, `report`. At run time it is a map.
struct RecordType {
  std::string name;
  std::vector<std::pair<std::string, Type>> fields;

  const Type* find(std::string_view field) const;
  std::vector<std::string> names() const;
};

}  // namespace heed::rule
