"""Risky commands of scripts, Makefiles and pipelines: what trusts anybody, removes data, or hides a failure."""

import re
from collections.abc import Iterator

from stead.check.facts import At
from stead.check.facts.shell import logical

# Options that switch off the verification of the server, each with the word that is shown.
UNVERIFIED = re.compile(
    r"StrictHostKeyChecking[= ]+[\"']?no\b|UserKnownHostsFile[= ]+[\"']?/dev/null"
    r"|\bcurl\b[^|;&\n]{0,300}?\s(?:--insecure\b|-[a-zA-Z]{0,8}k[a-zA-Z]{0,8}(?=\s|$))"
    r"|\bwget\b[^|;&\n]{0,300}?\s--no-check-certificate\b"
    r"|\bsslVerify[= ]+[\"']?false\b|\bGIT_SSL_NO_VERIFY=(?:1|true)\b|\bNODE_TLS_REJECT_UNAUTHORIZED=[\"']?0"
    r"|--insecure-skip-tls-verify(?:=true)?(?=\s|$)|--(?:dest-|src-)?tls-verify=false"
)
LOOPBACK = re.compile(r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b|\[?::1\]?")
DUMPS = re.compile(
    r"\b(pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump)\b[^|;&\n]{0,500}(?<!\|)\|(?!\||\s*(?:true|:))"
)
PIPEFAIL = re.compile(r"\bpipefail\b|\bPIPESTATUS\b")
REMOVES = re.compile(
    r"\bdocker[ -]compose\b[^|;&\n]{0,300}\bdown\b[^|;&\n]{0,100}\s(?:-v|--volumes)(?=\s|$)"
    r"|\bdocker\s+volume\s+(?:rm|prune)\b|\bdocker\s+system\s+prune\b[^|;&\n]{0,100}\s--volumes\b"
    r"|\bkubectl\b[^|;&\n]{0,200}\bdelete\s+(?:namespaces?|ns|pvc|persistentvolumeclaims?|pv|persistentvolumes?)\b"
    r"|\bhelm\b[^|;&\n]{0,200}\b(?:uninstall|delete)\b"
    r"|\bterraform\b[^|;&\n]{0,200}\b(?:destroy|apply\b[^|;&\n]{0,100}\s-destroy)\b"
    r"|(?i:\bdrop\s+(?:database|schema)\b|\btruncate\s+(?:table\s+)?\w)|\bFLUSH(?:ALL|DB)\b|\bdropdb\b"
)
FORCED = re.compile(
    r"\bgit\b[^|;&\n]{0,100}\bpush\b(?=[^|;&\n]{0,200}\s(?:-f|--force)(?=\s|$))"
    r"(?=[^|;&\n]{0,200}[\s:/](?:main|master|trunk|production|prod)(?=\s|[\"']|$))"
)
OPENED = re.compile(
    r"\bchmod\s+(?:-[a-zA-Z-]+\s+)*(?:0?777|0?666|[ug]*[ao][ugo]*[+=][rxX]*w[rwxX]*)(?=\s|$)(?!\s+[\"']?/dev/)"
)
# A host on this machine, in this network, or known only at run time: the request crosses no other network.
NEAR = (
    r"(?:localhost|127\.|0\.0\.0\.0|\[|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|host\.docker\.|[\w-]+(?![\w.-])"
    r"|[\w.-]+\.(?:svc|internal|local|lan|test|localhost|invalid|example)(?![\w.-]))"
)
PLAIN = re.compile(
    rf"\b(?:curl|wget|httpie|xh)\b(?=[^|\n]{{0,600}}?(http://(?!{NEAR})[\w.-]+))"
    r"(?=[^|\n]{0,600}?(?i:authorization:|\s(?:-u|--user|--password|--http-password)[\s=]|\bsecrets\.\w"
    r"|x-[\w-]{0,30}(?:token|key):|\$\{?\w*(?:token|secret|password|passwd|api_?key|credentials?)\b))"
)
# Asks for health and accepts every answer: no -f, and nothing reads the answer.
UNREAD = re.compile(
    r"^\s*(?:(?:-\s+)?run:\s+|-\s+)?(?:sudo\s+)?(curl)\b(?=[^|]*/(?:health|healthz|livez|readyz|ready|ping|status)\b)"
    r"(?![^|]*\s(?:-[a-zA-Z]*[fwoO]|--fail|--write-out|--output|--fail-with-body))[^|&>;]*$"
)
# Each kind: lower-case words, one of which is in every line that the pattern finds, and the pattern.
RISKS = {
    "unverified": (("hostkey", "knownhosts", "curl", "wget", "sslverify", "ssl_no_verify", "tls"), UNVERIFIED),
    "dump": (("dump", "basebackup"), DUMPS),
    "removes": (
        (*("down", "volume", "delete", "uninstall", "destroy"), *("drop", "truncate", "flushall", "flushdb")),
        REMOVES,
    ),
    "forced": (("push",), FORCED),
    "opened": (("chmod",), OPENED),
    "plain": (("http://",), PLAIN),
    "unread": (("curl",), UNREAD),
}


def risks(text: str, *, shell: bool) -> Iterator[At]:
    """Yield the risky commands of a text, by kind: `unverified`, `dump`, `removes`, `forced`, `opened`, `plain`,
    `unread`.

    shell  a pipe's status is that of its last command, unless the text says otherwise
    """
    hidden = shell and PIPEFAIL.search(text) is None
    for number, line in logical(text):
        bare = line.strip()
        lowered = line.lower()
        for kind, (words, pattern) in RISKS.items():
            if not any(word in lowered for word in words):
                continue  # most lines have none: searching for a word takes a hundredth of the pattern's time
            found = pattern.search(line)
            if found is None or (kind == "dump" and not hidden) or (kind == "unverified" and LOOPBACK.search(line)):
                continue
            if not bare.startswith(("echo ", "printf ", "//")):
                excerpt = found[1] if kind in ("dump", "plain") else " ".join(found[0].split())[-60:]
                yield At(excerpt, number, found.start() + 1, kind)
