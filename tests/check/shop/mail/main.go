// Mail sends letters.
package main

import (
	"encoding/json"
	"net/http"
	"os"
)

func sender() string {
	if given := os.Getenv("MAIL_SENDER"); given != "" {
		return given
	}
	return "shop@example.com"
}

func health(writer http.ResponseWriter, _ *http.Request) {
	json.NewEncoder(writer).Encode(map[string]string{
		"service": os.Getenv("SERVICE_NAME"),
		"env":     os.Getenv("ENVIRONMENT"),
		"status":  "ok",
		"version": os.Getenv("VERSION"),
	})
}

func main() {
	letters := post{from: sender(), password: os.Getenv("SMTP_PASSWORD")}
	http.HandleFunc("/health", health)
	http.HandleFunc("/version", health)
	http.Handle("/v1/letters", letters)
	http.ListenAndServe(":"+os.Getenv("PORT"), nil)
}
