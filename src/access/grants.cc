#include "access/grants.h"

namespace heed::access {

void Grants::fill(std::vector<Grant> grants) {
  book_.with([&](Book& book) {
    book.by_id.clear();
    book.by_people.clear();
    for (Grant& grant : grants) {
      book.by_people[{grant.delegate, grant.principal}] = grant.id;
      book.by_id.insert_or_assign(grant.id, std::move(grant));
    }
    book.filled = true;
  });
}

bool Grants::filled() const {
  return book_.with([](const Book& book) { return book.filled; });
}

void Grants::put(Grant grant) {
  book_.with([&](Book& book) {
    auto key = std::pair(grant.delegate, grant.principal);
    if (auto old = book.by_people.find(key); old != book.by_people.end()) {
      book.by_id.erase(old->second);
    }
    book.by_people[key] = grant.id;
    book.by_id.insert_or_assign(grant.id, std::move(grant));
  });
}

void Grants::end(DelegationId id) {
  book_.with([&](Book& book) {
    if (auto found = book.by_id.find(id); found != book.by_id.end()) {
      book.by_people.erase({found->second.delegate, found->second.principal});
      book.by_id.erase(found);
    }
  });
}

void Grants::opened(DelegationId id, int link) {
  book_.with([&](Book& book) {
    if (auto found = book.by_id.find(id); found != book.by_id.end()) {
      found->second.opened = std::max(found->second.opened, link);
    }
  });
}

void Grants::forget(const PersonHash& person) {
  book_.with([&](Book& book) {
    std::erase_if(book.by_id, [&](const auto& entry) {
      return entry.second.principal == person || entry.second.delegate == person;
    });
    std::erase_if(book.by_people,
                  [&](const auto& entry) { return entry.first.first == person || entry.first.second == person; });
  });
}

std::optional<Grant> Grants::find(DelegationId id, Time now) const {
  return book_.with([&](const Book& book) -> std::optional<Grant> {
    auto found = book.by_id.find(id);
    return found != book.by_id.end() && now < found->second.until ? std::optional(found->second) : std::nullopt;
  });
}

std::optional<Grant> Grants::between(const PersonHash& delegate, const PersonHash& principal, Time now) const {
  return book_.with([&](const Book& book) -> std::optional<Grant> {
    auto found = book.by_people.find({delegate, principal});
    if (found == book.by_people.end()) {
      return std::nullopt;
    }
    auto grant = book.by_id.find(found->second);
    return grant != book.by_id.end() && now < grant->second.until ? std::optional(grant->second) : std::nullopt;
  });
}

Principal acting(const Grant& grant, std::string locale) {
  Principal who;
  who.caller = Caller::User;
  who.person = grant.principal;
  who.account_id = grant.account;
  who.locale = std::move(locale);
  who.delegation = grant.id;
  who.delegated = grant.scopes;
  who.delegate = grant.delegate;
  return who;
}

}  // namespace heed::access
