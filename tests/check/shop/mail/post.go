package main

import "net/http"

type post struct{ from, password string }

func (sent post) ServeHTTP(writer http.ResponseWriter, _ *http.Request) {
	writer.WriteHeader(http.StatusAccepted)
}
