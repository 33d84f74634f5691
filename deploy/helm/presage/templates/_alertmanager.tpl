{{- /* What lies in /etc/alertmanager, by key of its ConfigMap. */ -}}
{{- define "presage.alertmanager" -}}
alertmanager.yml: |
  {{- default (.Files.Get "files/alertmanager/alertmanager.yml") .Values.alertmanager.configuration | nindent 2 }}
addresses.tmpl: |
  {{ printf "{{ define \"presage.grafana\" }}%s{{ end }}" .Values.alertmanager.grafanaUrl }}
  {{ printf "{{ define \"presage.docs\" }}%s{{ end }}" .Values.alertmanager.docsUrl }}
presage.tmpl: |
  {{- .Files.Get "files/alertmanager/templates/presage.tmpl" | nindent 2 }}
slack.tmpl: |
  {{- .Files.Get "files/alertmanager/templates/slack.tmpl" | nindent 2 }}
mail.tmpl: |
  {{- .Files.Get "files/alertmanager/templates/mail.tmpl" | nindent 2 }}
{{- end -}}
