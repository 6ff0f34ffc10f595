{{/* Labels of every object. */}}
{{- define "qloom.labels" -}}
app.kubernetes.io/part-of: qloom
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* Stages of the workers: the durable consumers of the log have the same names. */}}
{{- define "qloom.stages" -}}
generator: fit
discriminator: assess
qnn-sim: evaluate
{{- end }}

{{/* The variable with the address of a service. Argument: its name. */}}
{{- define "qloom.targetVariable" -}}
QLOOM_{{ . | replace "-" "_" | upper }}_TARGET
{{- end }}

{{/* Scheme of addresses between services. */}}
{{- define "qloom.scheme" -}}
{{ if .Values.mtls.enabled }}tls://{{ else }}dns:///{{ end }}
{{- end }}

{{/* URL of log and artifacts. */}}
{{- define "qloom.natsUrl" -}}
{{- if eq .Values.nats.mode "external" -}}
{{ required "nats.url: not set; right would be the URL of your servers, such as nats://nats.nats.svc:4222?replicas=3" .Values.nats.url }}
{{- else if eq .Values.nats.mode "cluster" -}}
nats://nats:4222?replicas=3
{{- else -}}
nats://nats:4222
{{- end -}}
{{- end }}

{{/* Security of every pod: that of the standard `restricted`. */}}
{{- define "qloom.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "qloom.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Spread of pods over zones and nodes. Argument: name. */}}
{{- define "qloom.spread" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        app.kubernetes.io/name: {{ . }}
{{- end }}

{{- define "qloom.preferOtherNodes" -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              app.kubernetes.io/name: {{ . }}
{{- end }}

{{/* Probes of a container that may have no health service. Argument: port. A liveness probe would repeat the other. */}}
{{- define "qloom.tcpProbes" -}}
startupProbe:
  tcpSocket: { port: {{ . }} }
  periodSeconds: 2
  failureThreshold: 60
readinessProbe:
  tcpSocket: { port: {{ . }} }
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{/* Probes of a container of Qloom. Argument: port. */}}
{{- define "qloom.grpcProbes" -}}
startupProbe:
  grpc: { port: {{ . }}, service: live }
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  grpc: { port: {{ . }}, service: live }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 3
readinessProbe:
  grpc: { port: {{ . }}, service: ready }
  periodSeconds: 5
  timeoutSeconds: 5
{{- end }}

{{/* Entries of `env` from a map. */}}
{{- define "qloom.env" -}}
{{- range $name, $value := . }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
{{- end }}

{{/* Service account, disruption budget and policy of pods. Arguments: dict "root", "name", "ingress" (YAML, rules). */}}
{{- define "qloom.podCompanions" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  labels: {{- include "qloom.labels" .root | nindent 4 }}
automountServiceAccountToken: false
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "qloom.labels" .root | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app.kubernetes.io/name: {{ .name }}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  labels: {{- include "qloom.labels" .root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ .name }}
  policyTypes: [Ingress]
  ingress: {{- .ingress | nindent 4 }}
{{- end }}

{{/* A rule: pods of the same namespace may call a port. */}}
{{- define "qloom.fromNamespace" -}}
- from:
    - podSelector: {}
  ports:
    - { port: {{ . }}, protocol: TCP }
{{- end }}
