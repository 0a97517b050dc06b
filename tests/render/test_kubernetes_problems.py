"""What a cluster cannot keep is said before anything is written, all at once, with a place and a way out."""

from dataclasses import replace
from pathlib import Path

import pytest

import stead
from render.kubernetes_shop import shop
from stead.model import Autoscale, Environment, External, Job, Kubernetes, Server, Vault
from stead.model.validation import problems as described
from stead.render.kubernetes import problems
from stead.render.kubernetes.cron import schedule_of
from stead.render.problem import RenderError
from stead.render.targets import generated

ROOT = Path(__file__).parents[2]


def codes(backend):
    return [problem.code for problem in problems(backend)]


def test_a_good_one_has_none():
    assert described(shop()) == []
    assert codes(shop()) == []


def test_without_a_registry_the_missing_word_is_named():
    backend = shop()
    object.__setattr__(backend, "registry", "")
    assert codes(backend) == ["KUBERNETES012"]
    assert "registry=" in problems(backend)[0].mend


def test_a_resource_without_a_server_is_named_with_its_process():
    found = problems(shop(servers={}))
    assert {problem.code for problem in found} == {"KUBERNETES013"}
    assert any("orders needs redis" in problem.message for problem in found)


def test_what_runs_elsewhere_has_a_server_too():
    backend = shop()
    orders = backend.services[0]
    object.__setattr__(orders, "needs", (*orders.needs, External("kafka", "KAFKA_BROKERS", {"prod": "kafka:9092"})))
    assert codes(backend) == ["KUBERNETES013"]
    assert "orders needs kafka" in problems(backend)[0].message


def test_what_a_service_reaches_outside_has_an_address_for_its_port():
    backend = shop()
    orders = backend.services[0]
    object.__setattr__(orders, "egress", ("api.example.com:8443",))
    assert codes(backend) == ["KUBERNETES019"]
    assert "orders reaches api.example.com:8443 outside" in problems(backend)[0].message
    assert "Server(8443, cidr=" in problems(backend)[0].mend


def test_a_left_out_service_whose_address_is_given_has_a_server_too():
    backend = stead.load(ROOT / "backends/archpad")
    prod = backend.environments[-1]
    servers = {"postgres": prod.kubernetes.servers["postgres"]}
    cluster = replace(prod.kubernetes, servers=servers)
    object.__setattr__(backend, "environments", (replace(prod, kubernetes=cluster),))
    assert codes(backend) == ["KUBERNETES013"]
    assert "hasura-sync-service needs hasura" in problems(backend)[0].message


def test_a_setting_that_nobody_gives_is_named():
    found = problems(shop(values={}))
    assert {problem.code for problem in found} == {"KUBERNETES014"}
    assert "CLERK_ISSUER" in " ".join(problem.message for problem in found)


def test_a_program_that_reads_its_environment_cannot_read_vaults_files():
    found = problems(shop(Vault("shop/prod")))
    assert [problem.code for problem in found] == ["KUBERNETES015"]
    assert "ExternalSecrets" in found[0].mend


def test_a_program_on_the_port_of_its_proxy_is_refused():
    backend = shop()
    object.__setattr__(backend.services[2], "port", 8000)
    assert codes(backend) == ["KUBERNETES017"]


@pytest.mark.parametrize(("every", "fields"), [("5m", "*/5 * * * *"), ("2h", "0 */2 * * *"), ("1d", "0 0 * * *")])
def test_an_interval_is_said_in_the_fields_of_cron(every, fields):
    assert schedule_of(Job("sweep", entry="a:b", every=every)) == fields


@pytest.mark.parametrize("every", ["30s", "7m", "5h", "2d"])
def test_an_interval_that_no_cron_can_say_is_refused(every):
    backend = shop()
    object.__setattr__(backend.jobs[1], "every", every)
    assert codes(backend) == ["KUBERNETES018"]


def test_a_job_that_waits_for_a_service_of_a_later_wave_is_refused():
    backend = shop()
    report = next(job for job in backend.jobs if job.name == "report")
    object.__setattr__(report, "runs", "before")
    [problem] = problems(backend)
    assert (problem.code, problem.place) == ("KUBERNETES100", report.where)
    assert "report runs before the services, but calls orders" in problem.message
    object.__setattr__(report, "runs", "beside")
    assert codes(backend) == []


def test_replicas_beside_an_autoscaler_are_refused():
    backend = shop()
    stock = backend.services[1]
    object.__setattr__(backend.environments[1], "replicas", {stock: 3})
    assert codes(backend) == ["KUBERNETES016"]


def test_all_problems_are_said_at_once_and_nothing_is_rendered():
    backend = shop(Vault("shop/prod"), servers={}, values={})
    with pytest.raises(RenderError) as caught:
        generated(backend)
    assert len({problem.code for problem in caught.value.problems}) == 3


@pytest.mark.parametrize(
    ("cluster", "code"),
    [
        (Kubernetes("Shop"), "KUBERNETES001"),
        (Kubernetes("shop", host="a.example.com"), "KUBERNETES006"),
        (Kubernetes("shop", tls="secret"), "KUBERNETES006"),
        (Kubernetes("shop", secrets=Vault("kv/shop")), "KUBERNETES007"),
        (Kubernetes("shop", secrets=Vault("/shop")), "KUBERNETES007"),
        (Kubernetes("shop", gateway_autoscale=Autoscale(1, 2)), "KUBERNETES003"),
        (Kubernetes("shop", secrets=Vault("shop", documents={"backend/orders": ["PARTNER_KEY"]})), "KUBERNETES009"),
        (Kubernetes("shop", secrets=Vault("shop", documents={"keys": ["SERVICE_JWT_SECRET"]})), "KUBERNETES009"),
        (Kubernetes("shop", secrets=Vault("shop", mount="kv/data")), "KUBERNETES101"),
        (Kubernetes("shop", secrets=Vault("shop", address="vault:8200")), "KUBERNETES101"),
        (Kubernetes("shop", host="https://shop.example.com", gateway="gateways/public"), "KUBERNETES101"),
        (Kubernetes("shop", host="shop.example.com", gateway="gateways/public/http"), "KUBERNETES101"),
        (Kubernetes("shop", pull_secret="my registry"), "KUBERNETES101"),
        (
            Kubernetes("shop", servers={"postgres": Server(5432, namespace="data", labels={"a b": "c"})}),
            "KUBERNETES101",
        ),
        (Kubernetes("shop", values={"NOBODYS": "x"}), "KUBERNETES102"),
        (Kubernetes("shop", values={"PARTNER_KEY": "x"}), "KUBERNETES102"),
        (Kubernetes("shop", values={"GREETING": "x"}), "KUBERNETES102"),
    ],
)
def test_a_cluster_that_cannot_be_meant_is_refused(cluster, code):
    backend = shop(environments=[Environment("prod", kubernetes=cluster)])
    assert code in [problem.code for problem in described(backend)]


def test_what_is_made_of_a_name_is_short_enough():
    backend = shop()
    object.__setattr__(backend.jobs[1], "name", "a-job-by-schedule-whose-name-has-more-than-52-letters")
    object.__setattr__(backend.services[0], "name", "a-service-whose-name-has-more-than-sixty-three-with-shop-x")
    found = [problem for problem in described(backend) if problem.code == "KUBERNETES002"]
    assert ["CronJob" in problem.message for problem in found].count(True) == 1
    assert any("Argo CD labels what it syncs" in problem.message for problem in found)
