"""A picture as bytes, and its twins."""

import pytest

from synaspis.fusion import Picture, update


def advance(picture, world, noise, seconds):
    shown = []
    for second in seconds:
        reports = [
            world.report(source, f"{body}", body, second, offset=noise(), estimate=kind)
            for body in range(3)
            for source, kind in (("a", "track"), ("b", "tracklet"))
        ]
        shown += update([(picture, reports)], world.us(second))
    return shown


def test_after_bytes_the_future_is_the_same_to_the_bit(world, noise):
    picture = Picture()
    advance(picture, world, noise, range(6))
    update([(picture, [])], world.us(20.0))
    twin = Picture.from_bytes(picture.to_bytes())
    assert twin.to_bytes() == picture.to_bytes()
    assert (twin.members(), twin.track_count) == (picture.members(), picture.track_count)
    for second in range(6, 50, 11):
        report = world.report("c", "late", 1, second)
        later = [update([(each, [report])], world.us(second)) for each in (picture, twin)]
        assert later[0] == later[1]
    assert twin.to_bytes() == picture.to_bytes()


def test_a_copy_shares_nothing(world, noise):
    picture = Picture()
    advance(picture, world, noise, range(3))
    before = picture.to_bytes()
    twin = picture.copy()
    assert twin.to_bytes() == before
    advance(twin, world, noise, range(3, 9))
    update([(twin, [])], world.us(200.0))
    assert picture.to_bytes() == before


def test_equal_inputs_give_equal_bytes_whatever_room_the_arrays_have(world):
    small, large = Picture(), Picture()
    # The large one has held thirty tracks and lost them.
    crowd = [world.report("z", str(n), n, -100.0) for n in range(30)]
    for picture, reports in ((large, crowd), (small, crowd[:1])):
        update([(picture, reports)], world.us(-100.0))
        update([(picture, [])], world.us(0.0))
    head = [picture.to_bytes().split(b"\n", 1)[1] for picture in (small, large)]
    assert head == [b"", b""]
    for picture in (small, large):
        update([(picture, [world.report("a", "x", 0, 1.0)])], world.us(1.0))
    # State, covariance, times and object of the one source track; what follows counts what has been.
    assert len({picture.to_bytes().split(b"\n", 1)[1][:368] for picture in (small, large)}) == 1


@pytest.mark.parametrize("raw", [
    b"",
    b"{}\n",
    b"[1,2]\n",
    b'{"format":"synaspis.picture/9"}\n',
    Picture().to_bytes() + b"0",
    Picture().to_bytes().replace(b'"objects":0', b'"objects":1'),
])  # fmt: skip
def test_what_is_no_picture_is_refused(raw):
    with pytest.raises(ValueError, match=r"not a picture of the format synaspis\.picture/1"):
        Picture.from_bytes(raw)


@pytest.mark.parametrize("owner", [-1, 1, 2**40])
def test_a_picture_whose_source_track_belongs_to_no_object_is_refused(world, owner: int):
    picture = Picture()
    update([(picture, [world.report("a", "x", 0, 1.0)])], world.us(1.0))
    picture._tracks["object"][0] = owner
    with pytest.raises(ValueError, match="a source track belongs to no object"):
        Picture.from_bytes(picture.to_bytes())
