#pragma once
#include <cstdint>
#include <vector>

#include "assess/book.h"
#include "assess/view.h"
#include "rule/ast.h"

namespace heed::assess {

/// Something without which a rule cannot be true.
struct Trigger {
  enum class Kind : std::uint8_t {
    List,      ///< any entry of list `number`
    Phrase,    ///< phrase `number`
    Folded,    ///< pattern `number` in the folded text
    Original,  ///< pattern `number` in the post's own bytes
    Signal,    ///< category `number` with a score of at least `least`
    Score,     ///< model label `number` of at least `least`
    Count      ///< attribute `number` (Attribute) is above 0
  };
  Kind kind = Kind::List;
  std::uint32_t number = 0;
  double least = 0;
};

/// What an expression needs and asks for.
struct Need {
  bool always = true;        ///< nothing can be said: it is evaluated for every post
  std::vector<Trigger> any;  ///< else it can only be true where one of these is
  bool windows = false;      ///< asks what happened lately: decided in the second stage
  std::vector<rule::Issue> issues;
  std::vector<std::uint32_t> categories, phrases, folded;  ///< named anywhere in it, for the span
};

/// Looks at calls of list, signal, phrase, pattern and near, whose texts must be written out, and adds their phrases
/// and patterns to `book`; refuses attributes that must never decide. What can be known from the conditions that stand
/// at the top, joined by && and ||, becomes triggers; of several, the rarest. Where a trigger is absent the condition
/// is false, and so is the whole, whatever else stands in it.
Need need_of(const rule::Ast& ast, Book& book);

}  // namespace heed::assess
