#!/usr/bin/env python3
"""How much of a lexicon the lists of the default policy find.

    policies/coverage.py LEXICON.tsv [path of heed]

LEXICON.tsv has a header line with the columns term and categories (separated by | , or ;). Each term is put into three
posts ("you <term>", "you are a <term>", "all <term>"); it is covered when one of them is flagged. Swear words that hit nobody are
not meant to be covered: the lists look for abuse, not for rudeness. Nothing is copied from the lexicon.
"""
import collections
import json
import re
import subprocess
import sys


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    heed = sys.argv[2] if len(sys.argv) == 3 else "build/release/heed"
    with open(sys.argv[1], encoding="utf-8") as file:
        header = file.readline().rstrip("\n").split("\t")
        rows = [dict(zip(header, line.rstrip("\n").split("\t"))) for line in file]
    posts = []
    for number, row in enumerate(rows):
        for form in ("you %s", "you are a %s", "all %s"):
            posts.append(json.dumps({"id": str(number), "text": form % row["term"], "author": {"id": "a"},
                                     "created_at": "2026-01-01T00:00:00.000Z"}))
    answers = subprocess.run([heed, "evaluate", "-"], input="\n".join(posts) + "\n", text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    found = {answer["post_id"] for answer in map(json.loads, answers.splitlines()) if answer.get("verdict") in ("flag", "act")}
    covered, total = collections.Counter(), collections.Counter()
    for number, row in enumerate(rows):
        for category in re.split(r"[|,;]", row.get("categories", "")) + ["all"]:
            key = category.strip() or "(none)"
            total[key] += 1
            covered[key] += str(number) in found
    print("%-44s %7s %7s %7s" % ("category", "terms", "found", "share"))
    for key in sorted(total):
        print("%-44s %7d %7d %6.0f%%" % (key, total[key], covered[key], 100 * covered[key] / total[key]))


main()
