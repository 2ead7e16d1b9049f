"""The fourth phase that was cancelled, with its interceptor at two burnout speeds that were discussed."""

import synaspis

europe = synaspis.load_scenario("europe")
margins = []
for speed_m_s in (5000.0, 9000.0):
    result = europe.assurance(
        interceptor="sm-3-iib", burnout_speed_m_s=speed_m_s, sensitivity=False, limits=False
    )
    reached = sorted({case.field for case in result.cases if case.reachable})
    margins.append(result.deciding.band_s[1])
    print(
        f"{speed_m_s / 1e3:g} km/s: {result.verdict.value}; reached as stated: {', '.join(reached) or 'none'}"
    )

# A faster interceptor is never later.
assert margins[0] <= margins[1]
