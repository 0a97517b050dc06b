"""A backend's gateway: an Envoy configured from the description, and the keeper beside it.

    bootstrap(backend, site)  Envoy's configuration, as typed values; to_json() writes it
    plan(backend)             what the keeper keeps: service tokens and key sets
    arguments(file)           the command that runs Envoy

The keeper runs first, `python -m stead.gateway.keeper PLAN FOLDER`, and Envoy when it is ready.
"""
