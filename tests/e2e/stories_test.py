"""The stories of the policy pack, each with its attacks, against the real binary (tests/stories.py says how they are read)."""
import os
import unittest

from stories import Fault, Story, terms_of

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "policies", "default", "stories")


class Stories(unittest.TestCase):
    pass


def add(name):
    def run(self):
        with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
            story = Story(name, file.read())
        try:
            self.assertGreater(story.run(), 3, "a story that expects nothing")
        except Fault as fault:
            self.fail(str(fault))
    setattr(Stories, "test_" + name.removesuffix(".scn"), run)


for story in sorted(os.listdir(FOLDER)):
    add(story)


class Reading(unittest.TestCase):
    def test_terms(self):
        self.assertEqual(terms_of('by=her text="a \\"b\\" \\\\ c" empty'), [("by", "=", "her"), ("text", "=", 'a "b" \\ c'), ("empty", "", None)])

    def test_what_does_not_hold_is_said_with_its_line(self):
        story = Story("wrong.scn", 'post id=p1 actor=b1 text="good morning" mentions=her\nqueue lane=life\n')
        with self.assertRaises(Fault) as raised:
            story.run()
        self.assertIn("wrong.scn:2", str(raised.exception))

    def test_an_unknown_word_is_refused(self):
        with self.assertRaises(Fault) as raised:
            Story("odd.scn", "dance by=her\n").run()
        self.assertIn("no line begins with dance", str(raised.exception))


if __name__ == "__main__":
    unittest.main()
