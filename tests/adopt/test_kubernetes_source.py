"""What Kubernetes manifests tell, with their overlays."""

from adopt.adopting import adopted, called, service, setting

MANIFESTS = """
apiVersion: v1
kind: ConfigMap
metadata: {name: shared}
data: {ZONE: north, LIMIT: "7"}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: orders
          image: registry.example.com/orders:1.2@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
          envFrom: [{configMapRef: {name: shared}}]
          env:
            - {name: PASSWORD, valueFrom: {secretKeyRef: {name: orders, key: p}}}
            - {name: CURRENCY, valueFrom: {configMapKeyRef: {name: shared, key: ZONE}}}
            - {name: MAIL_API_URL, value: "http://post.default.svc:8080"}
          livenessProbe: {httpGet: {path: /ok, port: 1}}
          resources: {limits: {cpu: "2", memory: 1Gi}}
---
apiVersion: v1
kind: Service
metadata: {name: post}
spec: {selector: {app: mail}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: mail}
spec: {template: {spec: {containers: [{name: mail, image: "example/mail:2"}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: sweep}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {containers: [{name: s, image: "example/sweep:2"}]}}}}
"""
PATCH = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: orders}
spec: {template: {spec: {containers: [{name: orders, env: [{name: LIMIT, value: "9"}]}]}}}
"""


def test_kubernetes(tmp_path):
    text, backend = adopted(tmp_path, {"k8s/base/all.yaml": MANIFESTS, "k8s/overlays/prod/orders.yaml": PATCH})
    orders = service(backend, "orders")
    assert (orders.replicas, orders.limits.cpus, orders.limits.memory) == (3, 2.0, 1024)
    assert (orders.health.path, orders.health.contract) == ("/ok", False)
    assert orders.image.endswith("15b0f00a08")
    assert (setting(orders, "ZONE").default, setting(orders, "CURRENCY").default) == ("north", "north")
    assert setting(orders, "PASSWORD").secret
    assert called(orders) == ["mail"]
    assert backend.environment("prod").values == {orders: {"LIMIT": 9}}
    assert service(backend, "sweep").cron == "0 3 * * *"
    assert "how Compose runs it" in text
