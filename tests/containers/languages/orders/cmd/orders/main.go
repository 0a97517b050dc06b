//go:build containers

// Orders answers the health contract, and greets as it was told to.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func health(writer http.ResponseWriter, _ *http.Request) {
	writer.Header().Set("Content-Type", "application/json")
	json.NewEncoder(writer).Encode(map[string]string{
		"service": os.Getenv("SERVICE_NAME"),
		"env":     os.Getenv("ENVIRONMENT"),
		"status":  "ok",
		"version": os.Getenv("VERSION"),
	})
}

func main() {
	greeting := flag.String("greeting", "", "what /v1/greeting answers")
	flag.Parse()
	http.HandleFunc("/health", health)
	http.HandleFunc("/version", health)
	http.HandleFunc("/v1/greeting", func(writer http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(writer, *greeting)
	})
	server := http.Server{Addr: os.Getenv("HOST") + ":" + os.Getenv("PORT")}
	stop, done := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer done()
	go func() {
		<-stop.Done()
		server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}
