"""Lines for a shell, as `sh -c "…"` has them: which program is started by one in the end."""

import posixpath
import re
import shlex

SHELLS = ("sh", "bash", "dash")
COMMAND = re.compile(r"-[a-z]*c")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=.*", re.DOTALL)
REDIRECTION = re.compile(r"\d*(?:>>?|<)(?:&\d|\s*[^\s;|&]+)")
BETWEEN = frozenset({"&&", "||", ";", "|", "&"})


def is_shell_line(command: tuple[str, ...]) -> bool:
    """Return whether a shell is given a line to run: `sh -c "…"`."""
    return len(command) > 2 and posixpath.basename(command[0]) in SHELLS and bool(COMMAND.fullmatch(command[1]))


def started_by(command: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words that start the program: the last command of a shell's line, or the command as it is.

    `sh -c "./prepare && exec node main.js"` starts `node main.js`.
    """
    if not is_shell_line(command):
        return command
    last: list[str] = []
    for word in _words(command[2]):
        last = [] if word in BETWEEN else [*last, word]
    while last and (last[0] == "exec" or ASSIGNMENT.fullmatch(last[0])):
        del last[0]
    return tuple(last) or command


def _words(line: str) -> list[str]:
    """Return the words of a line, with what stands between commands; none where a quotation has no end."""
    plain = REDIRECTION.sub("", line.replace("\n", " ; "))
    lexer = shlex.shlex(plain, posix=True, punctuation_chars=";|&")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return list(lexer)
    except ValueError:
        return []
