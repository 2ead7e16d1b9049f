"""Two reports of one flight on 24 March 2022: one cannot be true, the other can."""

from synaspis import FlightReport, check

KM = 1000.0
MINUTE = 60.0

first = check(FlightReport(apogee_m=6248.5 * KM, range_m=1090 * KM, time_s=4052.0))
second = check(FlightReport(apogee_m=6248.5 * KM, range_m=1090 * KM, time_s=71 * MINUTE))
for result in (first, second):
    print(f"{result.verdict}: {result.reasons[0]}")

assert first.verdict == "impossible"
assert second.verdict == "consistent"
