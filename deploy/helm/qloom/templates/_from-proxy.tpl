{{/* The proxy reaches the agent. Arguments: dict "root", "namespace". */}}
{{- define "qloom.agentFromProxy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: agent-from-proxy
  labels: {{- include "qloom.labels" .root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: agent
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels:
              kubernetes.io/metadata.name: {{ .namespace }}
      ports:
        - { port: 50051, protocol: TCP }
{{- end }}
