"""Prompt files: load, check and render ``prompts/*.md``; the format is in ``prompts/README.md``.

Does not know what the prompts are about, except for the words that a model must reply with literally.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from qa.errors import PromptError
from qa.records import Support

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

Role = Literal["system", "user", "assistant"]

NOT_IN_ARTICLES = "NOT IN THE ARTICLES"
"""What a model replies, by ``answer.md`` and ``correct.md``, when the evidence does not hold the answer."""

JUDGEMENTS: Mapping[str, Support] = {
    "SUPPORTED": "supported",
    "PARTIAL": "partial",
    "UNSUPPORTED": "unsupported",
}
"""The words that ``judge.md`` asks for."""

_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
_ROLE_LINE = re.compile(r"^## (system|user|assistant)[ \t]*$", re.MULTILINE)
_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat with a language model."""

    role: Role
    content: str


@dataclass(frozen=True)
class Prompt:
    """A prompt file, checked.

    ``sections`` are pairs of role and template source. ``digest`` identifies the file's content: 12 hexadecimal digits.
    """

    name: str
    purpose: str
    variables: tuple[str, ...]
    sections: tuple[tuple[Role, str], ...]
    digest: str
    path: Path

    def render(self, **values: object) -> list[Message]:
        """The messages, with ``values`` put in; what a value brings in is not interpreted.

        Raises:
            PromptError: if ``values`` are not exactly the declared variables, or the template fails on them.
        """
        import jinja2

        if set(values) != set(self.variables):
            raise PromptError(
                f"prompt {self.name!r} ({self.path}) takes {sorted(self.variables)}, got {sorted(values)}; "
                f"{_difference(set(self.variables), set(values))}"
            )
        try:
            return [Message(role, template.render(values)) for role, template in self._templates]
        except (jinja2.TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            raise PromptError(f"prompt {self.name!r} ({self.path}) cannot be rendered: {_line(error)}") from error

    @cached_property
    def _templates(self) -> list[tuple[Role, Any]]:
        environment = _environment()
        return [(role, environment.from_string(source)) for role, source in self.sections]


def load_prompt(name: str, folder: Path | None = None) -> Prompt:
    """The prompt in ``<name>.md`` of ``folder``, or the built-in one where the folder has no such file.

    Raises:
        PromptError: if ``folder`` or the file is missing, misspelt, unreadable or malformed, or if the variables that
            the file declares are not those that it uses.
    """
    path = _find(name, folder)
    try:
        source = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptError(f"prompt file {str(path)!r} cannot be read as UTF-8: {_line(error)}") from error
    purpose, variables, body = _front_matter(source, path)
    sections = _sections(body, path)
    _check_variables(sections, variables, path)
    digest = hashlib.sha256(source.encode()).hexdigest()[:12]
    return Prompt(name, purpose, variables, sections, digest, path)


def builtin_prompts() -> Path:
    """The folder of the prompts that come with the program."""
    installed = Path(__file__).parent / "prompt_files"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "prompts"


def estimate_tokens(text: str) -> int:
    """About how many tokens a language model makes of ``text``; meant to err upwards.

    A token is taken as 3.5 bytes of UTF-8, which also counts scripts that cost more tokens for each letter as dearer.
    """
    return -(-2 * len(text.encode("utf-8", "surrogatepass")) // 7)


def _find(name: str, folder: Path | None) -> Path:
    if not _NAME.fullmatch(name):
        raise ValueError(f"a prompt's name is lower-case letters, digits, '-' and '_', got {name!r}")
    if folder is not None and not folder.is_dir():
        raise PromptError(f"prompt folder {str(folder)!r} does not exist; create it or unset the setting 'prompts'")
    if folder is not None:
        _check_names(folder)
    for candidate in (folder, builtin_prompts()):
        if candidate is not None and (candidate / f"{name}.md").is_file():
            return candidate / f"{name}.md"
    raise PromptError(f"there is no prompt {name!r}; the built-in ones are {', '.join(prompt_names()) or 'missing'}")


def prompt_names() -> list[str]:
    """The names of the built-in prompts."""
    return sorted(path.stem for path in builtin_prompts().glob("*.md") if path.stem != "README")


def _check_names(folder: Path) -> None:
    """A file with a misspelt name would be passed over in silence."""
    known = prompt_names()
    for path in sorted(folder.glob("*.[mM][dD]")):
        meant = difflib.get_close_matches(path.stem.lower(), known, n=1, cutoff=0.75)
        if meant and path.name != f"{meant[0]}.md" and not (folder / f"{meant[0]}.md").exists():
            raise PromptError(f"prompt file {str(path)!r} is no prompt's; did you mean '{meant[0]}.md'?")


def _front_matter(source: str, path: Path) -> tuple[str, tuple[str, ...], str]:
    import yaml

    found = _FRONT_MATTER.fullmatch(source)
    if found is None:
        raise PromptError(f"prompt file {str(path)!r} must begin with front matter between two lines '---'")
    try:
        fields = yaml.safe_load(found[1])
    except yaml.YAMLError as error:
        raise PromptError(f"the front matter of {str(path)!r} is not YAML: {_line(error)}") from error
    if not isinstance(fields, dict) or set(fields) != {"purpose", "variables"}:
        raise PromptError(f"the front matter of {str(path)!r} must hold 'purpose' and 'variables', nothing else")
    purpose, variables = fields["purpose"], fields["variables"]
    if not isinstance(purpose, str) or not _are_names(variables):
        raise PromptError(f"in {str(path)!r} 'purpose' must be text and 'variables' a list of different names")
    return purpose, tuple(variables), found[2]


def _are_names(variables: object) -> bool:
    return (
        isinstance(variables, list)
        and all(isinstance(name, str) and name.isidentifier() for name in variables)
        and len(set(variables)) == len(variables)
    )


def _sections(body: str, path: Path) -> tuple[tuple[Role, str], ...]:
    before, *parts = _ROLE_LINE.split(body)
    if before.strip() or not parts:
        raise PromptError(f"the text of {str(path)!r} must begin with '## system', '## user' or '## assistant'")
    sections = [(cast(Role, role), text.strip()) for role, text in zip(parts[::2], parts[1::2], strict=True)]
    for role, text in sections:
        if not text:
            raise PromptError(f"the section '## {role}' of {str(path)!r} is empty; fill or remove it")
    if "user" not in parts[::2]:
        raise PromptError(f"{str(path)!r} has no section '## user', written just so; a model answers nothing else")
    return tuple(sections)


def _check_variables(sections: tuple[tuple[Role, str], ...], variables: tuple[str, ...], path: Path) -> None:
    import jinja2
    from jinja2 import meta

    used: set[str] = set()
    environment = _environment()
    for role, source in sections:
        try:
            used |= meta.find_undeclared_variables(environment.parse(source))
        except jinja2.TemplateError as error:
            raise PromptError(f"the section '## {role}' of {str(path)!r} is malformed: {_line(error)}") from error
    if used != set(variables):
        raise PromptError(
            f"prompt file {str(path)!r} declares {sorted(variables)} and uses {sorted(used)}; "
            f"{_difference(set(variables), used, 'not used')}"
        )


def _difference(declared: set[str], other: set[str], lacking: str = "missing") -> str:
    parts = []
    if missing := declared - other:
        parts.append(f"{lacking}: {', '.join(sorted(missing))}")
    if undeclared := other - declared:
        parts.append(f"not declared: {', '.join(sorted(undeclared))}")
    return "; ".join(parts)


def _environment() -> SandboxedEnvironment:
    import jinja2
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals.clear()
    return environment


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
