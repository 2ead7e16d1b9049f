"""`synaspis assurance`: the numbers themselves are held in tests/unit/analyses/assurance."""

import pytest

from synaspis.messages import SigningKey

QUICK = ("--no-sensitivity", "--no-limits")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    for name, seed in (("us", bytes(range(32))), ("ru", bytes(range(1, 33)))):
        key = SigningKey(seed)
        key.save(folder / f"{name}.key")
        key.public.save(folder / f"{name}.pub")
    return folder


def test_json_has_verdict_cases_and_flips(call):
    done = call(
        "assurance", "europe", "--interceptor", "sm-3-iib", "--burnout-speed", "6.3", *QUICK, "--json"
    )
    assert done.status == 0
    document = done.document
    assert document["verdict"] == "contested"
    assert {"field", "target", "interceptor", "burnout_speed_m_s", "reachable", "margin_s"} <= set(
        document["cases"][0]
    )
    assert {case["interceptor"] for case in document["cases"]} == {"sm-3-iib"}
    assert {case["burnout_speed_m_s"] for case in document["cases"]} == {6300.0}
    assert len(document["cases"]) == 11 * 3
    assert all(case["reachable"] == ((case["margin_s"] or -1.0) >= 0.0) for case in document["cases"])
    assert document["flips_at"] == {}


def test_where_it_flips_is_said_with_the_unit_last(call):
    done = call(
        "assurance", "europe", "--interceptor", "sm-3-iib", "--burnout-speed", "6.3", "--no-limits", "--json"
    )
    flips = done.document["flips_at"]
    assert 5500.0 < flips["burnout_speed_m_s"] < 6300.0  # reached at 6.3 km/s, not at 5.5 (see the cases)
    assert 30.0 < flips["sm-3-iib.commit_delay_s"] < 60.0  # reached at 30 s, within the range to 60 s not
    verdicts = done.document["verdict_flips_at_m_s"]
    assert 4500.0 < verdicts["contested"] < 5500.0 < 6300.0 < verdicts["yes"] < 9000.0


def test_people_read_verdict_band_and_bound(call):
    done = call("assurance", "europe", "--phase", "2018", *QUICK)
    assert done.status == 0
    assert "europe, phase 2018: deterrent of the Russian Federation\nVerdict: no\n" in done.out
    assert "no field and target is reached within any stated range." in done.out
    assert "of 1,420 to 1,566 warheads" in done.out
    assert "of these on land                                48" in done.out
    assert "3.1 to 3.4 %" in done.out


def test_the_pair_of_2007_is_asked_for_by_name(call):
    done = call("assurance", "europe", "--pair", "third-site-2007", *QUICK)
    assert "Two-stage GBI (2007 plan) at 6.3 km/s reaches none of the flights" in done.out


def test_a_statement_is_signed_verified_and_countersigned(call, keys, tmp_path):
    one, both = tmp_path / "one.json", tmp_path / "both.json"
    asked = ("assurance", "europe", "--interceptor", "sm-3-iia", *QUICK)
    assert call(*asked, "--sign", keys / "us.key", "--out", one).status == 0
    done = call("assurance", "europe", "--countersign", one, "--sign", keys / "ru.key", "--out", both)
    assert done.status == 0, done.err
    assert "The numbers come out again; signed as well" in done.out
    done = call("verify", both, "--key", keys / "us.pub", "--key", keys / "ru.pub", "--json")
    assert done.status == 0
    assert done.document["verified"]
    lacking = call("verify", one, "--key", keys / "ru.pub")
    assert lacking.status == 1
    assert "there is none by this key" in lacking.out


def test_who_countersigns_something_else_is_told(call, keys, tmp_path):
    one = tmp_path / "one.json"
    asked = ("assurance", "europe", "--interceptor", "sm-3-iia", *QUICK)
    call(*asked, "--sign", keys / "us.key", "--out", one)
    done = call(
        "assurance",
        "europe-as-built",
        "--countersign",
        one,
        "--sign",
        keys / "ru.key",
        "--out",
        tmp_path / "b",
    )
    assert done.status == 2
    assert "the statement is about the scenario 'europe', not 'europe-as-built'" in done.err
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--burnout-speed", "0"), "--burnout-speed: 0 km/s is out of bounds; above 0 and at most 20 km/s"),
        (("--burnout-speed", "fast"), "'fast' is not a number"),
        (("--burnout-speed", "5"), "a burnout speed is given and no interceptor"),
        (("--interceptor", "sm-3"), "the interceptor 'sm-3' is unknown"),
        (("--pair", "third"), "there is no pair 'third'"),
        (("--out", "x.json"), "--sign: a signature and a file for it go together"),
        (("--countersign", "x.json"), "--countersign: there is no key to sign with"),
        (
            ("--no-limits", "--step-deg", "2"),
            "--step-deg: without guarantees no map is computed, so that a step changes nothing. "
            "Leave out --step-deg, or --no-limits.",
        ),
        (
            ("--countersign", "x.json", "--sign", "k", "--out", "y", "--phase", "2018", "--pair", "p"),
            "a statement brings its own question, and --phase, --pair would change nothing. "
            "Leave out --phase and --pair.",
        ),
    ],
)
def test_bad_options_are_refused_with_what_is_allowed(call, words, message):
    done = call("assurance", "europe", *words)
    assert done.status == 2
    assert message in done.err


def test_a_study_has_no_signatures(call, tmp_path):
    done = call("verify", tmp_path, "--key", tmp_path / "x.pub")
    assert done.status == 2
    assert "a study has no signatures" in done.err
