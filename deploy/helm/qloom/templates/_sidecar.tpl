{{/* The sidecar of a service of your own. Arguments: dict "root", "name", "port", "portName", "swap", "own" (variables). */}}
{{- define "qloom.sidecar" -}}
- name: swap-{{ .name }}
  image: {{ .swap.image }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  restartPolicy: Always
  ports:
    - { name: {{ .portName }}, containerPort: {{ .port }} }
  envFrom:
    - configMapRef: { name: qloom }
  env:
    # Stage worker and probes are those of the other container.
    {{- $env := dict "QLOOM_LOG" "" "QLOOM_HEALTH_LISTEN" "" "QLOOM_LISTEN" (printf "0.0.0.0:%v" .port) "PORT" .port }}
    {{- include "qloom.env" (merge (deepCopy .swap.env) .own $env) | nindent 4 }}
  {{- include "qloom.tcpProbes" .portName | nindent 2 }}
  resources: {{- toYaml .swap.resources | nindent 4 }}
  securityContext: {{- include "qloom.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - { name: tmp, mountPath: /tmp }
    {{- if and .root.Values.mtls.enabled (ne .name "policy") }}
    - { name: tls, mountPath: /tls, readOnly: true }
    {{- end }}
{{- end }}
