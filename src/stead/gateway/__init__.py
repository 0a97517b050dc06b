"""A backend's gateway: an Envoy configured from the description, and the agent beside it.

    bootstrap(backend, site)  Envoy's configuration, as typed values; to_json() writes it
    plan(backend)             what the agent keeps: service tokens and key sets
    arguments(file)           the command that runs Envoy

The agent runs first, `python -m stead.gateway.agent PLAN FOLDER`, and Envoy when it is ready.
"""
