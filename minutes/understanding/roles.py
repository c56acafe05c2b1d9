"""Who is told to act and who supports them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from minutes.understanding.mentions import Mention, Mentions, unknown
from minutes.understanding.tokens import Sentence
from minutes.understanding.words import BELONGING, LINKS, OPENINGS, TITLES, starts_with_verb

LEAD, SUPPORT, NONE = "lead", "support", ""

_ASSIGN: Final = re.compile(
    r"(?:^| )(?:(?<!ban )(?<!chuyen )(?<!duoc )giao(?: trach nhiem| nhiem vu| viec)?(?: cho)?"
    r"|duoc giao cho|(?<!theo )yeu cau(?: doi voi)?|(?<!theo )de nghi"
    r"|phan cong(?: nhiem vu)?(?: cho)?|uy quyen(?: cho)?|luu y|nhac nho)$"
)
_REQUEST: Final = re.compile(r"(?:^| )(?:de nghi|kien nghi)$")
_SUPPORT: Final = re.compile(
    r"phoi (?:ket )?hop(?:(?:,| va)? (?:chat che|tot|tich cuc|dong bo|kip thoi|thuong xuyen"
    r"|hieu qua|nhip nhang|chu dong|trach nhiem))*(?: voi| cung voi| cung)?\s$|\bcung(?: voi)?\s$"
    r"|(?:tham gia|phoi hop|ho tro) cua\s$"
)
_COOPERATES: Final = re.compile(r"^(?:[a-z]+ ){0,4}?phoi (?:ket )?hop(?= |$)")
_HEADS: Final = re.compile(r"^(?:[a-z]+ ){0,3}?(?:chu tri|dau moi)(?= |$)")
_GIVES: Final = re.compile(
    r"^(?:[a-z]+ ){0,3}?(?:(?<!ban )(?<!chuyen )(?<!duoc )giao|yeu cau|de nghi|phan cong)(?= |$)"
)
_AGREES: Final = re.compile(
    r"^(?:co ban |co )?(?:thong nhat|dong y|nhat tri|ket luan|hoan nghenh|ghi nhan)"
)
_ADDRESS: Final = re.compile(
    r"(?:^| )(?:thon|bon|buon|ban|ap|khu|to|duong|so|khu pho|km)(?: \S+){0,3}$"
)
# "phối hợp với các đơn vị sau: A, B": words that only say that names follow.
_ANNOUNCED: Final = re.compile(
    r"(?:cac|nhung)\s+(?:(?:co quan|don vi|so|ban|nganh|phong|dia phuong|bo|lien quan|co lien quan"
    r"|chuc nang|sau|nhu sau|sau day"
    r"|to chuc|doan the|hoi|doan|xa|phuong|huyen|thanh vien|truong)[\s,]*)+$"
)
_JOINS: Final = re.compile(r"^(?:cung )?(?:tham gia|phoi hop|du )")
# Words between who leads and who supports that are no task yet.
_NO_TASK: Final = {"chu", "tri", "dong", "phoi", "hop", "voi", "cung", "chat", "che"}
_ENDS: Final = {";", ".", "\n", ":"}
_SEPARATORS: Final = {",", ";", "&", "va", "-", "–", "+", "/"}
_PREPOSITIONS: Final = {"cua", "tai", "trong", "o", "ve", "truoc", "den", "thuoc", "va", "tu"}
_BULLETS: Final = {"-", "–", "+", "*", "•", ")", "(", '"', "“", "”"}
_LONGEST_ASIDE: Final = 40
_LONGEST_ADDRESS: Final = 12  # tokens of "đồng chí Nguyễn Văn A, "
_SUPERIOR: Final = re.compile(
    r"(?:ubnd|uy ban nhan dan|hdnd|chinh phu|thu tuong) ?(?:tinh|huyen|thanh pho|tp|quan|thi xa)?"
)


@dataclass
class Run:
    """Names that stand together: tokens `first` up to `after`, without titles before them."""

    mentions: list[Mention]
    first: int
    after: int
    begins: int = 0  # the token before which the cue stands
    cue: str = ""  # assign, request, support, start, comma, do, label or none
    role: str = NONE
    cooperates: bool = False
    heads: bool = False
    objects: list[Mention] = field(default_factory=list)


def assign(sentence: Sentence, mentions: Mentions) -> list[tuple[Mention, str]]:
    """The role of each name, unknown ones included, in the order of the text."""
    return _Reading(sentence, mentions).run()


class _Reading:
    def __init__(self, sentence: Sentence, mentions: Mentions) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.announcing = mentions.announcing
        self.known = mentions.found
        self.taken = {i for m in mentions.found for i in range(m.first, m.after)}
        self.runs: list[Run] = []
        self.clause_has_lead = False

    # Small looks at the text ----------------------------------------------------------------

    def _word(self, at: int) -> str:
        return self.tokens[at].word if 0 <= at < len(self.tokens) else ""

    def _words_before(self, at: int, count: int = 7) -> str:
        """The words before a token, back to the last mark."""
        words: list[str] = []
        while at > 0 and len(words) < count and self.tokens[at - 1].is_word:
            at -= 1
            words.append(self.tokens[at].word)
        return " ".join(reversed(words))

    def _words_after(self, at: int, count: int = 7) -> str:
        words: list[str] = []
        while at < len(self.tokens) and len(words) < count:
            if not self.tokens[at].is_word or at in self.taken:
                break
            words.append(self.tokens[at].word)
            at += 1
        return " ".join(words)

    # Runs -----------------------------------------------------------------------------------

    def _belonging(self, mention: Mention) -> int:
        """The token after what still belongs to a name: "(trừ A)", "có liên quan", "huyện X"."""
        at = mention.after
        while at < len(self.tokens) and at not in self.taken:
            aside = self._aside(at)
            if aside:
                inside = " ".join(
                    self.tokens[i].word for i in range(at + 1, min(aside - 1, at + 6))
                )
                if "phoi hop" in inside:
                    mention.marker = SUPPORT
                elif "chu tri" in inside or "dau moi" in inside:
                    mention.marker = LEAD
                at = aside
            elif length := BELONGING.at(self.tokens, at):
                at += length
            elif (
                self.tokens[at].is_word
                and self.sentence.is_capital(at)
                and not self.sentence.is_upper
            ):
                if starts_with_verb([token.word for token in self.tokens[at : at + 4]]):
                    break
                at += 1
            else:
                break
        return at

    def _aside(self, at: int) -> int | None:
        """The token after brackets that hold no name in their own right."""
        if self._word(at) != "(":
            return None
        for end in range(at + 1, min(at + _LONGEST_ASIDE, len(self.tokens))):
            if self.tokens[end].word == ")":
                names = any(i in self.taken for i in range(at + 1, end))
                return end + 1 if self._word(at + 1) == "tru" or not names else None
        return None

    def _between(self, run: Run, start: int) -> bool:
        """Whether only separators, titles and announcements stand between two names."""
        at = run.after
        seen = at == start
        while at < start:
            if (
                at in self.announcing
                or self._word(at) in _SEPARATORS
                or (self._word(at) in (":", "(", ")") and not run.mentions[-1].meant)
            ):
                at, seen = at + 1, True
            elif (self._word(at), self._word(at + 1)) == ("cung", "nhu"):
                at, seen = at + 2, True
            elif length := TITLES.at(self.tokens, at):
                at += length
            elif person := self._person_at(at):
                at += person
            else:
                return False
        # "Thanh tra Sở Y tế": a name inside another.
        return seen

    def _person_at(self, at: int) -> int:
        """How many tokens a person's name and the dash or comma after it take up, when titles or
        another mark stand before it."""
        end = at
        while end - at < 6 and end not in self.taken and self.sentence.is_capital(end):
            end += 1
        if end - at < 2 or self._word(end) not in (",", "-", "–"):
            return 0
        return end - at + 1

    def _group(self) -> None:
        excepted = -1
        for mention in self.known:
            if mention.first < excepted:
                continue
            run = self.runs[-1] if self.runs else None
            if run and self._between(run, mention.first):
                run.mentions.append(mention)
            else:
                run = Run([mention], mention.first, 0)
                self.runs.append(run)
            run.after = self._belonging(mention)
            self._skip_unknown(run)
            excepted = run.after

    def _skip_unknown(self, run: Run) -> None:
        """Take names that nobody bears into the list, where it goes on after them."""
        while True:
            at = run.after
            while at < len(self.tokens) and self._word(at) in _SEPARATORS:
                at += 1
            if at == run.after or at in self.taken:
                return
            title = TITLES.at(self.tokens, at) if self._word(at) != "cac" else 0
            end = unknown(self.sentence, at + title, self.taken)
            if not end:
                return
            mention = Mention(at + title, end, ())
            run.mentions.append(mention)
            run.after = self._belonging(mention)

    def _unknown_runs(self) -> None:
        """Names that nobody bears where somebody is told to act or to support."""
        covered = set(self.taken)
        for run in self.runs:
            covered.update(range(run.first, run.after))
        at = 0
        found: list[Run] = []
        while at < len(self.tokens):
            if at in covered:
                at += 1
                continue
            end = unknown(self.sentence, at, self.taken) if self.tokens[at].is_word else None
            if end and self._word(end) in (":", "(") and {end + 1} & (self.taken | self.announcing):
                end = None
            if end and self._cue_kind(self._back(at), at, end) in ("assign", "support", "start"):
                run = Run([Mention(at, end, ())], at, end)
                run.after = self._belonging(run.mentions[0])
                self._skip_unknown(run)
                found.append(run)
                at = max(run.after, end)
            else:
                at += 1
        self.runs = sorted(self.runs + found, key=lambda run: run.first)
        joined: list[Run] = []
        for run in self.runs:
            if joined and run.first < joined[-1].after:
                continue
            if joined and self._between(joined[-1], run.first):
                joined[-1].mentions += run.mentions
                joined[-1].after = run.after
            else:
                joined.append(run)
        self.runs = joined

    # Cues -----------------------------------------------------------------------------------

    def _back(self, at: int) -> int:
        """The token before which the cue of a name stands: over titles and persons' names."""
        while at > 0:
            if at - 1 in self.announcing:
                at -= 1
            elif (length := TITLES.before(self.tokens, at)) or (
                self._word(at - 1) in (",", "-", "–") and (length := self._person_before(at))
            ):
                at -= length
            elif self._word(at - 1) in (":", "(") and (length := self._announcement_before(at - 1)):
                at -= length + 1
            else:
                break
        return at

    def _announcement_before(self, at: int) -> int:
        end = self.tokens[at].start
        found = _ANNOUNCED.search(self.sentence.folded, max(0, end - 100), end)
        if not found:
            return 0
        start = at
        while start > 0 and self.tokens[start - 1].start >= found.start():
            start -= 1
        return at - start

    def _person_before(self, at: int) -> int:
        start = at - 1
        while start > 0 and at - start < _LONGEST_ADDRESS and self.sentence.is_capital(start - 1):
            if start - 1 in self.taken:
                return 0
            start -= 1
        before = (self._word(start - 2), self._word(start - 1))
        if at - 1 - start >= 2 and (before == ("dong", "chi") or before[1] in ("ong", "ba", "c")):
            return at - start
        return 0

    def _is_start(self, at: int) -> bool:
        """Whether a clause begins at a token, over bullets, numbers and links."""
        while at > 0:
            before = self._word(at - 1)
            if before in _ENDS:
                return True
            if before in _BULLETS:
                at -= 1
            elif length := LINKS.before(self.tokens, at):
                at -= length
                if at and self._word(at - 1) == ",":
                    return True
            elif len(before) <= 2 and self._word(at) in (")", "."):
                at -= 1
            else:
                return False
        return True

    def _cue_kind(self, at: int, first: int, after: int) -> str:
        before = self._words_before(at)
        if _ASSIGN.search(before):
            return "request" if _REQUEST.search(before) else "assign"
        start = self.tokens[at].start
        if _SUPPORT.search(self.sentence.folded, max(0, start - 80), start):
            return "support"
        if self._is_start(at):
            label = self._words_before(at - 1, 4) if self._word(at - 1) == ":" else ""
            if label.endswith("phoi hop"):
                return "support"
            if label.endswith(("gui", "nhan", "bao cao")):
                return "none"
            return "start"
        if self._word(at - 1) == ",":
            return "comma"
        if before.endswith(" do") or before == "do":
            return "do"
        if (before.endswith(" moi") or before == "moi") and _JOINS.match(self._words_after(after)):
            return "support"
        if before.endswith("trach nhiem cua") and self._word(after) == ":":
            return "start"
        return "none"

    def _clause_start(self, at: int) -> int:
        low = max(0, at - 80)
        while at > low and self._word(at - 1) not in _ENDS:
            at -= 1
        return at

    # Roles ----------------------------------------------------------------------------------

    def run(self) -> list[tuple[Mention, str]]:
        self._group()
        self._unknown_runs()
        self._cues()
        self._split()
        for at, run in enumerate(self.runs):
            self._judge(at, run)
        self._settle()
        return [
            (mention, mention.marker if mention.marker and run.role else run.role)
            for run in self.runs
            for mention in run.mentions
            if mention.meant
        ]

    def _cues(self) -> None:
        for run in self.runs:
            run.begins = self._back(run.first)
            run.cue = self._cue_kind(run.begins, run.first, run.after)

    def _split(self) -> None:
        """A list after ";" is the subject of a clause of its own when the one before it does not
        act: "gửi Phòng A; UBND các xã tổ chức …"."""
        split: list[Run] = []
        for run in self.runs:
            ends_at_mark = run.cue in ("none", "comma") or self._has_task(split, run)
            names, run.mentions = run.mentions, run.mentions[:1]
            split.append(run)
            seen = {names[0].units}
            for before, mention in pairwise(names):
                marks = {self._word(i) for i in range(before.after, mention.first)}
                again = mention.is_known and mention.units in seen
                if again or marks & {"\n", "."} or (ends_at_mark and ";" in marks):
                    split.append(self._rest(split[-1], mention))
                    seen = set()
                else:
                    split[-1].mentions.append(mention)
                seen.add(mention.units)
        self.runs = split

    def _rest(self, run: Run, mention: Mention) -> Run:
        """The run that begins with a mention, which ends the one before."""
        rest = Run([mention], mention.first, run.after)
        run.after = run.mentions[-1].after
        rest.begins, rest.cue = self._back(rest.first), "start"
        return rest

    def _has_task(self, before: list[Run], run: Run) -> bool:
        """Whether whoever is supported by a list has been told what to do before it."""
        if run.cue != "support" or not before:
            return False
        task = self.tokens[max(before[-1].after, run.begins - 20) : run.begins]
        return sum(token.is_word and token.word not in _NO_TASK for token in task) > 3

    def _judge(self, at: int, run: Run) -> None:
        after = self._words_after(run.after)
        run.heads = bool(_HEADS.match(after))
        if run.cue == "support":
            run.role = SUPPORT
            return
        run.cooperates = self._does_cooperate(at, run, after)
        if run.cue == "assign":
            run.role = LEAD
        elif run.cue == "request":
            run.role = NONE if self._is_led(at, self._clause_start(run.first)) else LEAD
        elif run.cue == "start":
            doing = after.split(" ")[0] not in _PREPOSITIONS or not after
            run.role = LEAD if doing and not self._gives(at, run, after) else NONE
        elif run.cue == "comma":
            acts = self._is_subject(at, run, after) and not self._gives(at, run, after)
            run.role = LEAD if acts else NONE
        elif run.cue == "do":
            run.role = LEAD if run.heads else NONE

    def _does_cooperate(self, at: int, run: Run, after: str) -> bool:
        found = _COOPERATES.match(after)
        heads = _HEADS.match(after)
        if not found or (heads and heads.end() < found.end()):
            return False
        following = self.runs[at + 1] if at + 1 < len(self.runs) else None
        if following and following.cue == "support" and following.begins - run.after <= 10:
            between = {self._word(i) for i in range(run.after, following.begins)}
            run.objects = [] if "," in between else following.mentions
        return True

    def _gives(self, at: int, run: Run, after: str) -> bool:
        """Whether the run is who gives the directive."""
        following = self.runs[at + 1 : at + 5]
        if _AGREES.match(after):
            return any(r.cue in ("assign", "request") for r in following)
        if not _GIVES.match(after):
            return False
        if following and following[0].cue in ("assign", "request"):
            return following[0].begins - run.after <= 8
        names = " ".join(t.word for t in self.tokens[run.first : run.after])
        return bool(_SUPERIOR.match(names)) and len(run.mentions) == 1

    def _is_subject(self, at: int, run: Run, after: str) -> bool:
        """Whether the names after a comma begin a clause with their own task."""
        words = after.split()
        if not words and self._word(run.after) != ":":
            return False
        if words and words[0] in _PREPOSITIONS:
            return False
        if _ADDRESS.search(self._words_before(run.begins - 1, 4)):
            return False
        clause = self._clause_start(run.begins - 1)
        opening = next(
            (t.word for t in self.tokens[clause : clause + 3] if t.is_word and len(t.word) > 1), ""
        )
        if opening in OPENINGS and not self._is_led(at, clause):
            return True
        return starts_with_verb(words)

    def _is_led(self, at: int, since: int) -> bool:
        """Whether a run before the one at `at` leads, from a token on."""
        while at > 0 and self.runs[at - 1].first >= since:
            at -= 1
            if self.runs[at].role == LEAD:
                return True
        return False

    def _settle(self) -> None:
        """What can only be said when every list has been judged."""
        leads = [run for run in self.runs if run.role == LEAD]
        others = [run for run in leads if not run.cooperates]
        led = {unit for run in others for mention in run.mentions for unit in mention.units}
        for run in leads:
            self._mark(run)
            if not run.cooperates or not others:
                continue
            if not run.objects or any(led & set(m.units) for m in run.objects):
                run.role = SUPPORT

    @staticmethod
    def _mark(run: Run) -> None:
        """ "A (chủ trì), B, C (phối hợp)": a mark in brackets is for all names since the last."""
        pending: list[Mention] = []
        marked = False
        for mention in run.mentions:
            pending.append(mention)
            if mention.marker:
                for one in pending:
                    one.marker = mention.marker
                pending, marked = [], True
        if marked and run.mentions and any(m.marker == LEAD for m in run.mentions):
            for one in pending:
                one.marker = SUPPORT
