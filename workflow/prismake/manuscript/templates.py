"""Values in prose: a sandboxed, strict Jinja that knows for every value where in the text it was used."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from itertools import pairwise
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from prismake.common.errors import BuildStop, Issue, nearest
from prismake.common.expression_faults import CORRECT, Fault, expression_fault, unknown_format
from prismake.common.limits import TooMuch, memory_bound, time_bound
from prismake.common.values import Awaited, Named
from prismake.manuscript.filters import FILTERS, Ready, escape, whole_phrase
from prismake.manuscript.source_map import marked, unmarked, value_mark

# Seconds of the processor and bytes of memory that the expressions of one text may take, characters that they may
# give: a hundred times what a long manuscript needs.
LONGEST = 20.0
LARGEST = 512 * 1024 * 1024
LARGEST_TEXT = 10_000_000

# Letters that are kept of what a name was set to: names set to one another grow without end.
LONGEST_TYPED = 200

NAMES = "all values and their names are in results/values.json"
SIMPLER = "simplify it"

# Names at the top of the ledger: not below another, not a text.
WORD = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*")
# What an expression, or the text as a whole, may raise.
FAULTS = (TooMuch, RecursionError, TemplateError, TypeError, ValueError, ArithmeticError, LookupError)

# A name that the text itself sets, to an expression or to a stretch of text.
SET = re.compile(
    r"\{%[-+]?\s*set\s+(?P<name>\w++)\s*+(?:=\s*+(?P<expression>.*?)\s*[-+]?%\}"
    r"|[-+]?%\}(?P<text>.*?)\{%[-+]?\s*endset\s*[-+]?%\})",
    re.DOTALL,
)
PATH = re.compile(r"(?<![\w.\"'])[A-Za-z_]\w*(?:\.\w+|\[[\"']\w+[\"']\])*")
EXPRESSION = re.compile(r"\{\{(?P<expression>.*?)\}\}", re.DOTALL)


class UnknownValue(StrictUndefined):
    """A name that no value has: reported in full, with the nearest name of a value."""

    # The values of the text; each `Prose` has a subclass of its own with them.
    names: Mapping[str, Any] = {}

    @property
    def _undefined_message(self) -> str:
        nested = isinstance(self._undefined_obj, Mapping)
        holder = self._undefined_obj if nested else self.names if self._undefined_obj is missing else {}
        name, path = str(self._undefined_name), _path_of(holder, self.names)
        before = f"{path}." if path else ""
        valid = [str(key) for key in holder]
        hint = nearest(name, valid).replace("did you mean '", f"did you mean '{before}") if valid else ""
        return f"the value '{before}{name}' does not exist" + (f": {hint}" if hint else "")


def _path_of(holder: Any, names: Mapping[str, Any]) -> str:
    """`flow.stages` for a group of values, by which names it is reached; empty if it is none of them."""
    for name, value in names.items():
        if value is holder:
            return str(name)
        if isinstance(value, Mapping) and (path := _path_of(holder, value)):
            return f"{name}.{path}"
    return ""


class _Environment(ImmutableSandboxedEnvironment):
    """Names win over methods: `appraisal.items` is the value of that name, not a method of dict.

    `touched` are the names of the values that were reached since it was emptied.
    """

    touched: list[str]

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Awaited):
            return self._reached(obj)
        if isinstance(obj, Mapping):
            return self._reached(obj[attribute]) if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, Named):
            return self._below(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Awaited):
            return self._reached(obj)
        if isinstance(obj, Named) and isinstance(argument, str):
            return self._below(obj, argument)
        return self._reached(super().getitem(obj, argument))

    def _below(self, value: Named, name: str) -> Any:
        """The value of a name below another; `value` is the number itself."""
        if name in value.below:
            return self._reached(value.below[name])
        return value if name == "value" else self.undefined(obj=value.below, name=name)

    def _reached(self, value: Any) -> Any:
        if isinstance(value, Named):
            self.touched.append(value.name)
        return value


# What may stand before the first word of a sentence: nothing, the end of another, a list's mark, a tag; and
# abbreviations whose full stop ends none.
NEAR = 200
OPENING = re.compile(r"(?:^|\n\s*\n|[.!?][\"')\]]*\s+|(?:^|\n)\s*(?:[-*+]|\d+[.)])\s+|%\}\s*)[\"'(]?$")
ABBREVIATED = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|ca|approx|Figs?|Dr|St|No|al|resp)|\b[A-Z])\.\s+$")


def starts_sentence(before: str) -> bool:
    """Whether what follows a text is the first word of a sentence."""
    start = max(0, len(before) - NEAR)
    return bool(OPENING.search(before, start)) and not ABBREVIATED.search(before, start)


@dataclass(frozen=True)
class Use:
    """One value in the text: where, what the author wrote, what was printed, and the values that it was made of.

    `resolved` is the expression with what its author typed in the place of the names that the text sets.
    """

    file: str
    line: int
    expression: str
    printed: str
    names: tuple[str, ...] = ()
    resolved: str = ""


@dataclass(frozen=True)
class _Own:
    """Names that a text sets: the values behind each, and what it typed for those without."""

    values: Mapping[str, tuple[str, ...]]
    typed: Mapping[str, str]


@dataclass
class Prose:
    """Renders texts with the review's values and keeps the ledger of every value used.

    `names` are the top-level names, `functions` what authors may call beside the filters; `traced` leaves the marks of
    the source map in what it renders.
    """

    names: Mapping[str, Any]
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    ledger: list[Use] = field(default_factory=list)
    traced: bool = False

    def __post_init__(self) -> None:
        # `{#` starts an identifier in Pandoc's Markdown, so comments get marks that no prose uses.
        self._environment = _Environment(
            undefined=type("UnknownValue", (UnknownValue,), {"names": self.names}),
            comment_start_string="{%#",
            comment_end_string="#%}",
            keep_trailing_newline=True,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=self._print,
            # Expressions are worked out when the text is rendered, within its bounds, and not before.
            optimized=False,
        )
        self._environment.touched = []
        self._environment.globals = dict(self.functions)
        self._environment.filters.update({name: self._noting(made) for name, made in FILTERS.items()})

    @staticmethod
    def _print(value: Any, opening: bool = False) -> str:
        if isinstance(value, Awaited):
            return Ready(f"**\\[{escape(f'{value} awaits its analysis: {value.entry.how}')}\\]**")
        if isinstance(value, Named) and isinstance(value, int | float):
            return whole_phrase(value, opening=opening)
        if value is None or isinstance(value, Mapping | list | tuple | bool):
            raise TypeError(f"this is not one value but a group of values; name one of them ({NAMES})")
        return escape(value) if isinstance(value, str) else str(value)

    def render(self, text: str, source: str, first_line: int = 1) -> str:
        """The text with every value filled in.

        Raises BuildStop with file and line for an unknown name, a fault in an expression or anything that the
        sandbox refuses.
        """
        if "{" not in text and "\r" not in text:
            # Nothing to fill in, as in most texts of the metadata: compiling them would take most of the time.
            return marked(text) if self.traced else text
        uses: list[tuple[int, str, bool]] = []
        own = self._set_in(text)

        def remember(match: re.Match[str]) -> str:
            if not match["expression"].strip():
                return match[0]
            before = unmarked(match.string[: match.start()])
            line = first_line + before.count("\n")
            uses.append((line, " ".join(match["expression"].split()), starts_sentence(before)))
            # Line feeds are kept so that a fault is reported at its own line.
            return "{{ _used(_starting(%d), (%s)) }}" % (len(uses) - 1, match["expression"])  # noqa: UP031

        def starting(index: int) -> int:
            self._environment.touched.clear()
            return index

        def used(index: int, value: Any) -> Ready:
            line, expression, opening = uses[index]
            # What the text sets to a stretch of itself holds marks already.
            if isinstance(value, str) and (whole := unmarked(value)) != value:
                value = Ready(whole) if isinstance(value, Ready) else whole
            printed = self._print(value, opening)
            behind = [name for word in WORD.findall(expression) for name in own.values.get(word, ())]
            names = tuple(dict.fromkeys([*self._names(expression, value), *behind]))
            resolved = WORD.sub(lambda word: own.typed.get(word[0], word[0]), expression)
            self.ledger.append(Use(source, line, expression, printed, names, resolved))
            return Ready(value_mark(index, printed) if self.traced else printed)

        with self._faults(text, source, first_line):
            written = marked(text) if self.traced else text
            code = self._environment.compile(EXPRESSION.sub(remember, written), name=source, filename=source)
            names = self._environment.make_globals({"_used": used, "_starting": starting})
            rendered = self._environment.template_class.from_code(self._environment, code, names).render(self.names)
            if len(rendered) > LARGEST_TEXT:
                raise TooMuch(f"grows to more than {LARGEST_TEXT:,} characters")
        return rendered

    @contextmanager
    def _faults(self, text: str, source: str, first_line: int) -> Iterator[None]:
        """Bounds what a text may take, and makes a BuildStop of every fault that its author can fix."""
        try:
            with time_bound(LONGEST), memory_bound(LARGEST):
                yield
        except TemplateSyntaxError as fault:
            own = self._own_fault(text) or fault
            message, fix, opened = expression_fault(own.message or "", list(FILTERS), text)
            line = first_line + (opened or own.lineno) - 1
            raise BuildStop(Issue("value", message, f"{source}:{line}", fix)) from None
        except FAULTS as fault:
            message, fix = _explained(fault)
            line = _line_of(fault, source, first_line)
            raise BuildStop(Issue("value", message, f"{source}:{line}", fix)) from None

    def _noting(self, made: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that notes which values it was given."""

        @wraps(made)
        def noting(*arguments: Any, **named: Any) -> Any:
            self._environment.touched += [
                argument.name for argument in (*arguments, *named.values()) if isinstance(argument, Named)
            ]
            if awaited := next((one for one in (*arguments, *named.values()) if isinstance(one, Awaited)), None):
                return awaited
            return made(*arguments, **named)

        return noting

    def _names(self, expression: str, value: Any) -> tuple[str, ...]:
        """The values that an expression reached, without those that it only went through."""
        words = (self.names.get(word) for word in WORD.findall(expression))
        own = [word.name for word in words if isinstance(word, Named)]
        touched = [*own, *self._environment.touched, *([value.name] if isinstance(value, Named) else [])]
        passed = {name for name, following in pairwise(touched) if following.startswith(f"{name}.")}
        return tuple(dict.fromkeys(name for name in touched if name not in passed))

    def _set_in(self, text: str) -> _Own:
        """What the text sets itself: a name set to a value stands for it, one set to a typed number is typed."""
        values: dict[str, tuple[str, ...]] = {}
        typed: dict[str, str] = {}
        for one in SET.finditer(text):
            source = one["expression"] if one["text"] is None else one["text"]
            words = [path[0] for path in PATH.finditer(source)]
            behind = [name for word in words for name in (*values.get(word, ()), *self._named(word))]
            values[one["name"]] = tuple(dict.fromkeys((*values.get(one["name"], ()), *behind)))
            resolved = WORD.sub(lambda word: typed.get(word[0], word[0]), source)
            typed[one["name"]] = (repr(source) if one["expression"] is None else resolved)[:LONGEST_TYPED]
        return _Own(values, {name: source for name, source in typed.items() if not values[name]})

    def _named(self, path: str) -> Iterator[str]:
        """The value that a path of names leads to, if any."""
        holder: Any = self.names
        for name in re.findall(r"\w+", path):
            below = holder if isinstance(holder, Mapping) else getattr(holder, "below", {})
            if name not in below:
                break
            holder = below[name]
        if isinstance(holder, Named):
            yield holder.name

    def _own_fault(self, text: str) -> TemplateSyntaxError | None:
        """The fault of the text as its author wrote it: expressions are wrapped before they are compiled."""
        try:
            self._environment.parse(text)
        except TemplateSyntaxError as fault:
            return fault
        return None


def _explained(fault: BaseException) -> tuple[str, str]:
    """What is wrong with an expression, and what to do."""
    match fault:
        case TooMuch():
            return f"an expression or loop {fault}", SIMPLER
        case RecursionError():
            return "expressions are nested without end", SIMPLER
        case UndefinedError():
            return str(fault.message), NAMES
        case SecurityError():
            return f"this is not allowed in a manuscript: {fault}", SIMPLER
        case _:
            message, fix, _ = unknown_format(str(fault), list(FILTERS)) or Fault(str(fault), CORRECT)
            return message, fix


def _line_of(fault: BaseException, source: str, first_line: int) -> int:
    """The line of the text where an exception arose: the innermost frame that is the text's own."""
    lines = [frame.lineno or 1 for frame in traceback.extract_tb(fault.__traceback__) if frame.filename == source]
    return first_line + (lines[-1] if lines else 1) - 1
