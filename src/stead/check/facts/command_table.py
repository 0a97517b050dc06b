"""The programs and options whose arguments are files or secrets: the table that `command` reads."""

import re

WRAPPERS = re.compile(r"sudo|exec|time|nohup|command|then|do|else|if|elif|while|until|!|\{|builtin|env")
RUNNERS = frozenset({"uv", "poetry", "pipenv", "pdm", "rye", "hatch", "pixi"})
INTERPRETERS = re.compile(r"bash|sh|zsh|dash|ksh|source|\.|python3?|node|ruby|perl|tsx|ts-node|deno|bun")
INLINE = frozenset({"-c", "-m", "-e", "-p", "--eval", "-s", "-", "-h", "--version", "-V"})
PROGRAM = re.compile(r"\.(?:sh|bash|py|js|mjs|cjs|ts|rb|pl|sql)$")
OPTIONS = {
    "make": ("-C", "-f", "--directory", "--file"),
    "docker": ("-f", "--file", "--env-file"),
    "docker-compose": ("-f", "--file", "--env-file"),
    "podman": ("-f", "--file", "--env-file"),
    "podman-compose": ("-f", "--file", "--env-file"),
    "kubectl": ("-f", "--filename", "-k", "--kustomize"),
    "helm": ("-f", "--values"),
    "npm": ("--prefix", "-C"),
    "pnpm": ("--dir", "-C"),
    "yarn": ("--cwd",),
    "git": ("-C",),
    "go": ("-C",),
    "cargo": ("--manifest-path",),
    "pip": ("-r", "-c", "--requirement", "--constraint"),
    "pip3": ("-r", "-c", "--requirement", "--constraint"),
    "uv": ("--requirement", "--project", "--directory"),
    "psql": ("-f", "--file"),
    "mvn": ("-f", "--file"),
    "terraform": ("-chdir",),
    "ansible-playbook": ("-i", "--inventory"),
    "wrangler": ("--config",),
    "alembic": ("-c", "--config"),
    "caddy": ("--config",),
    "envoy": ("-c", "--config-path"),
    "mkdocs": ("-f", "--config-file"),
}
# Commands of these programs whose -f is a filter, a format, a follow or a force.
QUIET = frozenset({"-e", "-f", "-s", "-r", "-R", "--no-messages"})  # of grep: a pattern, a folder, what may be gone
NO_FILE = {
    "docker": frozenset(
        {
            "logs",
            "rm",
            "rmi",
            "ps",
            "images",
            "inspect",
            "ls",
            "prune",
            "events",
            "info",
            "version",
            "stats",
            "search",
            "run",
            "exec",
        }
    ),
    "kubectl": frozenset({"logs", "rollout"}),
}
NO_FILE |= dict.fromkeys(("podman", "docker-compose", "podman-compose"), NO_FILE["docker"])
# Options of interpreters that take a value: a module's name, a flag; none is the program.
VALUED = {
    "node": ("-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"),
    "ts-node": ("-r", "--require", "-P", "--project", "-O", "--compiler-options", "--loader"),
    "tsx": ("-r", "--require", "--import", "--tsconfig", "-C", "--conditions"),
    "bun": ("-r", "--preload", "--cwd"),
    "ruby": ("-r", "-I"),
    "perl": ("-I", "-M"),
    "python": ("-W", "-X"),
    "python3": ("-W", "-X"),
    "bash": ("-o", "+o", "-O", "--rcfile", "--init-file"),
    "sh": ("-o", "+o"),
}
ARGUMENTS = frozenset({"cat", "head", "tail", "less", "chmod", "shellcheck", "hadolint", "yamllint"})
MAKERS = {
    "mkdir": 1,
    "touch": 1,
    "tee": 1,
    "mktemp": 1,
    "rm": 1,
    "rmdir": 1,
    "ln": -1,
    "cp": -1,
    "mv": -1,
    "install": -1,
}
OUTPUTS = frozenset({"-o", "--output", "-O", "--out", "--output-file", "-out"})
TESTS = frozenset({"-f", "-e", "-d", "-r", "-x", "-s", "-L", "-h", "-w"})
MOUNTS = frozenset({"-v", "--volume"})
FORGIVEN = re.compile(r"\|\|\s*(?:true|:)(?:\s|$)")
GLOB = re.compile(r"[*?\[]")
PLACEHOLDER = re.compile(r"(?:^|/)[A-Z][A-Z0-9]*_[A-Z0-9_]+/")  # `projects/PROJECT_ID/…`: a person fills it in
# Visible in the list of processes, in a CI log with tracing on, and in the history of the shell.
SECRET_OPTION = re.compile(
    r"^--?(?:password|passwd|pass|token|secret|api-?key|access-?token|api-?token|auth-?token|secret-?key|client-?secret|"
    r"db-?password|registry-?password|requirepass)(?:=(?P<value>.+))?$"
)
# Options of programs that take the name of a secret, or the file of one, and not its value.
NAMED = dict.fromkeys(
    ("docker", "podman", "buildah", "buildctl", "nerdctl", "gcloud", "modal", "flyctl"), ("--secret",)
)
SHORT = {"docker": "-p", "podman": "-p", "sshpass": "-p", "redis-cli": "-a", "mysql": "-p", "mysqldump": "-p"}
