import pytest

from synaspis.core.errors import InputError
from synaspis.exchange.settings import Settings, load_settings


def test_a_centre_without_wishes_ticks_twenty_times_a_second_and_seals_every_second(tmp_path):
    place = tmp_path / "centre.yaml"
    place.write_text("schema: synaspis.centre/1\norigin: example.org/centre\n")
    settings = load_settings(place)
    assert (settings.tick_us, settings.seal_us, settings.bucket) == (50_000, 1_000_000, 64)
    assert (settings.skew_past_us, settings.skew_future_us) == (300_000_000, 5_000_000)
    assert settings.origin == "example.org/centre"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("bucket: 0", r"centre.yaml:2: bucket: 0: input should be greater than or equal to 1"),
        ("tick_us: fast", r"tick_us: 'fast' is text; a whole number is needed"),
        ("origin: two words", r"origin: 'two words': string should match pattern"),
        ("origin: a+b", r"origin: 'a\+b': string should match pattern"),
        ("ticks_us: 5", r"unknown key 'ticks_us'. Did you mean 'tick_us'"),
        ("limits: {envelope_bytes: 10}", r"limits.envelope_bytes: 10: input should be greater than or equal"),
        (
            "seal_us: 20000",
            r"seal_us: seals every 20000 us are closer than ticks every 50000 us. Give seal_us",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_line_and_what_is_allowed(tmp_path, line, said):
    place = tmp_path / "centre.yaml"
    place.write_text(f"schema: synaspis.centre/1\n{line}\n")
    with pytest.raises(InputError, match=said):
        load_settings(place)


def test_settings_cannot_be_changed_after_they_were_read():
    with pytest.raises(ValueError, match="frozen"):
        Settings().bucket = 1


def test_a_centre_serves_every_exercise_unless_one_is_named():
    assert Settings().exercise is None
    assert Settings(exercise="FIRST EXERCISE").exercise == "FIRST EXERCISE"
