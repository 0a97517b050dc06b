{{- /* Made by `stead render` from backend.py: change that, or delete this line to own the file. [4f41a084423d80d9] */ -}}
{{- /* The version as a label can hold it. */ -}}
{{- define "rewards.versionLabel" -}}
{{ regexReplaceAll "[^A-Za-z0-9._-]" .Values.version "-" | trunc 63 | trimAll "-._" | default "unreleased" }}
{{- end -}}
