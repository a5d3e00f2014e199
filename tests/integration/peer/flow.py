"""What flytekit registers: a task of every simple type, and a workflow around it."""

import typing
from datetime import datetime, timedelta

from flytekit import task, workflow

Combined = typing.NamedTuple("Combined", [("total", int), ("text", str), ("later", datetime)])


@task(retries=2, cache=True, cache_version="1")
def combine(
    n: int,
    ratio: float,
    word: str,
    flag: bool,
    when: datetime,
    span: timedelta,
    words: typing.List[str],
    counts: typing.Dict[str, int],
    note: typing.Optional[str] = None,
) -> Combined:
    return Combined(n + len(words) + sum(counts.values()), f"{word} {flag} {ratio} {note}", when + span)


@task
def double(n: int) -> int:
    return n * 2


@workflow
def flow(
    n: int,
    ratio: float,
    word: str,
    flag: bool,
    when: datetime,
    span: timedelta,
    words: typing.List[str],
    counts: typing.Dict[str, int],
    note: typing.Optional[str] = None,
) -> Combined:
    total, text, later = combine(
        n=n, ratio=ratio, word=word, flag=flag, when=when, span=span, words=words, counts=counts, note=note
    )
    return Combined(double(n=total), text, later)


@workflow
def small(n: int = 3) -> int:
    return double(n=n)
