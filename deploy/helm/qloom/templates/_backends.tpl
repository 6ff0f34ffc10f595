{{/* What the option observability installs, one entry for each program. */}}
{{- define "qloom.backends" -}}
otel-collector:
  kind: Deployment
  image: otel/opentelemetry-collector-contrib:0.165.1
  args: [--config=/etc/otel/collector.yaml]
  ports: { otlp-grpc: 4317, otlp-http: 4318, metrics: 8889, health: 13133 }
  called: [4317, 4318, 8889]
  readiness: { path: /, port: health }
  liveness: otlp-grpc
  mounts: { otel-collector: /etc/otel }
  memory: { request: 256Mi, limit: 1Gi }
jaeger:
  kind: StatefulSet
  image: jaegertracing/jaeger:2.13.0
  args: [--config=/etc/jaeger/jaeger.yaml]
  ports: { otlp-grpc: 4317, query: 16686, health: 13133 }
  called: [4317, 16686]
  readiness: { path: /status, port: health }
  liveness: query
  mounts: { jaeger: /etc/jaeger }
  data: /data
  memory: { request: 512Mi, limit: 2Gi }
prometheus:
  kind: StatefulSet
  image: prom/prometheus:v3.16.0
  args:
    - --config.file=/etc/prometheus/prometheus.yaml
    - --storage.tsdb.path=/data
    - --storage.tsdb.retention.time=15d
    - --enable-feature=exemplar-storage
  ports: { http: 9090 }
  called: [9090]
  readiness: { path: /-/ready, port: http }
  liveness: http
  mounts: { prometheus: /etc/prometheus }
  data: /data
  memory: { request: 512Mi, limit: 2Gi }
grafana:
  kind: Deployment
  image: grafana/grafana:12.3.0
  # Who reaches the port may look, and nobody may change anything.
  env:
    GF_AUTH_ANONYMOUS_ENABLED: "true"
    GF_AUTH_DISABLE_LOGIN_FORM: "true"
    GF_ANALYTICS_REPORTING_ENABLED: "false"
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
    GF_PATHS_DATA: /tmp/grafana
    GF_PATHS_LOGS: /tmp/grafana/log
  ports: { http: 3000 }
  called: [3000]
  readiness: { path: /api/health, port: http }
  liveness: http
  mounts: { grafana-dashboards: /var/lib/grafana/dashboards }
  # Single files of `grafana-provisioning`, where Grafana looks for each.
  provisioning: [dashboards, datasources]
  memory: { request: 256Mi, limit: 512Mi }
{{- end }}
