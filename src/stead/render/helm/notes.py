"""What `helm install` prints, and the one helper that templates share."""

from stead.model import Backend
from stead.render.kubernetes.release import UNRELEASED

NOTES = """\
{name} {{{{ .Values.version }}}} in {{{{ .Values.environment }}}}, namespace {{{{ .Values.namespace }}}}.

  Wait until it runs:  kubectl -n {{{{ .Values.namespace }}}} get deployments -l app.kubernetes.io/part-of={name}
  Ask it (smoke):      helm test {{{{ .Release.Name }}}} -n {{{{ .Release.Namespace }}}}
  Read what it asked:  kubectl -n {{{{ .Values.namespace }}}} logs job/{name}-smoke
  Take it back:        helm rollback {{{{ .Release.Name }}}} -n {{{{ .Release.Namespace }}}}

No secret is in this release: each process reads its own, named in kubernetes/<environment>/common/SECRETS.md.
Jobs, their accounts and their policies are hooks; helm uninstall leaves them, and the namespace.
"""
HELPERS = """\
{{{{- /* The version as a label can hold it. */ -}}}}
{{{{- define "{name}.versionLabel" -}}}}
{{{{ regexReplaceAll "[^A-Za-z0-9._-]" .Values.version "-" | trunc 63 | trimAll "-._" | default "{unreleased}" }}}}
{{{{- end -}}}}
"""


def text(backend: Backend) -> str:
    """Return `NOTES.txt`."""
    return NOTES.format(name=backend.name)


def helpers(chart: str) -> str:
    """Return `_helpers.tpl`."""
    return HELPERS.format(name=chart, unreleased=UNRELEASED)
