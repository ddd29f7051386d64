#include "rule/type.h"

namespace heed::rule {

Type Type::of(Kind kind) {
  if (kind == Kind::List) {
    return list({});
  }
  if (kind == Kind::Map) {
    return map({}, {});
  }
  Type t;
  t.is_ = Is::Plain;
  t.kind_ = kind;
  return t;
}
Type Type::list(Type element) {
  Type t;
  t.is_ = Is::List;
  t.args_ = std::make_shared<const std::pair<Type, Type>>(std::move(element), Type());
  return t;
}
Type Type::map(Type key, Type value) {
  Type t;
  t.is_ = Is::Map;
  t.args_ = std::make_shared<const std::pair<Type, Type>>(std::move(key), std::move(value));
  return t;
}
Type Type::record(std::shared_ptr<const RecordType> record) {
  Type t;
  t.is_ = Is::Record;
  t.record_ = std::move(record);
  return t;
}

bool Type::may_be(Kind kind) const {
  switch (is_) {
    case Is::Dyn:
      return true;
    case Is::Plain:
      return kind_ == kind;
    case Is::List:
      return kind == Kind::List;
    case Is::Map:
    case Is::Record:
      return kind == Kind::Map;
  }
  return false;
}

bool Type::fits(const Type& wanted) const {
  if (is_dyn() || wanted.is_dyn()) {
    return true;
  }
  if (is_ == Is::Record && wanted.is_ == Is::Map) {
    return wanted.key().may_be(Kind::String);
  }
  if (is_ != wanted.is_) {
    return false;
  }
  switch (is_) {
    case Is::Plain:
      return kind_ == wanted.kind_;
    case Is::List:
      return element().fits(wanted.element());
    case Is::Map:
      return key().fits(wanted.key()) && value().fits(wanted.value());
    default:
      return record_ == wanted.record_ || record_->name == wanted.record_->name;
  }
}

Type Type::join(const Type& a, const Type& b) {
  if (a.is_ != b.is_) {
    return {};
  }
  switch (a.is_) {
    case Is::Plain:
      return a.kind_ == b.kind_ ? a : Type();
    case Is::List:
      return a.args_ == b.args_ ? a : list(join(a.element(), b.element()));
    case Is::Map:
      return a.args_ == b.args_ ? a : map(join(a.key(), b.key()), join(a.value(), b.value()));
    case Is::Record:
      return a.record_ == b.record_ ? a : Type();
    default:
      return {};
  }
}

std::string Type::text() const {
  switch (is_) {
    case Is::Dyn:
      return "dyn";
    case Is::Plain:
      return kind_ == Kind::Timestamp  ? "timestamp"
             : kind_ == Kind::Duration ? "duration"
             : kind_ == Kind::Null     ? "null"
                                       : std::string(type_name(kind_));
    case Is::List:
      return element().is_dyn() ? "list" : "list(" + element().text() + ")";
    case Is::Map:
      return key().is_dyn() && value().is_dyn() ? "map" : "map(" + key().text() + ", " + value().text() + ")";
    case Is::Record:
      return record_->name;
  }
  return "";
}

const Type* RecordType::find(std::string_view field) const {
  for (const auto& [name_, type] : fields) {
    if (name_ == field) {
      return &type;
    }
  }
  return nullptr;
}

std::vector<std::string> RecordType::names() const {
  std::vector<std::string> out;
  for (const auto& [name_, type] : fields) {
    out.push_back(name_);
  }
  return out;
}

}  // namespace heed::rule
