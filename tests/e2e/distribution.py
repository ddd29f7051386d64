"""Are two sets of delays alike? The two-sample Kolmogorov-Smirnov statistic against one fixed bound.

The bound is that of one false alarm in ten thousand runs for samples of this size (Smirnov's limit), so that a test
does not fail by chance; `receipts_test.py` proves on delays with a spread of a third that all of them being slower by a
fifth, or a fourth of them taking twice as long, is still found."""
import bisect
import math

FALSE_ALARMS = 1e-4


def distance(a, b):
    """The largest gap between the two empirical distributions, 0 to 1."""
    a, b = sorted(a), sorted(b)
    return max(abs(bisect.bisect_right(a, x) / len(a) - bisect.bisect_right(b, x) / len(b)) for x in a + b)


def bound(n, m):
    return math.sqrt(-math.log(FALSE_ALARMS / 2) / 2) * math.sqrt((n + m) / (n * m))


def differ(a, b):
    return distance(a, b) > bound(len(a), len(b))
