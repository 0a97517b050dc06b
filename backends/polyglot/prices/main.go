// Prices: what each item costs, in cents.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
)

var prices = map[string]int{"tea": 250, "bread": 320, "honey": 900}

func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(value); err != nil {
		log.Print(err)
	}
}

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, map[string]bool{"ok": true})
	})
	http.HandleFunc("/v1/prices", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, prices)
	})
	http.HandleFunc("/v1/prices/", func(w http.ResponseWriter, r *http.Request) {
		cents, known := prices[strings.TrimPrefix(r.URL.Path, "/v1/prices/")]
		if !known {
			answer(w, http.StatusNotFound, map[string]string{"code": "no_such_item"})
			return
		}
		// Who asked comes from the proxy: the program has nothing to verify.
		answer(w, http.StatusOK, map[string]any{"cents": cents, "priced_for": r.Header.Get("X-Service-Caller")})
	})
	host := os.Getenv("HOST") // a container's, where others reach it
	if host == "" {
		host = "127.0.0.1"
	}
	log.Fatal(http.ListenAndServe(host+":"+os.Getenv("PORT"), nil))
}
