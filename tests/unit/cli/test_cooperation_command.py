"""`synaspis cooperation`: the same numbers for people and for programs, and faults in words."""

import json

import pytest

QUICK = ("--step-deg", "3", "--threat", "irbm-3500")


def test_json_is_what_the_analysis_gives(call):
    done = call("cooperation", "europe", *QUICK, "--by", "partner", "--json")
    assert done.status == 0
    document = json.loads(done.out)
    assert (document["scenario"], document["phase"], document["threats"]) == ("europe", "2018", ["irbm-3500"])
    assert list(document["by"]) == ["partner"]
    players = document["by"]["partner"]["players"]
    people = [each["threats"]["irbm-3500"]["defended_population"]["shapley"]["value"] for each in players]
    whole = document["pooling"]["pooled"]["irbm-3500"]["defended_population"]
    assert sum(people) == pytest.approx(whole)


def test_people_read_who_adds_what_and_which_clause_would_add_most(call):
    done = call("cooperation", "europe", *QUICK, "--by", "clause", "--candidates", "europe-candidates")
    assert done.status == 0
    assert "pooled, by the agreements" in done.out
    assert "altbmd-initial/warning-to-all" in done.out
    assert "Most is added by candidates/engage-on-frigates." in done.out


def test_a_raid_with_faults_is_refused(call, tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text("schema: raid/1\nid: two\nname: Two missiles\n", encoding="utf-8")
    done = call("cooperation", "europe", *QUICK, "--raid", str(file))
    assert done.status == 2
    assert "the key 'missiles' is missing" in done.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--phase", "2017"), "the scenario has no phase '2017'"),
        (("--threat", "icbm"), "the scenario has no threat 'icbm'"),
        (("--candidates", "europe-candidate"), "there is no agreement book 'europe-candidate'"),
        (("--by", "nation"), "nation"),
        (("--step-deg", "0"), "0 deg is out of bounds"),
    ],
)
def test_faults_are_said_in_words(call, words, message):
    done = call("cooperation", "europe", *words)
    assert done.status == 2
    assert message in done.err
    assert not done.out
