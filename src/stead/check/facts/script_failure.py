"""Whether a script stops at what fails: without `set -e` a shell goes on with the next line, and ends well."""

import re
from collections.abc import Iterator

from stead.check.facts import At
from stead.check.facts.shell import logical

STOPS = re.compile(
    r"^[ \t]*set\s+(?:-?\w+\s+)*(?:-[a-zA-Z]*e[a-zA-Z]*\b|-o\s+errexit\b)|^[ \t]*trap\s.*\bERR\b|^#!.*sh\s+-\w*e",
    re.MULTILINE,
)
READS = re.compile(r"^[ \t]*(?:\.|source)\s+\S", re.MULTILINE)  # it runs another script, which may check the status
# What must succeed before the next line runs: a dump, a migration, an image, a version that is shipped.
STEP = re.compile(
    r"^[ \t]*(?:sudo\s+)?(?:[A-Z_]+=\S+\s+)*("
    r"(?:pg_dump(?:all)?|pg_restore|pg_basebackup|mysqldump|mongodump|restic|borg)\b"
    r"|(?:alembic|flyway|goose|dbmate|sqlx|liquibase)\s+\S+|(?:npx\s+)?(?:prisma|knex|drizzle-kit)\s+\S+"
    r"|(?:npm|pnpm|yarn)\s+(?:run\s+)?(?:migrate|build|deploy)\S*|python3?\s+manage\.py\s+migrate"
    r"|docker\s+(?:buildx\s+)?(?:build|push)|docker[ -]compose\s(?:.*\s)?(?:up|pull|push|build)\b"
    r"|kubectl\s(?:.*\s)?(?:apply|set|rollout|replace)\b|helm\s(?:.*\s)?(?:upgrade|install)\b"
    r"|terraform\s(?:.*\s)?apply\b|stead\s+(?:ship|backup|restore|smoke|check|render)\b|wrangler\s+deploy"
    r"|make\s+(?:ship|deploy|migrate|build|backup|restore)\S*|aws\s+s3\s+(?:cp|sync|mv)|rsync\s|scp\s|git\s+push)"
)
ENDS = re.compile(r"^[ \t]*(?:fi|done|esac|\}|\)|else|;;|exit\b.*|return\b.*)\s*;?\s*$")
CAUGHT = re.compile(r"\|\||&&\s*\\?$|\$\?|^[ \t]*(?:if|elif|while|until)\b")


def unstopped(text: str) -> Iterator[At]:
    """Yield the first step of a script that may fail, and behind which the script goes on whatever became of it."""
    if STOPS.search(text) or READS.search(text):
        return
    lines = [(number, line) for number, line in logical(text) if not ENDS.match(line)]
    for index, (number, line) in enumerate(lines[:-1]):
        step = STEP.match(line)
        if step and not CAUGHT.search(line) and "$?" not in lines[index + 1][1]:
            yield At(" ".join(step[1].split())[:60], number, step.start(1) + 1, "unstopped")
            return
