"""Rewards: sign up, join events, invite friends, earn points."""

from stead import Backend, Clerk, Environment, Gateway, Workers
from stead.services import auth, content, points, referrals, tokens

ledger = points.service("points-service")
invites = referrals.service("referral-service")
keys = tokens.service("token-service")
people = auth.service("auth-service", calls=[ledger.may("award"), invites.may("attribute"), keys.may("revoke")])
events = content.service("content-service", calls=[ledger.may("award", "reverse")])
BONUS = {people: {"AUTH_FIRST_LOGIN_POINTS": 50}}

backend = Backend(
    "rewards",
    gateway=Gateway("api-gateway", users=[Clerk(), tokens.users(keys)], fronts=[people, events, invites, ledger, keys]),
    services=[people, events, invites, ledger, keys],
    environments=[
        Environment("dev", {ledger: {"POINTS_VELOCITY_CAP": 310}, **BONUS}),  # low enough for the story to reach it
        Environment("staging", BONUS, workers=Workers()),
        Environment("prod", BONUS),
    ],
    folder="backends/rewards",
)
