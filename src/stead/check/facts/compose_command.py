"""Commands of Compose: which of them look for a Compose file in the folder in which they run."""

# Options that name a file or a project, so that Compose looks for no file; and commands that need no file.
NAMING = ("-f", "--file", "-p", "--project-name", "--project-directory", "--help", "-h")
FREE = frozenset({"version", "ls", "help", "-v", "--version"})
VALUED = frozenset({"--profile", "--env-file", "--ansi", "--progress", "--parallel", "--context", "-c"})


def looks_for_its_file(words: list[str]) -> bool:
    """Return whether a command asks Compose for what only a Compose file of its folder tells."""
    rest = words[1:]
    if words[0].endswith(("docker", "podman")):
        if rest[:1] != ["compose"]:
            return False
        rest = rest[1:]
    elif not words[0].endswith(("docker-compose", "podman-compose")):
        return False
    skip = False
    for word in rest:
        if skip or (word.startswith("-") and not word.startswith(NAMING)):
            skip = not skip and word in VALUED
            continue
        return word.isalpha() and word not in FREE
    return False
