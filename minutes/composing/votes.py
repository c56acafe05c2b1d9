"""Kết quả biểu quyết: what decision 45/2018/QĐ-TTg has the minutes state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from minutes.composing.body import paragraph
from minutes.composing.phrases import capital, joined, line
from minutes.composing.reading import Fields, Record
from minutes.numbers import count

_VOICES: Final = {
    "for": "tán thành",
    "against": "không tán thành",
    "abstain": "không có ý kiến",
}


def results(record: Record) -> Iterator[str]:
    """The results of votes, which minutes state also where there were none. In public the names
    stand under the counts; of a secret vote there are counts alone."""
    votes = record.sorted("vote", "id")
    for number, vote in enumerate(votes, start=1):
        how = "bỏ phiếu kín" if vote.get("secret") else "biểu quyết công khai"
        question = line(vote.get("question")).rstrip(":.")
        yield paragraph(f"{number}. {question} ({how}): {_counts(vote)}.")
        if vote.get("counts") and not vote.get("secret"):
            yield from _names(record, vote)
    if not votes:
        yield paragraph(f"{capital(record.noun)} không tiến hành biểu quyết.")


def _counts(vote: Fields) -> str:
    """`tán thành 05/07, …`, of those who might vote."""
    counts = vote.get("counts")
    if not counts:
        return "chưa kết thúc biểu quyết"
    voters = len(vote.get("voter_ids") or ())
    of = f"/{count(voters)}" if voters else ""
    words = [f"{words} {count(counts[voice])}{of}" for voice, words in _VOICES.items()]
    if (without := voters - sum(counts.values())) > 0:
        words.append(f"không tham gia biểu quyết {count(without)}{of}")
    return joined(words)


def _names(record: Record, vote: Fields) -> Iterator[str]:
    """Who chose what, and how many raised their hands in the room, where nobody notes names."""
    order = {key: place for place, key in enumerate(vote.get("voter_ids") or ())}
    ballots = sorted(
        (ballot for ballot in record.all("ballot") if ballot.get("vote_id") == vote.get("id")),
        key=lambda ballot: order.get(ballot.get("person_id"), len(order)),
    )
    for voice, words in _VOICES.items():
        names = [_voter(record, ballot) for ballot in ballots if ballot.get("choice") == voice]
        if hands := (vote.get("hands") or {}).get(voice):
            names.append(f"{count(hands)} đại biểu giơ tay tại hội trường")
        if names:
            yield paragraph(f"- {capital(words)}: {joined(names, '; ')}.")


def _voter(record: Record, ballot: Fields) -> str:
    name = line(record.find("person", ballot.get("person_id")).get("name"))
    deputy = line(ballot.get("deputy_name"))
    return f"{deputy} (dự thay {name})" if deputy else name
