"""The Helm chart, rendered by Helm's own library: Kubernetes' schemas take it, and its pods may do little."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.settings import Settings
from tests.programs import ROOT, absent

CHART = str(ROOT / "deploy" / "helm" / "pubflow")
PEER = [{"podSelector": {"matchLabels": {"app": "proxy"}}}]
SECRET = {"secretName": "pubflow-app"}
VALUES: dict[str, dict[str, Any]] = {
    "least": {},
    "sqlite": {"sqlite": {"enabled": True, "storageClass": "fast"}},
    "everything": {
        "image": {"repository": "registry.example.org/pubflow", "digest": f"sha256:{'a' * 64}"},
        "imagePullSecrets": [{"name": "registry"}],
        "ingress": {"enabled": True, "className": "nginx", "host": "p.example.org", "tlsSecretName": "tls"},
        "networkPolicy": {"from": PEER, "metricsFrom": PEER, "database": [{"ipBlock": {"cidr": "10.0.0.7/32"}}]},
        "metrics": {"annotations": True},
        "podAnnotations": {"team": "release"},
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"key": "x", "operator": "Exists"}],
    },
}
WRONG: dict[str, dict[str, Any]] = {
    "no secret": {"secretName": ""},
    "a secret among the settings": {"settings": {"WEBHOOK_SECRET": "x"}},
    "a database's password among the settings": {"settings": {"DATABASE_URL": "postgresql://a:b@c/d"}},
    "a misspelt word": {"sqllite": {"enabled": True}},
    "half a digest": {"image": {"digest": "sha256:abc"}},
}


def helm() -> Any:
    try:
        from helm_python import chart
    except ImportError:
        absent("Helm's library is not installed; `make deploy-check` brings it", deploying=True)
    return chart


def rendered(values: dict[str, Any]) -> list[dict[str, Any]]:
    texts = helm().Chart.load(CHART).render(SECRET | values, name="site", namespace="pubflow")
    documents = [
        YAML(typ="safe", pure=True).load(text) for name, text in sorted(texts.items()) if name.endswith(".yaml")
    ]
    return [document for document in documents if document]


@pytest.mark.parametrize("case", VALUES)
def test_helm_lint_has_nothing_against_it(case: str) -> None:
    told = helm().lint(CHART, SECRET | VALUES[case], strict=True)
    assert told["errors"] == []
    assert [each["error"] for each in told["messages"] if each["severity"] > 1] == []


@pytest.mark.parametrize("version", ["1.27", "1.37"])
@pytest.mark.parametrize("case", VALUES)
def test_kubernetes_would_take_it(case: str, version: str) -> None:
    documents = rendered(VALUES[case])
    judge = pytest.importorskip("kubernetes_validate")
    assert len(documents) >= 5
    for document in documents:
        judge.validate(copy.deepcopy(document), version, strict=True)


def pods(values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for document in rendered(values):
        if document["kind"] == "Deployment":
            yield document["metadata"]["name"], document["spec"]["template"]["spec"]


@pytest.mark.parametrize("case", VALUES)
def test_every_pod_is_restricted(case: str) -> None:
    """https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""
    for _, pod in pods(VALUES[case]):
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert {next(iter(set(volume) - {"name"})) for volume in pod["volumes"]} <= {
            "emptyDir",
            "persistentVolumeClaim",
        }
        for container in pod["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert "limits" in container["resources"]


def test_web_and_worker_are_apart_and_with_sqlite_one() -> None:
    assert {name: pod["containers"][0]["args"] for name, pod in pods({})} == {
        "site-web": ["serve", "--no-worker"],
        "site-worker": ["worker"],
    }
    [(name, pod)] = pods(VALUES["sqlite"])
    assert (name, pod["containers"][0]["args"]) == ("site-web", ["serve"])
    assert pod["volumes"][0] == {"name": "home", "persistentVolumeClaim": {"claimName": "site"}}


def test_what_it_sets_are_settings() -> None:
    known = {name.upper() for name in Settings.model_fields}
    for _, pod in pods({}):
        assert {one["name"] for one in pod["containers"][0]["env"]} <= known


def test_nobody_reaches_the_metrics_who_is_not_named() -> None:
    for case, ports in (("least", [[8080]]), ("everything", [[8080], [9090]])):
        [policy] = [document for document in rendered(VALUES[case]) if document["kind"] == "NetworkPolicy"]
        assert [[port["port"] for port in rule["ports"]] for rule in policy["spec"]["ingress"]] == ports
    assert [rule["ports"][0]["port"] for rule in policy["spec"]["egress"]] == [53, 443, 5432]


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_are_refused(case: str) -> None:
    chart = helm()
    from helm_python.errors import HelmRenderError, HelmValuesError

    with pytest.raises((HelmRenderError, HelmValuesError)):
        chart.Chart.load(CHART).render(SECRET | WRONG[case], name="site")
