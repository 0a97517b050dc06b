package main

import (
	"net/http"
	"os"
)

type config struct {
	Sender string `env:"MAIL_SENDER" envDefault:"shop@example.com"` // #! SETTING010
}

func main() {
	host, _ := os.LookupEnv("MAIL_HOST") // #! SETTING010
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(host)) })
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
