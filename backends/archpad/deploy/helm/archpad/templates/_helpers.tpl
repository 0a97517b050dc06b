{{- /* Made by `stead render` from backend.py: change that, or delete this line to own the file. [e8d0f58892fb0eb6] */ -}}
{{- /* The version as a label can hold it. */ -}}
{{- define "archpad.versionLabel" -}}
{{ regexReplaceAll "[^A-Za-z0-9._-]" .Values.version "-" | trunc 63 | trimAll "-._" | default "unreleased" }}
{{- end -}}
