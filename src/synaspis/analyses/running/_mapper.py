"""Who runs the parts of an analysis: the builtin `map`, processes of this machine, workers of a scheduler."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from types import TracebackType
from typing import Any, Generic, NoReturn, Protocol, Self, TypeVar

T = TypeVar("T")
R = TypeVar("R")
Pool = TypeVar("Pool", bound=Executor)


class Mapper(Protocol):
    """Applies a function to items and gives the results in the order of the items; builtin `map` is one.

    Function and items must be picklable: the function at the top level of a module, random streams spawned
    for each item. Then the results do not depend on who runs them.
    """

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Yield ``function(item)`` for each item, in the order of the items."""
        ...


class PooledMapper(Generic[Pool]):
    """A mapper on a pool of workers; never more than a fixed number of tasks is handed out at once.

    pool: makes the executor when it is first needed. in_flight: tasks handed out at most, given the executor.
    close: what else must end. explain: turns an error of the pool (not of a task) into one in words, or None.
    A mapper may be used many times; as a context manager it ends its workers at the end.
    """

    def __init__(
        self,
        pool: Callable[[], Pool],
        in_flight: int,
        *,
        close: Callable[[Pool], None],
        explain: Callable[[BaseException], Exception | None],
    ) -> None:
        self._pool, self._in_flight, self._close, self._explain = pool, in_flight, close, explain
        self._executor: Pool | None = None

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Yield the results in the order of the items."""
        running: deque[Future[R]] = deque()
        try:
            for item in items:
                if len(running) >= self._in_flight:
                    yield self._result(running.popleft())
                running.append(self._submit(function, item))
            while running:
                yield self._result(running.popleft())
        finally:
            for future in running:
                future.cancel()

    def as_completed(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[int, R]]:
        """Yield the number of each item and its result as they come, so that each can be stored at once."""
        running: dict[Future[R], int] = {}
        numbered = enumerate(items)
        more = True
        try:
            while more or running:
                while more and len(running) < self._in_flight:
                    number, item = next(numbered, (-1, None))
                    more = number >= 0
                    if more:
                        running[self._submit(function, item)] = number
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in sorted(done, key=running.__getitem__):
                    yield running.pop(future), self._result(future)
        finally:
            for future in running:
                future.cancel()

    def close(self) -> None:
        """End the workers; tasks that run are given up."""
        executor, self._executor = self._executor, None
        if executor is not None:
            self._close(executor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _submit(self, function: Callable[[Any], R], item: Any) -> Future[R]:
        try:
            if self._executor is None:
                self._executor = self._pool()
            return self._executor.submit(function, item)
        except Exception as error:
            self._raise(error)

    def _result(self, future: Future[R]) -> R:
        try:
            return future.result()
        except Exception as error:
            self._raise(error)

    def _raise(self, error: Exception) -> NoReturn:
        explained = self._explain(error)
        if explained is None:
            raise error
        raise explained from None
