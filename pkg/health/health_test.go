package health_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"

	"github.com/parley-chat/parley/pkg/health"
)

// patience is how long an answer may take before a test fails.
const patience = 3 * time.Minute

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	client := http.Client{Timeout: patience}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

func TestAProcessReportsItsHealth(t *testing.T) {
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector())
	s, err := health.Listen("HEALTH_ADDR", "127.0.0.1:0", metrics, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	base := "http://" + s.Addr()
	if status, _ := get(t, base+"/healthz"); status != http.StatusOK {
		t.Errorf("alive: %d", status)
	}
	if status, body := get(t, base+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "starting") {
		t.Errorf("before it began: %d %s", status, body)
	}
	var trouble error
	s.Began(func() error { return trouble })
	if status, _ := get(t, base+"/readyz"); status != http.StatusOK {
		t.Errorf("after it began: %d", status)
	}
	trouble = errors.New("NATS is not connected")
	s.Began(func() error { return trouble })
	if status, body := get(t, base+"/readyz"); status != http.StatusServiceUnavailable || !strings.Contains(body, "NATS is not connected") {
		t.Errorf("in trouble: %d %s", status, body)
	}
	if status, body := get(t, base+"/metrics"); status != http.StatusOK || !strings.Contains(body, "go_goroutines") {
		t.Errorf("metrics: %d", status)
	}
	if _, err := health.Listen("HEALTH_ADDR", s.Addr(), metrics, zerolog.Nop()); err == nil || !strings.Contains(err.Error(), "HEALTH_ADDR") {
		t.Errorf("an address in use: %v", err)
	}
}
