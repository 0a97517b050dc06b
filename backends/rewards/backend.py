"""Rewards: sign up, join events, invite friends, earn points."""

from dataclasses import replace

from stead import (
    Autoscale,
    Backend,
    Clerk,
    Deploy,
    Environment,
    ExternalSecrets,
    Gateway,
    Github,
    Kubernetes,
    Server,
    Workers,
)
from stead.render.workers import WranglerConfig
from stead.services import auth, content, points, referrals, tokens

ledger = points.service("points-service")
invites = referrals.service("referral-service")
keys = tokens.service("token-service")
people = auth.service("auth-service", calls=[ledger.may("award"), invites.may("attribute"), keys.may("revoke")])
events = content.service("content-service", calls=[ledger.may("award", "reverse")])
BONUS = {people: {"AUTH_FIRST_LOGIN_POINTS": 50}}

# Production runs on a host with Compose, or in this namespace of a cluster.
cluster = Kubernetes(
    "rewards",
    host="api.rewards.example.com",
    gateway="gateways/public",
    pull_secret="registry",
    secrets=ExternalSecrets("secrets", "rewards/prod"),
    servers={"postgres": Server(5432, namespace="postgres")},
    values={
        "CLERK_ISSUER": "https://clerk.rewards.example.com",
        "CLERK_JWKS_URL": "https://clerk.rewards.example.com/.well-known/jwks.json",
    },
    autoscale={ledger: Autoscale(2, 6), **dict.fromkeys((invites, keys, people, events), Autoscale(2, 4))},
    helm=True,
)
# Staging runs on Cloudflare Workers; `stead up --on workers` runs the same Workers on this machine.
staging = Environment(
    "staging",
    BONUS,
    workers=Workers(
        sources={
            ledger: "apps/points-service",
            invites: "apps/referral-service",
            people: "apps/auth-service",
            events: "apps/content-service",
            keys: "apps/token-service",
        }
    ),
)


def ticking(config: WranglerConfig) -> WranglerConfig:
    """Nothing runs between the requests of a Worker: every minute a trigger delivers what waits in an outbox."""
    if config.service not in (people.name, events.name):
        return config
    every_minute = {"triggers": {"crons": ["* * * * *"]}}
    environments = {
        name: replace(each, more={**each.more, **every_minute}) for name, each in config.environments.items()
    }
    return replace(config, environments=environments)


backend = Backend(
    "rewards",
    gateway=Gateway("api-gateway", users=[Clerk(), tokens.users(keys)], fronts=[people, events, invites, ledger, keys]),
    services=[people, events, invites, ledger, keys],
    environments=[
        Environment("dev", {ledger: {"POINTS_VELOCITY_CAP": 310}, **BONUS}),  # low enough for the story to reach it
        staging,
        Environment("prod", BONUS, kubernetes=cluster),
    ],
    folder="backends/rewards",
    registry="registry.example.com/rewards",
    pipelines=[Github(file="deploy-workers-staging.yml", deploys=[Deploy(staging, to="workers")])],
    edits=[ticking],
)
