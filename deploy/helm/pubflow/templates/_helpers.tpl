{{- define "pubflow.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "pubflow.selector" -}}
app.kubernetes.io/name: pubflow
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "pubflow.labels" -}}
{{ include "pubflow.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "pubflow.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{- /* What is the same for the web and the worker pod; `part` is the one or the other. */ -}}
{{- define "pubflow.pod" -}}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
serviceAccountName: {{ include "pubflow.name" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: 30
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if not .root.Values.sqlite.enabled }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "pubflow.selector" .root | nindent 8 }}
        app.kubernetes.io/component: {{ .part }}
{{- end }}
volumes:
  - name: home
    {{- if .root.Values.sqlite.enabled }}
    persistentVolumeClaim: {claimName: {{ include "pubflow.name" .root }}}
    {{- else }}
    emptyDir: {sizeLimit: 64Mi}
    {{- end }}
  - name: tmp
    emptyDir: {sizeLimit: 256Mi}
{{- end }}

{{- define "pubflow.container" -}}
image: {{ include "pubflow.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
envFrom:
  - secretRef: {name: {{ required "secretName: the name of a Secret with APP_ID, PRIVATE_KEY, WEBHOOK_SECRET and DATABASE_URL" .root.Values.secretName | quote }}}
env:
  {{- range $name, $value := .root.Values.settings }}
  - {name: {{ $name }}, value: {{ $value | quote }}}
  {{- end }}
  - {name: HOST, value: "0.0.0.0"}
  - {name: PORT, value: "8080"}
  - {name: METRICS_PORT, value: {{ .root.Values.metrics.port | quote }}}
  - {name: PUBFLOW_HOME, value: /var/lib/pubflow}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: home, mountPath: /var/lib/pubflow}
  - {name: tmp, mountPath: /tmp}
{{- end }}
