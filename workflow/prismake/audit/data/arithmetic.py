"""Whether reported statistics can be: means and deviations of whole numbers, deviations within bounds, intervals.

Every number is a `Decimal` as it was printed, so that its last digit says how far it was rounded. A check returns true
where the numbers can be, also where they are too coarse to tell. Rounding of a half is accepted in both directions.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, log, sqrt
from statistics import NormalDist

# A total of a mean may be any of a few whole numbers; more than this, and the mean is too coarse to tell anything.
MOST_TOTALS = 200


def places_of(number: Decimal) -> int:
    """The decimal places with which a number is printed."""
    return max(0, -int(number.as_tuple().exponent))


def ends(number: Decimal) -> tuple[Fraction, Fraction]:
    """The smallest and largest number that is printed so after rounding."""
    half = Fraction(1, 2 * 10 ** places_of(number))
    return Fraction(number) - half, Fraction(number) + half


def totals(mean: Decimal, n: int) -> Iterator[int]:
    """The whole totals of n numbers whose mean is printed so."""
    low, high = ends(mean)
    yield from range(ceil(low * n), floor(high * n) + 1)


def grim(mean: Decimal, n: int) -> bool:
    """Whether n whole numbers can have this mean.

    The GRIM test: Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363–369.
    """
    return n < 1 or any(True for _ in totals(mean, n))


def grim_percent(percent: Decimal, n: int) -> bool:
    """Whether a whole number out of n can be this percentage (GRIM for shares)."""
    low, high = ends(percent)
    return n < 1 or ceil(low * n / 100) <= floor(high * n / 100)


def grimmer(mean: Decimal, deviation: Decimal, n: int) -> bool:
    """Whether n whole numbers can have this mean together with this standard deviation.

    The squares of whole numbers add up to a whole number that is odd where their total is odd. Deviations over n and
    over n - 1 are both accepted. The GRIMMER test: Anaya J. PeerJ Preprints 2016;4:e2400v1; its parity: Allard A,
    Analytic-GRIMMER, 2018.
    """
    if n < 2:
        return True
    possible = list(totals(mean, n))
    low, high = ends(deviation)
    low = max(low, Fraction(0))
    if not possible or len(possible) > MOST_TOTALS:
        return True
    for over in (n - 1, n):
        for total in possible:
            base = Fraction(total * total, n)
            least, most = ceil(over * low * low + base), floor(over * high * high + base)
            # Two neighbours hold one of either parity.
            if most > least or (most == least and (most - total) % 2 == 0):
                return True
    return False


def debit(mean: Decimal, deviation: Decimal, n: int) -> bool:
    """Whether n zeros and ones can have this mean together with this standard deviation.

    The DEBIT test: Heathers JAJ, Brown NJL. DEBIT: a simple consistency test for binary data, 2019 (OSF).
    """
    if n < 2:
        return True
    low, high = ends(deviation)
    possible = list(totals(mean, n))
    for ones in possible:
        if 0 <= ones <= n:
            square = Fraction(ones * (n - ones), n * (n - 1))
            if max(low, Fraction(0)) ** 2 <= square <= high**2:
                return True
    return not possible


def largest_deviation(mean: Decimal, low: Decimal, high: Decimal, n: int) -> float:
    """The largest standard deviation of n numbers between two bounds with this mean (over n - 1).

    Bhatia R, Davis C. A better bound on the variance. Am Math Mon 2000;107:353–357.
    """
    below, above = ends(mean)
    bottom, top = ends(low)[0], ends(high)[1]
    at = min(max((bottom + top) / 2, below), above)
    spread = max(Fraction(0), (top - at) * (at - bottom))
    return sqrt(spread * Fraction(n, n - 1)) if n > 1 else 0.0


def mean_fits(mean: Decimal, low: Decimal, high: Decimal, n: int) -> bool:
    """Whether n numbers of which two are this smallest and this largest can have this mean."""
    if n < 2:
        return True
    least = ((n - 1) * ends(low)[0] + ends(high)[0]) / n
    most = (ends(low)[1] + (n - 1) * ends(high)[1]) / n
    return ends(mean)[1] >= least and ends(mean)[0] <= most


def deviation_fits(mean: Decimal, deviation: Decimal, low: Decimal, high: Decimal, n: int) -> bool:
    """Whether n numbers between two bounds can have this mean together with this standard deviation."""
    return n < 2 or float(ends(deviation)[0]) <= largest_deviation(mean, low, high, n) + 1e-9


def deviation_reaches(deviation: Decimal, low: Decimal, high: Decimal, n: int) -> bool:
    """Whether n numbers of which two are this smallest and this largest can deviate so little."""
    if n < 2:
        return True
    apart = ends(high)[0] - ends(low)[1]
    least = Fraction(0) if apart <= 0 else apart * apart / (2 * n)
    return ends(deviation)[1] ** 2 >= least


def error_fits(deviation: Decimal, error: Decimal, n: int) -> bool:
    """Whether a standard error is the standard deviation over the root of n."""
    low, high = ends(deviation)
    least, most = ends(error)
    return float(least) <= float(high) / sqrt(n) + 1e-12 and float(low) / sqrt(n) <= float(most) + 1e-12


def _student(n: int) -> float:
    """A number not below the 97.5 % point of Student's distribution with n - 1 degrees of freedom."""
    known = {2: 12.71, 3: 4.31, 4: 3.19, 5: 2.78, 6: 2.58, 7: 2.45, 8: 2.37, 9: 2.31, 10: 2.27}
    return known.get(n, 2.27 if n < 20 else 2.10 if n < 60 else 2.01)


def interval_fits(error: Decimal, low: Decimal, high: Decimal, n: int) -> bool:
    """Whether a 95 % confidence interval is as wide as its standard error makes it, by normal or Student's points."""
    width = (float(ends(high)[1] - ends(low)[0]), float(ends(high)[0] - ends(low)[1]))
    least = 2 * 1.959 * float(max(ends(error)[0], Fraction(0)))
    most = 2 * _student(n) * float(ends(error)[1])
    return least <= width[0] + 1e-9 and width[1] <= most + 1e-9


def symmetric(estimate: Decimal, low: Decimal, high: Decimal, *, ratio: bool) -> bool:
    """Whether an estimate lies in the middle of its interval, of a ratio on the logarithmic scale; rounding apart."""
    bounds = [ends(number) for number in (low, estimate, high)]
    if ratio:
        if bounds[0][0] <= 0:
            return True
        logs = [(log(least), log(most)) for least, most in bounds]
    else:
        logs = [(float(least), float(most)) for least, most in bounds]
    (a, b), (c, d), (e, f) = logs
    return (a + e) / 2 <= d + 1e-9 and c - 1e-9 <= (b + f) / 2


def p_of_interval(estimate: Decimal, low: Decimal, high: Decimal, *, ratio: bool) -> float | None:
    """The P value that an estimate and its 95 % confidence interval imply; none where the interval has no width.

    Altman DG, Bland JM. How to obtain the P value from a confidence interval. BMJ 2011;343:d2304.
    """
    numbers = [float(number) for number in (estimate, low, high)]
    if ratio:
        if min(numbers) <= 0:
            return None
        numbers = [log(number) for number in numbers]
    error = (numbers[2] - numbers[1]) / (2 * 1.96)
    return 2 * (1 - NormalDist().cdf(abs(numbers[0]) / error)) if error > 0 else None


def slips(number: Decimal) -> set[Decimal]:
    """What a number may have been before a slip: two neighbouring digits exchanged, the decimal point moved by one or
    forgotten, a digit typed twice or in front."""
    text = str(number)
    plain, places = text.replace(".", ""), places_of(number)
    swapped = {plain[:at] + plain[at + 1] + plain[at] + plain[at + 2 :] for at in range(len(plain) - 1)}
    fewer = {plain[:at] + plain[at + 1 :] for at in range(len(plain)) if len(plain) > 1}
    made = {Decimal(digits).scaleb(-places) for digits in swapped | fewer if digits.isdigit()}
    made |= {number.scaleb(1), number.scaleb(-1)}
    return {other for other in made if other != number}
