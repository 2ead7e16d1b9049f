"""Over any history of growing, forking, replaying and lying a witness cosigns one line of trees, no other.

The log under test keeps several branches that share a beginning and offers any of them, with right proofs,
proofs of other branches, or none.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from synaspis.core.clock import ManualClock
from synaspis.log import (
    Checkpoint,
    Witness,
    WitnessRefused,
    consistency_proof,
    generate_signer,
    open_note,
    root_hash,
    sign_note,
)

LOG = generate_signer("log", "ed25519", b"l" * 32)
KEY = generate_signer("w", "ed25519-cosignature", b"w" * 32)


class Histories(RuleBasedStateMachine):
    """A log that may lie, its witness, and every head that was ever cosigned."""

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = ManualClock(1_800_000_000_000_000)
        self.branches = [[]]
        self.cosigned = []  # size and leaves, in order

    @initialize()
    def start(self):
        self.restart()

    @rule()
    def restart(self):
        self.witness = Witness(self.folder, KEY, [LOG.verifier], self.clock)

    @rule(branch=st.integers(0, 9), count=st.integers(1, 5), mark=st.integers(0, 255))
    def grow(self, branch, count, mark):
        self.branches[branch % len(self.branches)].extend([bytes([mark])] * count)

    @rule(branch=st.integers(0, 9), cut=st.integers(0, 6))
    def fork(self, branch, cut):
        leaves = self.branches[branch % len(self.branches)]
        self.branches.append(leaves[: max(len(leaves) - cut, 0)])

    @rule(
        branch=st.integers(0, 9),
        size=st.integers(0, 40),
        start=st.integers(0, 40),
        honest=st.booleans(),
        claims=st.booleans(),
    )
    def offer(self, branch, size, start, honest, claims):
        leaves = self.branches[branch % len(self.branches)]
        leaves = leaves[: min(size, len(leaves))] if size < 30 else leaves
        self.clock.advance(1_000_000)
        known = self.witness.size("log")
        start = known if honest else start
        proof = consistency_proof(start, leaves) if 0 < start <= len(leaves) else []
        note = sign_note(Checkpoint("log", len(leaves), root_hash(leaves)).text(), [LOG])
        try:
            lines = self.witness.update(note, proof, start if claims else None)
        except WitnessRefused as error:
            code, lines = error.code, b""
        if not lines:
            assert code in (400, 409, 422)
            last = self.cosigned[-1] if self.cosigned else []
            extends = leaves[: len(last)] == last and len(leaves) >= len(last)
            # It refuses no true extension that comes with its proof.
            assert not (honest and extends), code
            return
        self.cosigned.append(list(leaves))
        opened = open_note(note.split(b"\n\n")[0] + b"\n\n" + lines, [KEY.verifier])
        assert opened.signatures[0].time_s == self.clock.now_us() // 1_000_000

    @invariant()
    def one_line_of_trees_and_no_other(self):
        for earlier, later in zip(self.cosigned, self.cosigned[1:], strict=False):
            assert later[: len(earlier)] == earlier

    @invariant()
    def it_remembers_what_it_cosigned_last(self):
        if self.cosigned:
            note = self.witness.latest("log")
            head = Checkpoint.parse(open_note(note, [LOG.verifier]).text)
            assert head == Checkpoint("log", len(self.cosigned[-1]), root_hash(self.cosigned[-1]))

    def teardown(self):
        shutil.rmtree(self.folder)


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestHistories = Histories.TestCase
