"""The agent: a small process beside Envoy that keeps two kinds of files fresh.

- for each service that the gateway calls, a service token, minted long before the last one expires;
- for each provider that signs its tokens, the key set that verifies them.

Envoy could fetch a key set by itself, but then an unknown key is fetched only after the cache has expired, and an
outage of the provider gives 401 for valid tokens. The agent keeps the last valid set, retries soon, and never passes a
malformed set to Envoy.

A key file is read only once by Envoy 1.40, its `watched_directory` notwithstanding. So each key set gets a file of its
own, and the configuration of the filter that names it, which Envoy does watch, is written again. This also clears the
filter's cache of verified tokens, so that a withdrawn key is not trusted any more.

`loop` has the code that refreshes the files, `plan` the list of them: the render of a description's Envoy imports only
`plan`, without the libraries of `loop`.
"""
