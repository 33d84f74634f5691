{{- define "presage.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "presage.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains (include "presage.name" .) .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "presage.name" .) | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "presage.selector" -}}
app.kubernetes.io/name: {{ include "presage.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "presage.labels" -}}
{{ include "presage.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "presage.image" -}}
{{- if .image.digest -}}
{{- printf "%s/%s@%s" .root.Values.image.registry .image.name .image.digest -}}
{{- else -}}
{{- printf "%s/%s:%s" .root.Values.image.registry .image.name (default .root.Chart.AppVersion .image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "presage.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "presage.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "presage.configuration" -}}
{{ toYaml .Values.sidecar.configuration }}
{{- end -}}

{{- define "presage.annotations" -}}
{{- $own := dict -}}
{{- if eq .root.Values.monitor.kind "Annotations" -}}
{{- $own = dict "prometheus.io/scrape" "true" "prometheus.io/port" (toString .port) -}}
{{- end -}}
{{- $all := merge (dict) .annotations $own -}}
{{- if $all -}}
{{ toYaml $all }}
{{- end -}}
{{- end -}}

{{- define "presage.placement" -}}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end -}}

{{- define "presage.queue" -}}
{{- with .Values.sidecar.queue.url -}}
- --queue={{ . }}
{{- with $.Values.sidecar.queue.passwordKey }}
- --queue.password-file=/etc/presage/secrets/{{ . }}
{{- end }}
{{- end -}}
{{- end -}}
