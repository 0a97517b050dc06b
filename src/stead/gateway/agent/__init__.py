"""The agent: a small process beside Envoy that keeps two kinds of files fresh.

- for each service that the gateway calls, a service token, minted long before the last one expires;
- for each provider that signs its tokens, the key set that verifies them.

Envoy could fetch a key set by itself, but then an unknown key is looked for only after the cache has aged, and an
outage of the provider answers 401 as if everybody's tokens were bad. The agent keeps the last good set, looks again
soon, and lets nothing malformed near Envoy.

A key file is read only once by Envoy 1.40, its `watched_directory` notwithstanding. So each key set gets a file of its
own, and the configuration of the filter that names it, which Envoy does watch, is written again. With it goes the
filter's memory of verified tokens: a key that was withdrawn is believed no longer.

What maintains is in `loop`, what is maintained in `plan`: a description's Envoy is rendered from the latter, and
without the libraries of the former.
"""
